#!/bin/sh
# The latest jobs of a project, with nothing but curl.
# usage: examples/latest_jobs.sh [PROJECT]       PROJECT: a number or a full path, as in GitLab's REST API
set -eu

# Values go into variables, never into the query's text.
body=$(cat <<JSON
{
  "query": "query LatestJobs(\$project: ID!) { project(id: \$project) { jobs(first: 5) { nodes { databaseId name status stage duration webUrl } } } }",
  "variables": { "project": "${1:-demo/shop}" }
}
JSON
)

curl --silent --show-error --fail-with-body \
    --header "PRIVATE-TOKEN: ${PRIVATE_TOKEN:-demo-maintainer}" \
    --header "Content-Type: application/json" \
    --data "$body" \
    "${GRAPHQL_URL:-http://127.0.0.1:8000/graphql}"

#!/usr/bin/env python3
"""Runs the failed jobs of a pipeline again, and says what could not be run again and why.

usage: retry_failed.py PROJECT PIPELINE
"""

import os
import sys
from typing import Any

import httpx

GRAPHQL_URL = os.environ.get("GRAPHQL_URL", "http://127.0.0.1:8000/graphql")
PRIVATE_TOKEN = os.environ.get("PRIVATE_TOKEN", "demo-maintainer")

FAILED_JOBS = """
query FailedJobs($project: ID!, $pipeline: ID!) {
  pipeline(projectId: $project, id: $pipeline) {
    jobs(scope: [FAILED], first: 100) { nodes { id name } }
  }
}
"""

# A global id says which project it belongs to, so it is enough by itself.
RETRY_JOB = """
mutation RetryJob($id: ID!) {
  retryJob(input: { id: $id }) {
    job { databaseId status }
    errors { code message }
  }
}
"""


def ask(client: httpx.Client, query: str, **variables: Any) -> dict[str, Any]:
    body = {"query": query, "variables": variables}
    answer: dict[str, Any] = client.post(GRAPHQL_URL, json=body).json()
    return answer


def retry(client: httpx.Client, job: dict[str, Any]) -> bool:
    answer = ask(client, RETRY_JOB, id=job["id"])
    # Faults stand in the answer's errors, what GitLab refused for a reason in the payload's.
    payload = (answer.get("data") or {}).get("retryJob") or {"job": None, "errors": []}
    for error in [*answer.get("errors", []), *payload["errors"]]:
        print(f"{job['name']}: {error['message']}", file=sys.stderr)
    if payload["job"] is None:
        return False
    print(f"{job['name']}: job {payload['job']['databaseId']} is {payload['job']['status']}")
    return True


def main(project: str, pipeline: str) -> int:
    with httpx.Client(headers={"PRIVATE-TOKEN": PRIVATE_TOKEN}) as client:
        answer = ask(client, FAILED_JOBS, project=project, pipeline=pipeline)
        found = (answer.get("data") or {}).get("pipeline")
        if found is None:
            sys.exit("\n".join(error["message"] for error in answer["errors"]))
        failed = (found["jobs"] or {"nodes": []})["nodes"]
        retried = [retry(client, job) for job in failed]
    return 0 if all(retried) else 1


if __name__ == "__main__":
    match sys.argv[1:]:
        case [project, pipeline]:
            sys.exit(main(project, pipeline))
        case _:
            sys.exit(__doc__)

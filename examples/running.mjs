#!/usr/bin/env node
// The pipelines of a project that run now, and what each of them waits for. Needs Node.js 18 or newer, nothing else.
// usage: node examples/running.mjs [PROJECT]

const gateway = process.env.GRAPHQL_URL ?? "http://127.0.0.1:8000/graphql";
const token = process.env.PRIVATE_TOKEN ?? "demo-maintainer";

const query = `
  query Running($project: ID!) {
    project(id: $project) {
      pipelines(status: RUNNING, first: 10) {
        nodes {
          databaseId
          ref
          jobs(scope: [RUNNING, PENDING, WAITING_FOR_RESOURCE], first: 100) {
            nodes { name stage status }
          }
        }
      }
    }
  }
`;

const response = await fetch(gateway, {
  method: "POST",
  headers: { "Content-Type": "application/json", "PRIVATE-TOKEN": token },
  body: JSON.stringify({ query, variables: { project: process.argv[2] ?? "demo/shop" } }),
});
const { data, errors = [] } = await response.json();

for (const { message, extensions } of errors) console.error(`${extensions.code}: ${message}`);
if (!data?.project.pipelines) process.exit(1);

// What could not be fetched is null, and its neighbours are there all the same.
for (const { databaseId, ref, jobs } of data.project.pipelines.nodes) {
  console.log(`pipeline ${databaseId} on ${ref}`);
  for (const { name, stage, status } of jobs?.nodes ?? []) console.log(`  ${stage}/${name}: ${status}`);
}

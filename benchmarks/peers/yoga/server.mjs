// Written by hand, as somebody would who wants it fast: Yoga, compiled execution, one DataLoader, a pool of connections.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { useGraphQlJit } from '@envelop/graphql-jit';
import DataLoader from 'dataloader';
import { isObjectType } from 'graphql';
import { createSchema, createYoga } from 'graphql-yoga';
import { Pool } from 'undici';

const gitlab = new Pool(process.env.UPSTREAM, { connections: 256 });

async function call(method, path, token) {
  const { statusCode, body } = await gitlab.request({
    method,
    path: `/api/v4/projects/${path}`,
    headers: { 'private-token': token },
  });
  if (statusCode >= 400) {
    await body.dump();
    throw new Error(`GitLab answered ${statusCode}`);
  }
  return body.json();
}

// GraphQL's name differs from REST's where there is a capital in it.
function readsRestNames(schema) {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      const key = field.name.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`);
      if (key !== field.name && !field.resolve) field.resolve = (object) => object[key];
    }
  }
  return schema;
}

const resolvers = {
  Query: {
    jobs: (_, { projectId, perPage }, { token }) => call('GET', `${projectId}/jobs?per_page=${perPage}`, token),
    job: (_, { projectId, id }, { token }) => call('GET', `${projectId}/jobs/${id}`, token),
  },
  Mutation: {
    retryJob: (_, { projectId, id }, { token }) => call('POST', `${projectId}/jobs/${id}/retry`, token),
  },
  Job: {
    pipelineDetail: ({ pipeline }, _, { pipelines }) => pipelines.load(`${pipeline.project_id}/pipelines/${pipeline.id}`),
  },
};

const typeDefs = readFileSync(new URL('schema.graphql', import.meta.url), 'utf8');
const yoga = createYoga({
  schema: readsRestNames(createSchema({ typeDefs, resolvers })),
  plugins: [useGraphQlJit()],
  graphiql: false,
  landingPage: false,
  logging: 'error',
  context: ({ request }) => {
    const token = request.headers.get('private-token') ?? '';
    const fetchAll = (paths) => Promise.all(paths.map((path) => call('GET', path, token).catch((error) => error)));
    return { token, pipelines: new DataLoader(fetchAll) };
  },
});
createServer(yoga).listen(Number(process.env.PORT), '127.0.0.1');

// openapi-to-graphql makes the schema; Yoga, which it does not come with, serves it.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { createYoga } from 'graphql-yoga';

// The package's build for ES modules does not load, the one for CommonJS does.
const { createGraphQLSchema } = createRequire(import.meta.url)('openapi-to-graphql');

const { schema } = await createGraphQLSchema(JSON.parse(readFileSync(process.env.OPENAPI, 'utf8')), {
  baseUrl: `${process.env.UPSTREAM}/api/v4`,
  addLimitArgument: false,
  operationIdFieldNames: true,
  headers: (_method, _path, _title, { context }) => ({
    'private-token': context.request.headers.get('private-token') ?? '',
  }),
});
const yoga = createYoga({ schema, graphiql: false, landingPage: false, logging: 'error' });
createServer(yoga).listen(Number(process.env.PORT), '127.0.0.1');

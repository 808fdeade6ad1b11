// Turns the OpenAPI document into the supergraph that the gateway serves.
import { defineConfig } from '@graphql-mesh/compose-cli';
import { loadOpenAPISubgraph } from '@omnigraph/openapi';

export const composeConfig = defineConfig({
  subgraphs: [
    {
      sourceHandler: loadOpenAPISubgraph('GitLab', {
        source: process.env.OPENAPI,
        endpoint: `${process.env.UPSTREAM}/api/v4`,
        ignoreErrorResponses: true,
        operationHeaders: { 'PRIVATE-TOKEN': "{context.headers['private-token']}" },
      }),
    },
  ],
});

// With the plugin, jobs of one pipeline share the call for it; without, there would be 21 calls, not 6.
import { defineConfig } from '@graphql-hive/gateway';
import useDeduplicateRequest from '@graphql-mesh/plugin-deduplicate-request';

export const gatewayConfig = defineConfig({
  landingPage: false,
  graphiql: false,
  disableWebsockets: true,
  plugins: () => [useDeduplicateRequest()],
});

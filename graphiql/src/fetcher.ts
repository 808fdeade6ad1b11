import { createGraphiQLFetcher, type Fetcher, type FetcherParams } from "@graphiql/toolkit";
import { Kind, parse } from "graphql";

import { type Credential, credentialHeaders } from "./credential/credential";
import type { CredentialStore } from "./credential/store";

/**
 * GraphiQL's fetcher with the tab's credential put on each request at the last moment,
 * so that GraphiQL itself, which remembers headers in tabs and history, never holds it.
 */
export function createFetcher(endpoint: string, credentials: CredentialStore): Fetcher {
  const fetcher = createGraphiQLFetcher({ url: endpoint, fetch: authorized(credentials.get) });
  return (params, options) => fetcher(withOwnName(params), options);
}

/** For a moment after a change of tabs GraphiQL still names the operation of the former one. */
function withOwnName(params: FetcherParams): FetcherParams {
  const { operationName, ...rest } = params;
  return operationName && !operationNames(params.query).includes(operationName) ? rest : params;
}

function operationNames(query: string): readonly string[] {
  try {
    const operations = parse(query).definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
    return operations.flatMap((one) => ("name" in one && one.name ? [one.name.value] : []));
  } catch {
    return []; // the gateway says what is wrong with it
  }
}

export function authorized(credential: () => Credential): typeof fetch {
  return (input, init) => {
    const headers = new Headers(init?.headers);
    for (const [name, value] of Object.entries(credentialHeaders(credential()))) {
      headers.set(name, value);
    }
    return fetch(input, {
      ...init,
      headers,
      redirect: "error", // a redirect could carry the token elsewhere
      referrerPolicy: "no-referrer",
    });
  };
}

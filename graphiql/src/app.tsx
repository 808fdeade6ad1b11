import { GraphiQL } from "graphiql";
import { useMemo } from "react";

import type { PageConfig } from "./config";
import type { Preset } from "./credential/presets";
import type { CredentialStore } from "./credential/store";
import { TokenBar } from "./credential/token-bar";
import type { Example } from "./examples/template";
import { createFetcher } from "./fetcher";
import { createPlugins } from "./plugins";
import { activeTab } from "./active-tab";
import { prefixedStorage } from "./storage";

interface AppProps {
  readonly config: PageConfig;
  readonly credentials: CredentialStore;
  readonly presets: readonly Preset[];
  readonly examples: readonly Example[];
}

export function App({ config, credentials, presets, examples }: AppProps) {
  const plugins = useMemo(() => createPlugins(examples), [examples]);
  const fetcher = useMemo(() => createFetcher(config.endpoint, credentials), [config, credentials]);
  const storage = useMemo(() => prefixedStorage(`jobs-gateway:${config.demo ? "demo" : "gitlab"}:`), [config]);
  return (
    <>
      <header className="top">
        <h1>
          <img src={config.icon} alt="" />
          GitLab Jobs Gateway
          {config.demo && (
            <span className="badge" title="These jobs live in the demo GitLab inside the gateway; break what you like.">
              demo
            </span>
          )}
        </h1>
        <TokenBar store={credentials} presets={presets} />
      </header>
      <main>
        <GraphiQL
          fetcher={fetcher}
          plugins={plugins}
          storage={storage}
          // On a real GitLab the examples need ids first: one tab is enough, the panel has the rest.
          defaultTabs={examples.slice(0, config.demo ? undefined : 1).map(({ query, variables }) => ({ query, variables }))}
          {...activeTab(storage, examples)}
          defaultEditorToolsVisibility="variables"
          // GraphiQL keeps the headers of its own editor in the history, hence in localStorage; tokens go in the bar above.
          isHeadersEditorEnabled={false}
          shouldPersistHeaders={false}
          showPersistHeadersSettings={false}
          inputValueDeprecation
          schemaDescription
        >
          <GraphiQL.Logo> </GraphiQL.Logo>
        </GraphiQL>
      </main>
    </>
  );
}

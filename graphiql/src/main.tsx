import "./style.css";

import { templates } from "embedded:examples";
import { createRoot } from "react-dom/client";

import { App } from "./app";
import { readConfig } from "./config";
import { demoPresets, MAINTAINER } from "./credential/presets";
import { CredentialStore } from "./credential/store";
import { fill } from "./examples/template";
import { demoValues, PLACEHOLDERS } from "./examples/values";
import { authorized } from "./fetcher";
import { setUpWorkers } from "./monaco/workers";
import { setUpStyleNonce } from "./style-nonce";

const NO_CREDENTIAL = { kind: "PRIVATE-TOKEN", token: "" } as const;

async function start(root: HTMLElement): Promise<void> {
  const config = readConfig(root);
  setUpStyleNonce();
  setUpWorkers(config.workers);
  const credentials = new CredentialStore(config.demo ? MAINTAINER : NO_CREDENTIAL);
  const asMaintainer = authorized(() => MAINTAINER);
  const { values, runningJob } = config.demo
    ? await demoValues(config.endpoint, asMaintainer)
    : { values: PLACEHOLDERS, runningJob: null };
  createRoot(root).render(
    <App
      config={config}
      credentials={credentials}
      presets={config.demo ? demoPresets(runningJob) : []}
      examples={templates.map((template) => fill(template, values))}
    />,
  );
}

const root = document.getElementById("root");
if (root) {
  void start(root);
}

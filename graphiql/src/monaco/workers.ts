import type { Environment } from "monaco-editor";

import type { PageConfig } from "../config";

/** Lets Monaco start its workers as plain files of this origin: the policy then needs no blob:. */
export function setUpWorkers(workers: PageConfig["workers"]): void {
  window.MonacoEnvironment = {
    getWorker: (_id, label) => new Worker(workers[label] ?? workers["editor"] ?? "", { type: "module" }),
  } satisfies Environment;
}

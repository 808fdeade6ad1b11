import { demoValuesQuery } from "embedded:examples";

import type { Values } from "./template";

/** On a real GitLab: stand-ins that show what belongs in their place. */
export const PLACEHOLDERS: Values = {
  project: "group/project",
  pipeline: "1",
  sha: "main",
  succeededJob: "1",
  succeededNode: "the id of a job",
  runningJob: "1",
  failedJob: "1",
  manualJob: "1",
};

const DEMO_PROJECT = "demo/shop";
const PATIENCE_MS = 3000;

interface DemoJob {
  readonly id: string;
  readonly databaseId: number;
  readonly artifactsFile: object | null;
  readonly commit: { readonly sha: string } | null;
  readonly pipeline: { readonly databaseId: number };
}

type Nodes<T> = { readonly nodes: readonly T[] } | null;

interface DemoProject {
  readonly running: Nodes<DemoJob>;
  readonly waiting: Nodes<DemoJob>;
  readonly manual: Nodes<DemoJob>;
  readonly succeeded: Nodes<DemoJob>;
  readonly failed: Nodes<{ readonly jobs: Nodes<DemoJob> }>;
}

export interface DemoValues {
  readonly values: Values;
  readonly runningJob: string | null;
}

/** The demo never stands still: asks it for jobs that suit the examples now. */
export async function demoValues(endpoint: string, fetcher: typeof fetch): Promise<DemoValues> {
  try {
    const response = await fetcher(endpoint, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify({ query: demoValuesQuery, variables: { project: DEMO_PROJECT } }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    return chosen((await response.json()).data.project);
  } catch {
    // The page must come up even when the demo does not answer; the examples then need ids by hand.
    return { values: { ...PLACEHOLDERS, project: DEMO_PROJECT }, runningJob: null };
  }
}

function chosen(project: DemoProject): DemoValues {
  const number = (job: DemoJob | undefined) => job?.databaseId.toString();
  const succeeded = project.succeeded?.nodes.find((job) => job.artifactsFile !== null) ?? project.succeeded?.nodes[0];
  const failed = project.failed?.nodes.flatMap(({ jobs }) => jobs?.nodes ?? [])[0];
  const running = number(project.running?.nodes[0]);
  const any = number(succeeded) ?? PLACEHOLDERS.succeededJob;
  return {
    runningJob: running ?? null,
    values: {
      project: DEMO_PROJECT,
      pipeline: succeeded?.pipeline.databaseId.toString() ?? PLACEHOLDERS.pipeline,
      sha: succeeded?.commit?.sha ?? PLACEHOLDERS.sha,
      succeededJob: any,
      succeededNode: succeeded?.id ?? PLACEHOLDERS.succeededNode,
      runningJob: running ?? number(project.waiting?.nodes[0]) ?? any,
      failedJob: number(failed) ?? any,
      manualJob: number(project.manual?.nodes[0]) ?? any,
    },
  };
}

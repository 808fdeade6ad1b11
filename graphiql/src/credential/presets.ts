import type { Credential } from "./credential";

/** A credential offered by name. */
export interface Preset extends Credential {
  readonly label: string;
}

const NONE: Preset = { label: "Nobody, no token", kind: "PRIVATE-TOKEN", token: "" };

export const MAINTAINER: Preset = {
  label: "Maintainer, does everything",
  kind: "PRIVATE-TOKEN",
  token: "demo-maintainer",
};

/** The demo's users, and the job token of one running job where there is one. */
export function demoPresets(runningJob: string | null): readonly Preset[] {
  return [
    MAINTAINER,
    { label: "Developer, runs jobs", kind: "PRIVATE-TOKEN", token: "demo-developer" },
    { label: "Reporter, only reads", kind: "PRIVATE-TOKEN", token: "demo-reporter" },
    { label: "Outsider, sees the public project", kind: "PRIVATE-TOKEN", token: "demo-outsider" },
    ...(runningJob === null
      ? []
      : [{ label: `Job token of job ${runningJob}`, kind: "JOB-TOKEN" as const, token: `demo-job-${runningJob}` }]),
    NONE,
  ];
}

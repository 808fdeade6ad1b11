/** examples.json with each file's text in place of its name; made by build.mjs. */
declare module "embedded:examples" {
  import type { Template } from "./template";
  export const templates: readonly Template[];
  export const demoValuesQuery: string;
}

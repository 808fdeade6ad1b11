import { explorerPlugin } from "@graphiql/plugin-explorer";
import { HISTORY_PLUGIN } from "@graphiql/plugin-history";
import type { GraphiQLPlugin } from "@graphiql/react";

import type { Example } from "../examples/template";
import { examplesPlugin } from "./examples";

/** The panels of the sidebar, below the documentation, in their order. A new panel is one file here and one line below. */
export function createPlugins(examples: readonly Example[]): GraphiQLPlugin[] {
  return [examplesPlugin(examples), explorerPlugin(), HISTORY_PLUGIN];
}

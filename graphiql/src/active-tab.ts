import type { TabContent } from "./plugins/tabs";
import type { prefixedStorage } from "./storage";

interface InitialEditors {
  readonly initialQuery?: string;
  readonly initialVariables?: string;
}

const TABS = "graphiql:tabState";

/**
 * What the editors hold at first. GraphiQL fills in an active tab's query but not its variables, neither of the
 * default tabs nor of those it remembers, unless it is told.
 */
export function activeTab(
  storage: ReturnType<typeof prefixedStorage>,
  defaults: readonly TabContent[],
): InitialEditors {
  const tab = remembered(storage.getItem(TABS)) ?? defaults[0];
  return tab ? { initialQuery: tab.query ?? "", initialVariables: tab.variables ?? "" } : {};
}

interface RememberedTab {
  readonly query: string | null;
  readonly variables: string | null;
}

function remembered(stored: string | null): RememberedTab | undefined {
  try {
    const { tabs, activeTabIndex } = JSON.parse(stored ?? "{}");
    return tabs?.[activeTabIndex];
  } catch {
    return undefined; // GraphiQL, too, starts afresh then
  }
}

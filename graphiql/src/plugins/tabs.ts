import { useGraphiQL, useGraphiQLActions } from "@graphiql/react";

export interface TabContent {
  readonly query: string;
  /** JSON text. */
  readonly variables: string;
}

/** Returns a function that shows an operation in a new tab, or in the tab that holds it already. */
export function useOpenTab(): (content: TabContent) => void {
  const { addTab, changeTab } = useGraphiQLActions();
  const { tabs, queryEditor, variableEditor } = useGraphiQL(
    ({ tabs, queryEditor, variableEditor }) => ({ tabs, queryEditor, variableEditor }),
  );
  return ({ query, variables }) => {
    const index = tabs.findIndex((tab) => tab.query === query && (tab.variables ?? "") === variables);
    if (index >= 0) {
      changeTab(index);
      return;
    }
    addTab();
    variableEditor?.setValue(variables);
    queryEditor?.setValue(query);
    queryEditor?.focus();
  };
}

/** What the gateway tells the page, in data attributes of its root element: the policy forbids inline scripts. */
export interface PageConfig {
  /** Path of the GraphQL endpoint, on this very origin. */
  readonly endpoint: string;
  /** The gateway runs in front of its embedded demo GitLab. */
  readonly demo: boolean;
  /** Path of the page's icon. */
  readonly icon: string;
  /** Paths of Monaco's workers, by the names that Monaco has for them. */
  readonly workers: Readonly<Record<string, string>>;
}

export function readConfig(root: HTMLElement): PageConfig {
  const { endpoint, icon, mode, workers } = root.dataset;
  if (!endpoint || !icon || !workers) {
    throw new Error("The page's root element needs data-endpoint, data-icon and data-workers.");
  }
  return { endpoint, icon, demo: mode === "demo", workers: JSON.parse(workers) };
}

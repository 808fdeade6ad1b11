/** An example whose variables still hold placeholders: "{project}", "{failedJob}". */
export interface Template {
  readonly title: string;
  readonly group: string;
  readonly about: string;
  readonly query: string;
  readonly variables: Record<string, unknown>;
}

/** What placeholders stand for. */
export interface Values {
  readonly project: string;
  readonly pipeline: string;
  readonly sha: string;
  readonly succeededJob: string;
  readonly succeededNode: string;
  readonly runningJob: string;
  readonly failedJob: string;
  readonly manualJob: string;
}

/** An example ready to run; `variables` is JSON text, as GraphiQL's editor holds it. */
export interface Example {
  readonly title: string;
  readonly group: string;
  readonly about: string;
  readonly query: string;
  readonly variables: string;
}

export function fill({ title, group, about, query, variables }: Template, values: Values): Example {
  const filled = Object.entries(variables).map(([name, value]) => [name, valueOf(value, values)]);
  const text = filled.length === 0 ? "" : JSON.stringify(Object.fromEntries(filled), null, 2);
  return { title, group, about, query, variables: text };
}

function valueOf(value: unknown, values: Values): unknown {
  const name = typeof value === "string" ? /^\{(\w+)\}$/.exec(value)?.[1] : undefined;
  return name === undefined ? value : values[name as keyof Values];
}

import type { GraphiQLPlugin } from "@graphiql/react";

import type { Example } from "../examples/template";
import { useOpenTab } from "./tabs";

/** A panel with all examples; a click opens one in a tab. */
export function examplesPlugin(examples: readonly Example[]): GraphiQLPlugin {
  return { title: "Examples", icon: ExamplesIcon, content: () => <Examples examples={examples} /> };
}

function Examples({ examples }: { readonly examples: readonly Example[] }) {
  const openTab = useOpenTab();
  const groups = Map.groupBy(examples, ({ group }) => group);
  return (
    <section className="examples" aria-label="Examples">
      <h2>Examples</h2>
      {[...groups].map(([group, members]) => (
        <div key={group}>
          <h3>{group}</h3>
          <ul>
            {members.map((example) => (
              <li key={example.title}>
                <button type="button" onClick={() => openTab(example)}>
                  <strong>{example.title}</strong>
                  <span>{example.about}</span>
                </button>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </section>
  );
}

function ExamplesIcon() {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true">
      <path d="M9 4h6M10 4v6l-5.2 8.4A1.7 1.7 0 0 0 6.2 21h11.6a1.7 1.7 0 0 0 1.4-2.6L14 10V4M7.5 15h9" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  );
}

// Takes the place of prettier's Babel and ESTree plugins (see bundling/plugins.mjs), of which GraphiQL uses one thing:
// to indent the variables, comments kept. jsonc-parser, which GraphiQL carries anyway, does that in half a megabyte less.
import { applyEdits, format } from "jsonc-parser";

interface Formatted {
  readonly text: string;
}

export const parsers = {
  jsonc: {
    astFormat: "jsonc-text",
    parse: (text: string): Formatted => ({
      text: applyEdits(text, format(text, undefined, { insertSpaces: true, tabSize: 2 })),
    }),
    locStart: () => 0,
    locEnd: ({ text }: Formatted) => text.length,
  },
};

export const printers = {
  "jsonc-text": { print: ({ node }: { node: Formatted }) => node.text },
};

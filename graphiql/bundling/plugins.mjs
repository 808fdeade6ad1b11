// The esbuild plugins of the page.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";

/** Files of dependencies in whose place smaller ones of our own stand; each of these says why in its first lines. */
const REPLACED = {
  "monaco-graphql/esm/monaco-editor.js": "src/monaco/editor.ts",
  "prettier/plugins/babel.js": "src/monaco/prettier-jsonc.ts",
  "prettier/plugins/estree.mjs": "src/monaco/prettier-jsonc.ts",
};

export function replacedModules(root) {
  const modules = path.join(root, "node_modules");
  return {
    name: "replaced-modules",
    setup({ onLoad, onEnd }) {
      const missed = new Set(Object.keys(REPLACED));
      onLoad({ filter: /[\\/]node_modules[\\/](monaco-graphql|prettier)[\\/].*\.m?js$/ }, (file) => {
        const name = path.relative(modules, file.path).split(path.sep).join("/");
        missed.delete(name);
        const replacement = REPLACED[name];
        return replacement && { contents: `export * from ${JSON.stringify(`./${replacement}`)};`, resolveDir: root };
      });
      onEnd(() => ({
        errors: [...missed].map((name) => ({ text: `nothing imports ${name} any more: see bundling/plugins.mjs` })),
      }));
    },
  };
}

/** The module embedded:examples: src/examples/examples.json with the text of each file. */
export function embeddedExamples(root) {
  const folder = path.join(root, "src/examples");
  const text = (file) => readFileSync(path.join(folder, `${file}.graphql`), "utf8");
  return {
    name: "embedded-examples",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^embedded:examples$/ }, ({ path: name }) => ({ path: name, namespace: "embedded" }));
      onLoad({ filter: /.*/, namespace: "embedded" }, async () => {
        const listed = JSON.parse(await readFile(path.join(folder, "examples.json"), "utf8"));
        const templates = listed.map(({ file, ...rest }) => ({ ...rest, query: text(file) }));
        const values = { templates, demoValuesQuery: text("demo-values") };
        return { loader: "js", contents: Object.entries(values).map(exported).join("\n") };
      });
    },
  };
}

const exported = ([name, value]) => `export const ${name} = ${JSON.stringify(value)};`;

/**
 * GraphiQL ships one stylesheet with everything, Monaco's included, and fonts inside it as data: URLs.
 * What Monaco's modules import one by one is therefore left out, its icon font becomes a file (font-src 'self'),
 * and the text fonts are dropped: the page uses the system's.
 */
export function styles(outdir) {
  return {
    name: "styles",
    setup({ initialOptions, onLoad }) {
      initialOptions.external = ["./codicon-*"];
      onLoad({ filter: /[\\/]node_modules[\\/]monaco-editor[\\/].*\.css$/ }, () => ({ contents: "", loader: "css" }));
      onLoad({ filter: /[\\/]node_modules[\\/]graphiql[\\/]dist[\\/]style\.css$/ }, async (file) => {
        const text = await readFile(file.path, "utf8");
        const fonts = [];
        const contents = text.replace(/@font-face\s*{[^}]*}/g, (rule) => {
          if (!/font-family:\s*["']?codicon\b/.test(rule)) {
            return "";
          }
          return rule.replace(/url\(["']?data:font\/(\w+);base64,([\w+/=]+)["']?\)/, (_, type, data) => {
            const bytes = Buffer.from(data, "base64");
            const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 8).toUpperCase();
            fonts.push([`codicon-${hash}.${type}`, bytes]);
            return `url(./${fonts.at(-1)[0]})`;
          });
        });
        await Promise.all(fonts.map(([name, bytes]) => writeFile(path.join(outdir, name), bytes)));
        return { contents, loader: "css" };
      });
    },
  };
}

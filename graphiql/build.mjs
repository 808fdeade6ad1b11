// Builds the page into gateway/http/static: node build.mjs [OUTDIR]. Same sources and lock, same bytes.
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

import { embeddedExamples, replacedModules, styles } from "./bundling/plugins.mjs";
import { licences } from "./bundling/licences.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const outdir = path.resolve(process.argv[2] ?? path.join(here, "../gateway/http/static"));

const WORKERS = {
  editor: "node_modules/monaco-editor/esm/vs/editor/editor.worker.js",
  graphql: "node_modules/monaco-graphql/esm/graphql.worker.js",
  json: "node_modules/monaco-editor/esm/vs/language/json/json.worker.js",
};

await rm(outdir, { recursive: true, force: true });
await mkdir(outdir, { recursive: true });

// One build for page and workers: they share chunks, the GraphQL parser above all.
const { metafile } = await build({
  absWorkingDir: here,
  entryPoints: [
    { in: "src/main.tsx", out: "main" },
    { in: "src/favicon.svg", out: "favicon" },
    ...Object.entries(WORKERS).map(([name, file]) => ({ in: file, out: `${name}.worker` })),
  ],
  outdir,
  entryNames: "[name]-[hash]",
  chunkNames: "chunk-[hash]",
  bundle: true,
  splitting: true,
  minify: true,
  format: "esm",
  target: ["chrome117", "firefox119", "safari17.4"], // the first with Map.groupBy
  jsx: "automatic",
  define: { "process.env.NODE_ENV": '"production"' },
  loader: { ".svg": "copy" },
  legalComments: "none", // LICENSES.txt holds them, whole
  plugins: [replacedModules(here), embeddedExamples(here), styles(outdir)],
  metafile: true,
  logLevel: "warning",
});

await writeFile(path.join(outdir, "LICENSES.txt"), await licences(here, metafile));
await writeFile(path.join(outdir, "manifest.json"), `${JSON.stringify(await manifest(), null, 2)}\n`);

/** What the gateway needs to write the page, and what a test needs to see that sources and output belong together. */
async function manifest() {
  const { outputs } = metafile;
  const output = (entry) => Object.entries(outputs).find(([, { entryPoint }]) => entryPoint === entry);
  const name = (entry) => path.basename(output(entry)[0]);
  const [, { cssBundle, imports }] = output("src/main.tsx");
  const names = (await readdir(outdir)).filter((file) => file !== "manifest.json").sort();
  return {
    script: name("src/main.tsx"),
    style: path.basename(cssBundle),
    icon: name("src/favicon.svg"),
    preload: imports.filter(({ kind }) => kind === "import-statement").map((one) => path.basename(one.path)).sort(),
    workers: Object.fromEntries(Object.entries(WORKERS).map(([worker, file]) => [worker, name(file)])),
    files: Object.fromEntries(await Promise.all(names.map(async (file) => [file, await digest(outdir, [file])]))),
    sources: await digest(here, await sources()),
  };
}

/** All that goes into a build, by path in one fixed order. */
async function sources() {
  const fixed = [".npmrc", "build.mjs", "package-lock.json", "package.json", "tsconfig.json"];
  const found = await Promise.all(["bundling", "src"].map((folder) => filesBelow(folder)));
  return [...fixed, ...found.flat()].sort();
}

async function filesBelow(folder) {
  const entries = await readdir(path.join(here, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(here, path.join(entry.parentPath, entry.name)).split(path.sep).join("/"));
}

/** SHA-256 over name and content of each file, a zero byte after both. */
async function digest(folder, files) {
  const hash = createHash("sha256");
  for (const file of files) {
    hash.update(`${file}\0`).update(await readFile(path.join(folder, file))).update("\0");
  }
  return hash.digest("hex");
}

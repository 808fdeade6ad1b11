// LICENSES.txt: the licence of every package of which something stands in the built files.
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";

const NOTICE = /^(licen[cs]e|notice|thirdpartynotices|copying)(\.(md|txt|markdown))?$/i;

/** Throws for a package that names no licence. */
export async function licences(root, { outputs }) {
  const inputs = Object.values(outputs).flatMap((output) => Object.keys(output.inputs));
  const folders = new Set(inputs.map(packageFolder).filter(Boolean));
  const chapters = await Promise.all([...folders].sort().map((folder) => chapter(path.join(root, folder))));
  return [HEAD, ICONS, ...new Set(chapters)].join(`\n${"-".repeat(80)}\n\n`);
}

const HEAD = `The GraphiQL page of GitLab Jobs Gateway contains code of the packages below, each under its own licence.
`;

// Comes inside Monaco's styles; no package of its own speaks for it.
const ICONS = `Codicons, the icons in codicon-*.ttf (CC-BY-4.0)
https://github.com/microsoft/vscode-codicons

Copyright (c) Microsoft Corporation. Licensed under the Creative Commons Attribution 4.0 International License:
https://creativecommons.org/licenses/by/4.0/legalcode
`;

function packageFolder(input) {
  return /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
}

async function chapter(folder) {
  const { name, version, license, homepage, author, contributors = [] } = JSON.parse(await readFile(path.join(folder, "package.json"), "utf8"));
  if (!license) {
    throw new Error(`${name} ${version} names no licence`);
  }
  const files = (await readdir(folder)).filter((file) => NOTICE.test(file)).sort();
  const texts = await Promise.all(files.map((file) => readFile(path.join(folder, file), "utf8")));
  if (texts.length === 0) {
    const people = [author, ...contributors].map((one) => one?.name ?? one).filter(Boolean);
    texts.push(`By ${people.join(", ") || "its contributors"}. The package brings no text of its licence with it.`);
  }
  const title = `${name} ${version} (${license})${homepage ? `\n${homepage}` : ""}\n`;
  return [title, ...texts.map((text) => `${text.replaceAll("\r\n", "\n").trim()}\n`)].join("\n");
}

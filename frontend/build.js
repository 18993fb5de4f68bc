// Builds static/vendor/codemirror-<version>.js and the licences of what is in it.
//   node build.js            writes both
//   node build.js --compare  builds again and fails where the committed files differ
import { readFile, readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const vendor = join(here, "..", "static", "vendor");

/** The name and version of the package that a bundled file belongs to. */
async function packageOf(input) {
  const parts = input.split("/");
  const at = parts.lastIndexOf("node_modules");
  const folder = parts.slice(0, at + (parts[at + 1].startsWith("@") ? 3 : 2)).join("/");
  const { name, version, license } = JSON.parse(await readFile(join(here, folder, "package.json"), "utf8"));
  const file = (await readdir(join(here, folder))).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file ? await readFile(join(here, folder, file), "utf8") : "";
  return { name, version, license, text: text.trim() };
}

const result = await build({
  absWorkingDir: here,
  entryPoints: ["editor.js"],
  bundle: true,
  format: "esm",
  minify: true,
  target: "es2022",
  legalComments: "none",
  charset: "utf8",
  metafile: true,
  write: false,
});

const inputs = Object.keys(result.metafile.inputs).filter((path) => path.includes("node_modules/"));
const packages = new Map();
for (const input of inputs) {
  const found = await packageOf(input);
  packages.set(found.name, found);
}
const sorted = [...packages.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
const version = packages.get("@codemirror/view").version;
const licences = sorted
  .map(({ name, version, license, text }) => `${name} ${version} (${license})\n\n${text}\n`)
  .join("\n----------------------------------------\n\n");

const files = {
  [`codemirror-${version}.js`]: result.outputFiles[0].text,
  [`codemirror-${version}.LICENCES.txt`]: licences,
};
let different = 0;
for (const [name, text] of Object.entries(files)) {
  const path = join(vendor, name);
  if (!process.argv.includes("--compare")) {
    await writeFile(path, text);
    console.log(`${name}: ${Buffer.byteLength(text)} bytes`);
    continue;
  }
  const committed = await readFile(path, "utf8").catch(() => null);
  if (committed === text) continue;
  console.error(`static/vendor/${name} is not what frontend/ builds: run "npm run build" there and commit it`);
  different += 1;
}
process.exitCode = different ? 1 : 0;

import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { expect, test } from "vitest";
import { bundle } from "../../scripts/bundle.js";
import { oneStartFilePlugin } from "../../scripts/one-start-file-plugin.js";
import { ROOT, temporaryFolder } from "../support/cli.js";

/** Returns the path and the text of each source file of the package. */
async function sources(): Promise<[file: string, text: string][]> {
  const folders = ["bin", "sandbox", "src", "tools"].map(async (folder) => {
    const files = await readdir(join(ROOT, folder), { recursive: true, encoding: "utf8" });
    return files.filter((file) => file.endsWith(".ts")).map((file) => join(folder, file));
  });
  const files = (await Promise.all(folders)).flat();
  return Promise.all(files.map(async (file) => [file, await readFile(join(ROOT, file), "utf8")] as [string, string]));
}

/** Packages that are looked up where somebody has installed them. */
const NOT_BUNDLED: ReadonlySet<string> = new Set(["keytar", "@opentelemetry/api"]);

/** Returns the name of each bundled package that the sources load with `import("…")`. Those that are not bundled are left out. */
async function packagesLoadedLater(): Promise<string[]> {
  const names = (await sources()).flatMap(([, text]) => [...text.matchAll(/(?<!typeof )import\("([^".][^"]*)"\)/g)]);
  return [...new Set(names.map(([, name = ""]) => name))].filter((name) => !NOT_BUNDLED.has(name)).sort();
}

/** Returns the type of each value that a module exports, by name. */
const shape = (module: object) =>
  Object.fromEntries(
    Object.entries(module)
      .filter(([name]) => /^[\w$]+$/.test(name) && name !== "__esModule")
      .map(([name, value]) => [name, typeof value] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );

test("every package that is loaded later has the same in a build as in the source", async () => {
  const packages = await packagesLoadedLater();
  expect(packages).toContain("undici");
  const folder = temporaryFolder();
  await mkdir(join(folder, "src"));
  const file = join(folder, "src/uses.ts");
  const imports = packages.map((name) => `${JSON.stringify(name)}: await import(${JSON.stringify(name)})`);
  await writeFile(file, `export const load = async () => ({ ${imports.join(", ")} });`);
  await bundle({
    entryPoints: [file],
    outdir: join(folder, "out"),
    nodePaths: [join(ROOT, "node_modules")],
    splitting: true,
    plugins: [oneStartFilePlugin],
    define: { "process.env.OKTA_MCP_VERSION": '"0"' },
  });
  await writeFile(join(folder, "out/package.json"), '{ "type": "commonjs" }');
  const built = await createRequire(import.meta.url)(join(folder, "out/uses.js")).load();
  for (const name of packages) expect(shape(built[name]), name).toEqual(shape(await import(name)));
});

test("no module of ours that is loaded later has a default, which a build would leave out", async () => {
  for (const [file, text] of await sources()) {
    expect(text, file).not.toMatch(/^export default\b|\bas default\b/m);
  }
});

test("no module of ours loads Okta's SDK, whose types alone are used", async () => {
  const uses = (await sources()).flatMap(([file, text]) =>
    [...text.matchAll(/^.*"@okta\/okta-sdk-nodejs.*$/gm)].map(([line]) => ({ file, line })),
  );
  expect(uses.length).toBeGreaterThan(0);
  for (const { file, line } of uses) {
    expect(file).toBe(join("src", "okta", "operations.ts"));
    expect(line).toMatch(/^import type /);
  }
});

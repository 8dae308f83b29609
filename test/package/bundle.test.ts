import { writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { bundle } from "../../scripts/bundle.js";
import { temporaryFolder } from "../support/cli.js";

/** Bundles a module with this source. Returns the path of the bundle and its exports. */
async function bundled(source: string) {
  const folder = temporaryFolder();
  await writeFile(join(folder, "module.mjs"), source);
  await bundle({ entryPoints: [join(folder, "module.mjs")], outdir: join(folder, "out") });
  const file = join(folder, "out/module.js");
  return { file, exported: createRequire(import.meta.url)(file) };
}

test("a module in a bundle is strict and knows its own address", async () => {
  const { file, exported } = await bundled(`
    export const url = import.meta.url;
    export const write = () => { Object.freeze({ fixed: 1 }).fixed = 2; };
  `);
  expect(exported.url).toBe(pathToFileURL(file).href);
  expect(exported.write).toThrow(TypeError);
});

test("a module that asks for what a bundle cannot give stops the build", async () => {
  await expect(bundled("export const folder = import.meta.dirname;")).rejects.toThrow(/module\.js: .*import\.meta/);
});

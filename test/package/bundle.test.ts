import { mkdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { bundle } from "../../scripts/bundle.js";
import { ROOT, temporaryFolder } from "../support/cli.js";

test("a schema of the MCP SDK is itself in a bundle, wherever its name stands", async () => {
  const folder = temporaryFolder();
  const file = join(folder, "src/uses.ts");
  await mkdir(join(folder, "src"));
  await writeFile(
    file,
    `import { ResultSchema, type Tool, ToolSchema } from "@modelcontextprotocol/sdk/types.js";
     export const chosen = (wanted: boolean) => (wanted ? ToolSchema : ResultSchema);
     export const named = { ToolSchema: ToolSchema, other: { ...ResultSchema } };
     export const listed = [ResultSchema, ToolSchema];
     export const nameOf = (tool: Tool) => tool.name;`,
  );
  await bundle({ entryPoints: [file], outdir: join(folder, "out"), nodePaths: [join(ROOT, "node_modules")] });
  const { chosen, named, listed } = createRequire(import.meta.url)(join(folder, "out/uses.js"));
  const [result, tool] = listed;
  expect(tool.safeParse({ name: "list_users", inputSchema: { type: "object" } }).success).toBe(true);
  expect(tool.safeParse({}).success).toBe(false);
  expect([chosen(true), chosen(false), named.ToolSchema]).toEqual([tool, result, tool]);
  expect(named.other).toHaveProperty("def");
});

/** Bundles a module of this source, and loads what comes of it. */
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

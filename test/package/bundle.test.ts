import { mkdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
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

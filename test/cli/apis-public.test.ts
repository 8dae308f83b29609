import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type CiTool, requireTool } from "../support/ci-tools.js";
import { runCli, temporaryFolder } from "../support/cli.js";
import { HOW_TO_GET_OPENAPI, openApiDir } from "../support/openapi-dir.js";

/** Checks settings that choose every operation that reads, of a document that nobody here wrote. */
async function checked(document: string, rename: Record<string, string> = {}) {
  const file = join(temporaryFolder(), "apis.json");
  const api = {
    document,
    base_url: "https://api.acme.example/v1",
    auth: { kind: "none" },
    operations: [{ match: { method: "GET", path: "/**" } }],
    rename,
  };
  writeFileSync(file, JSON.stringify({ apis: { theirs: api } }), { mode: 0o600 });
  const { code, stdout, stderr } = await runCli(["apis", "check", file, "--json"]);
  expect(stderr).toBe("");
  const listed = await runCli(["apis", "check", "--document", document, "--json"]);
  expect(listed).toMatchObject({ code: 0, stderr: "" });
  return { code, operations: JSON.parse(listed.stdout).operations.length as number, found: JSON.parse(stdout) };
}

test.for<[string, CiTool, string]>([
  ["Train Travel (3.1, YAML)", "@readme/oas-examples", "3.1/yaml/train-travel.yaml"],
  ["Scalar Galaxy (3.1, YAML)", "@scalar/galaxy", "dist/3.1.yaml"],
  ["Star Trek (3.0, JSON)", "@readme/oas-examples", "3.0/json/star-trek.json"],
])("okta-mcp apis check tells of every operation of %s", async ([_name, tool, path], context) => {
  const { code, operations, found } = await checked(join(requireTool(context, tool), path));
  expect(code, JSON.stringify(found.problems)).toBe(0);
  expect(found.tools).toBeGreaterThan(0);
  expect(found.apis[0].tools.length + found.apis[0].skipped.length).toBe(operations);
});

test("okta-mcp apis check names what is too long in Okta's own document, and warns of how much the rest is", async (context) => {
  const folder = openApiDir();
  if (folder === undefined) return context.skip(HOW_TO_GET_OPENAPI);
  const document = join(folder, "management.json");
  const first = await checked(document);
  expect(first.code).toBe(1);
  const ids = (first.found.problems as string[]).map(
    (problem) => /the tool of (\w+) would be/.exec(problem)?.[1] ?? problem,
  );
  const { code, found } = await checked(
    document,
    Object.fromEntries(ids.map((id, index) => [id, `too_long_${index}`])),
  );
  expect(code, JSON.stringify(found.problems)).toBe(0);
  expect(found.warnings).toHaveLength(2);
});

import { existsSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { EXAMPLES } from "../scripts/docs/examples.js";
import { NOT_HERE } from "../scripts/docs/moving-page.js";
import { generatedFiles } from "../scripts/docs.js";
import { catalogue, officialArguments, root } from "./support/catalogue.js";

test("the generated parts of the documentation are up to date (npm run docs rewrites them)", {
  timeout: 180_000,
}, async () => {
  for (const [path, content] of Object.entries(await generatedFiles())) {
    expect(await readFile(path, "utf8"), path).toBe(content);
  }
});

test("every tool has an example, and no example is left of a tool that is gone", () => {
  expect(Object.keys(EXAMPLES).sort()).toEqual(catalogue.entries.map(({ name }) => name));
});

/** A tool of okta-mcp-server 1.1.4, with its arguments as Python has them. */
interface OfficialTool {
  tool: string;
  scope: string[];
  args: { name: string; type: string; required: boolean; default: string | null }[];
}

const shared = new URL("../shared/compat/okta-mcp-server-1.1.4.json", root);

describe.skipIf(!existsSync(shared))("compared with the list of okta-mcp-server's tools", () => {
  const theirs: OfficialTool[] = existsSync(shared) ? JSON.parse(readFileSync(shared, "utf8")) : [];
  const moved = theirs.filter(({ tool }) => !Object.hasOwn(NOT_HERE, tool));

  test("every tool of theirs is here or explained", () => {
    expect(theirs.filter(({ tool }) => !catalogue.get(tool)).map(({ tool }) => tool)).toEqual(Object.keys(NOT_HERE));
    const facts = moved.map(({ tool, args }) => [
      tool,
      args.map(({ name, required }) => (required ? name : `${name}?`)),
    ]);
    expect(Object.fromEntries(facts)).toEqual(officialArguments);
  });

  test.each(moved)("$tool takes their arguments in the same form, and needs none besides", ({ tool, scope, args }) => {
    expect([catalogue.get(tool)?.scope ?? []].flat()).toEqual(scope);
    const { properties, required = [] } = catalogue.schema(tool);
    for (const { name, type, required: needed, default: byDefault } of args) {
      expect(properties[name], name).toMatchObject({ type: jsonType(type) });
      if (!needed) expect(required, name).not.toContain(name);
      const value = pythonValue(byDefault);
      // False, nothing and an empty text are what leaving it out means here.
      if (value) expect(properties[name]?.default, name).toBe(value);
    }
    const known = args.map(({ name }) => name);
    expect(required.filter((name) => !known.includes(name))).toEqual([]);
  });
});

/** A type of Python in JSON Schema's words. */
function jsonType(type: string): string | undefined {
  const inner = /^Optional\[(.*)\]$/.exec(type)?.[1] ?? type;
  const types = { str: "string", int: "integer", bool: "boolean", dict: "object", "Dict[str, Any]": "object" };
  return inner.startsWith("List[") ? "array" : types[inner as keyof typeof types];
}

/** A literal of Python. */
function pythonValue(literal: string | null): unknown {
  if (literal === null || literal === "None") return undefined;
  if (literal === "True" || literal === "False") return literal === "True";
  return JSON.parse(literal.replaceAll("'", '"'));
}

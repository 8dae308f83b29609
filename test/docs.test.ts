import { existsSync, readdirSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { EXAMPLES } from "../scripts/docs/examples.js";
import { renewed } from "../scripts/docs/markdown.js";
import { NOT_HERE } from "../scripts/docs/moving-page.js";
import { renewedPage } from "../scripts/docs/parts.js";
import { generatedFiles } from "../scripts/docs.js";
import { createCatalogue } from "../src/catalogue/catalogue.js";
import { areas } from "../tools/index.js";
import { catalogue, officialArguments, root } from "./support/catalogue.js";
import { describeWhere } from "./support/programs.js";

test("the generated parts of the documentation are up to date (npm run docs rewrites them)", {
  timeout: 180_000,
}, async () => {
  for (const [path, content] of Object.entries(await generatedFiles())) {
    expect(await readFile(path, "utf8"), path).toBe(content);
  }
});

test("a generated part that is empty is filled, and nothing generates an empty one", () => {
  const empty = "a\n<!-- generated: tools -->\n<!-- end of generated -->\nb";
  expect(renewedPage(empty, catalogue)).toMatch(
    /^a\n<!-- generated: tools -->\nThere are \d+ tools[^\n]*\n<!-- end of generated -->\nb$/,
  );
  expect(() => renewed(empty, () => "")).toThrow("A page asks for a part tools that is empty.");
  expect(() => renewed(empty, () => undefined)).toThrow("that nothing generates");
});

/** The pages that are written for people. The test checks their links to other places in the project. */
const PAGES = [
  "README.md",
  "SECURITY.md",
  "CHANGELOG.md",
  "DECISIONS.md",
  "AGENTS.md",
  ...readdirSync("docs")
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];
const linksOf = (page: string) =>
  [...readFileSync(page, "utf8").matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^https?:/.test(target));

/** Returns the anchors of a page's headings, in the form that GitHub and npm give them. */
function anchorsOf(page: string): string[] {
  const headings = [...readFileSync(page, "utf8").matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = ""]) => heading);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

test.each(PAGES)("%s links to what there is", (page) => {
  for (const target of linksOf(page)) {
    const [path = "", anchor] = target.split("#");
    const file = path === "" ? page : join(dirname(page), path);
    expect(existsSync(file), target).toBe(true);
    if (anchor !== undefined) expect(anchorsOf(file), target).toContain(anchor);
  }
});

test("a page in the npm package links to nothing that is not in it", () => {
  const { files } = JSON.parse(readFileSync("package.json", "utf8")) as { files: string[] };
  const packed = ["README.md", "LICENSE", "package.json", ...files];
  const isPacked = (path: string) => packed.some((one) => path === one || path.startsWith(`${one}/`));
  for (const page of PAGES.filter(isPacked)) {
    for (const target of linksOf(page)) {
      const [path = ""] = target.split("#");
      expect(isPacked(path === "" ? page : join(dirname(page), path)), `${page}: ${target}`).toBe(true);
    }
  }
});

test("every tool has an example, and no example is left of a tool that is gone", () => {
  expect(Object.keys(EXAMPLES).sort()).toEqual(catalogue.entries.map(({ name }) => name));
});

test("the README says what no tool does, and nothing that a tool does", () => {
  const [sentence = ""] = /\*\*What it cannot do:\*\* [^\n]*/.exec(readFileSync("README.md", "utf8")) ?? [];
  const names = catalogue.entries.map(({ name }) => name);
  for (const [words, tools] of [
    ["unlocks", /unlock/],
    ["assigns an app", /assign/],
    ["group rules", /group_rule/],
  ] as const) {
    expect(sentence.includes(words), words).toBe(!names.some((name) => tools.test(name)));
  }
  const made = createCatalogue({ ...areas, more: { unlockAll: { ...areas.users.getUser, name: "unlock_all" } } });
  expect(renewedPage("<!-- generated: cannot -->\n\n<!-- end of generated -->", made)).not.toContain("unlocks");
});

/** A tool of okta-mcp-server 1.1.4. Its arguments are written as in Python. */
interface OfficialTool {
  tool: string;
  scope: string[];
  args: { name: string; type: string; required: boolean; default: string | null }[];
}

const shared = new URL("../shared/compat/okta-mcp-server-1.1.4.json", root);

describeWhere(existsSync(shared), "the list of that server's tools is not here")(
  "compared with the list of okta-mcp-server's tools",
  () => {
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

    test.each(moved)(
      "$tool takes their arguments in the same form, and needs none besides",
      ({ tool, scope, args }) => {
        expect([catalogue.get(tool)?.scope ?? []].flat()).toEqual(scope);
        const { properties, required = [] } = catalogue.schema(tool);
        for (const { name, type, required: needed, default: byDefault } of args) {
          expect(properties[name], name).toMatchObject({ type: jsonType(type) });
          if (!needed) expect(required, name).not.toContain(name);
          const value = pythonValue(byDefault);
          // For these tools, leaving an argument out means the same as false, null or an empty text.
          if (value) expect(properties[name]?.default, name).toBe(value);
        }
        const known = args.map(({ name }) => name);
        expect(required.filter((name) => !known.includes(name))).toEqual([]);
      },
    );
  },
);

/** Returns the name in JSON Schema of a type of Python. */
function jsonType(type: string): string | undefined {
  const inner = /^Optional\[(.*)\]$/.exec(type)?.[1] ?? type;
  const types = { str: "string", int: "integer", bool: "boolean", dict: "object", "Dict[str, Any]": "object" };
  return inner.startsWith("List[") ? "array" : types[inner as keyof typeof types];
}

/** Returns the value of a Python literal. */
function pythonValue(literal: string | null): unknown {
  if (literal === null || literal === "None") return undefined;
  if (literal === "True" || literal === "False") return literal === "True";
  return JSON.parse(literal.replaceAll("'", '"'));
}

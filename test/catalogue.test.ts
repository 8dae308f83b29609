import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { createCatalogue } from "../src/catalogue/catalogue.js";
import { SCOPES } from "../src/okta/scopes.js";
import type { Tool } from "../src/tool.js";
import { areas } from "../tools/index.js";
import {
  catalogue,
  officialArguments,
  ownUnder,
  root,
  scopesToTools,
  sourcesOf,
  toolsOfOurOwn,
} from "./support/catalogue.js";
import { AREAS_OF_ACCESS, MOST_BYTES, MOST_BYTES_OF_ACCESS } from "./support/ceilings.js";
import { skipUnless } from "./support/programs.js";

const tools = catalogue.entries.map((tool) => ({ ...tool, definition: catalogue.definition(tool.name) }));
const sources = sourcesOf("tools");

/** An assistant reads every description before it chooses a tool, so each has to be short. */
const MOST_DESCRIPTION_CHARS = 300;

/** The official server's tools that the table lists under no scope. */
const OTHERS = ["get_login_failures", "get_scope_status"];

const camelCase = (name: string) => name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** Returns a value with the keys of every object in alphabetical order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}

const EFFECTS_BY_VERB: Readonly<Record<string, readonly string[]>> = {
  list: ["reads"],
  get: ["reads"],
  create: ["adds"],
  add: ["adds"],
  upload: ["adds", "changes"],
  update: ["changes"],
  replace: ["changes"],
  upsert: ["changes"],
  activate: ["changes"],
  verify: ["changes"],
  send: ["adds", "changes"],
  deactivate: ["removes"],
  delete: ["removes"],
  remove: ["removes"],
  undo: ["removes"],
};

/** The words that a description of an argument may begin with. A verb says what to do, and "With search." does not. */
const VERBS = [
  ...["Activate", "Add", "Allow", "Ask", "Check", "Choose", "Compare", "Email", "Embed", "End", "Enforce", "Filter"],
  ...["Find", "Give", "Have", "Keep", "Link", "List", "Look", "Lose", "Name", "Only", "Pass", "Put", "Read", "Repeat"],
  ...["Say", "Search", "Set", "Show", "Sort", "Start", "Take", "Undo", "Use"],
];

/** Returns true if a text shows a value that matches the pattern, or the form of one. */
function showsForm(text: string, pattern: string): boolean {
  const examples = text.match(/"[^"]+"|#?[\w.]*\w/g) ?? [];
  return text.includes("#RRGGBB") || examples.some((one) => new RegExp(pattern).test(one.replaceAll('"', "")));
}

describe.each(tools)("$name", (tool) => {
  const { name, title, description, scope, effect, definition } = tool;

  test("has a name of words and underscores, and is exported under the same name in camel case", () => {
    expect(name).toMatch(/^[a-z]+(_[a-z0-9]+)+$/);
    const exported = Object.values(areas).flatMap((area) => Object.entries(area));
    const [key] = exported.find(([, value]) => (value as Tool).name === name) ?? [];
    expect(key).toBe(camelCase(name));
  });

  test("is found by its name in one place", () => {
    const text = [...sources.values()].join("\n");
    expect(text.split(`name: "${name}"`)).toHaveLength(2);
  });

  test("does what its verb says", () => {
    const verb = name.split("_")[0] ?? "";
    expect(EFFECTS_BY_VERB[verb], `no effect is known for the verb ${verb}`).toContain(effect);
  });

  test("needs a scope to read exactly if it reads", () => {
    // An undo calls other tools, and each of them has a scope of its own.
    if (scope === null) return expect(effect === "reads" || name === "undo_change").toBe(true);
    expect(Object.keys(SCOPES)).toContain(scope);
    expect(scope.endsWith(".read")).toBe(effect === "reads");
  });

  test("asks a person before it removes", () => {
    if (effect === "removes") expect(tool.impact).toBeTypeOf("function");
    // MCP assumes that a tool without hints is not read-only, and that such a tool is destructive.
    const { readOnlyHint = false, destructiveHint = !readOnlyHint } = definition.annotations;
    expect(readOnlyHint).toBe(effect === "reads");
    // A removal is always destructive. A change has to say so itself, and the snapshots show which changes do.
    const isDestructive = effect === "removes" || tool.destructive === true;
    expect(destructiveHint).toBe(isDestructive);
    expect(Object.keys(definition.annotations)).toEqual([effect === "reads" ? "readOnlyHint" : "destructiveHint"]);
  });

  test("says, if it writes, what it changes and how that is taken back", () => {
    if (effect === "reads" || scope === null) return expect(tool.change).toBeUndefined();
    expect(tool.change?.state ?? tool.replaces?.current, "how the object is read").toBeTypeOf("function");
    const undo = tool.change?.undo ?? tool.replaces?.proposed;
    if (typeof undo === "string") expect(undo).toMatch(/^[A-Z].*\.$/);
    else expect(undo, "how a change is taken back").toBeTypeOf("function");
  });

  test("is described in short and plain sentences", () => {
    expect(title).toMatch(/^[A-Z][A-Za-z0-9 -]{3,48}$/);
    const repeatsName = title.toLowerCase().replaceAll(/[ -]/g, "_") === name;
    expect(definition.title, "a title that repeats the name is not sent").toBe(repeatsName ? undefined : title);
    expect(description.length).toBeLessThanOrEqual(MOST_DESCRIPTION_CHARS);
    expect(description).toMatch(/^[A-Z][\s\S]+\.$/);
    expect(description, "no shouting").not.toMatch(/!|\b(IMPORTANT|NOTE|NEVER|ALWAYS|MUST|WARNING)\b/);
    expect(description).not.toMatch(/\s{2,}|\n/);
  });

  test("describes every argument where clients see it, in a sentence that says what to do", () => {
    for (const [argument, { description: text = "" }] of Object.entries(definition.inputSchema.properties)) {
      expect(argument).toMatch(/^[a-z]+(_[a-z0-9]+)*$/);
      // Every tool takes `fields`. For writes, the server's instructions explain it once.
      if (argument === "fields" && effect !== "reads") continue;
      expect(VERBS, `${argument}: ${text}`).toContain(text.split(" ")[0]);
      expect(text, argument).toMatch(/[.…]$/);
      // Only this argument names a dozen values.
      const most = `${name}.${argument}` === "list_policies.type" ? 250 : 150;
      expect(text.length, argument).toBeLessThanOrEqual(most);
    }
  });

  test("takes one object of known arguments, without a union at its root", () => {
    expect(definition.inputSchema).toMatchObject({ type: "object", additionalProperties: false });
    for (const key of ["anyOf", "oneOf", "allOf", "$schema", "$ref", "definitions"]) {
      expect(definition.inputSchema).not.toHaveProperty(key);
    }
    expect(tool.input.safeParse({ no_such_argument: 1 }).error?.issues.map(({ code }) => code)).toContain(
      "unrecognized_keys",
    );
  });

  test("shows every argument that it takes, since clients let a model give no other", () => {
    const shown = definition.inputSchema.properties;
    expect(Object.keys(shown)).toEqual(Object.keys(tool.arguments.shape));
    const ofLists = "after" in tool.input.shape ? ["count_only"] : [];
    const ofEffect = effect === "reads" ? ["fields", "include_links", ...ofLists] : ["fields", "dry_run"];
    expect(Object.keys(shown)).toEqual(expect.arrayContaining(ofEffect));
  });

  test("says in words what a keyword would say that not every client passes on", () => {
    for (const [argument, schema] of Object.entries(catalogue.schema(name).properties)) {
      const { description = "", default: byDefault, minimum, maximum, pattern } = schema;
      if (typeof pattern === "string") expect(showsForm(description, pattern), argument).toBe(true);
      for (const value of [byDefault, maximum, maximum === undefined ? undefined : minimum]) {
        // These values have the same effect as leaving the argument out.
        if (value === undefined || value === false || value === "") continue;
        expect(description, argument).toContain(String(value));
      }
    }
  });

  test("looks to a client as it did before", async () => {
    const text = `${JSON.stringify(sorted(definition), null, 2)}\n`;
    await expect(text).toMatchFileSnapshot(`__snapshots__/tools/${name}.json`);
  });

  test("has a test of what it does", () => {
    const tests = [...sourcesOf("test/tools").values()].join("\n");
    expect(new RegExp(`["'\`]${name}["'\`]`).test(tests), `a test in test/tools calls ${name}`).toBe(true);
  });
});

test("of a change it has to be said whether it is destructive, and of nothing else", () => {
  const { destructive: _, ...silent } = areas.groups.updateGroup;
  // @ts-expect-error: the compiler refuses a change that does not say if it is destructive
  const changes: Tool = silent;
  // @ts-expect-error: an addition takes no such field, because its effect already says it
  const adds: Tool = { ...areas.groups.createGroup, destructive: true };
  expect([changes.effect, adds.effect]).toEqual(["changes", "adds"]);
  for (const { name, destructive, effect } of catalogue.entries) {
    expect(destructive, name).toBeTypeOf(effect === "changes" ? "boolean" : "undefined");
  }
});

test("refuses two tools with one name", () => {
  const { getUser } = areas.users;
  expect(() => createCatalogue({ one: { getUser }, two: { getUser } })).toThrow(/get_user/);
});

test("no snapshot is left of a tool that is gone", () => {
  const names = readdirSync(new URL("test/__snapshots__/tools", root)).map((file) => file.replace(/\.json$/, ""));
  expect(names.filter((name) => !catalogue.get(name))).toEqual([]);
});

test("every tool of every file is in the index, and nothing but tools is exported", async () => {
  const files = [...sources.keys()].filter((file) => file !== "index.ts");
  const modules = await Promise.all(
    files.map((file): Promise<object> => import(/* @vite-ignore */ new URL(`tools/${file}`, root).href)),
  );
  const exported = modules.flatMap((module) => Object.entries(module));
  for (const [key, value] of exported) expect(value, key).toHaveProperty("effect");
  const indexed = Object.values(areas).flatMap((area) => Object.entries(area));
  expect(indexed.map(([key]) => key).sort()).toEqual(exported.map(([key]) => key).sort());
  expect(Object.keys(areas).filter((area) => !files.includes(`${area}.ts`))).toEqual([]);
});

test("a tool says what is done and holds no plumbing", () => {
  for (const [file, source] of [...sources, ...sourcesOf("tools/shared")]) {
    const code = source.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "").replace(/"(?:\\.|[^"\\])*"/g, '""');
    expect(code, file).not.toMatch(/\btry\b|: any\b|\bas any\b|<any>|\bas [A-Z]|process\.env|\bconsole\b|\bfetch\(/);
    // `index.ts` is the registry. `kit.ts` is the only way from the tools into the engine.
    if (file === "index.ts" || file === "kit.ts") continue;
    const imported = [...source.matchAll(/^(?:import|export) [^;]*? from "([^"]+)";/gms)].map(([, from]) => from);
    const strange = imported.filter(
      (from = "") => !/^(?:zod|(?:\.\.\/){1,2}src\/tool\.js|\.\/[\w/-]+\.js)$/.test(from),
    );
    expect(strange, `${file} imports`).toEqual([]);
  }
});

test("the engine knows no tool", () => {
  const files = readdirSync(new URL("src", root), { recursive: true, encoding: "utf8" });
  const knowing = files.filter((file) => {
    if (!file.endsWith(".ts")) return false;
    // Only the commands may import both the engine and the tools.
    if (/^cli\//.test(file)) return false;
    return /from "[./]*\/tools\//.test(readFileSync(new URL(`src/${file}`, root), "utf8"));
  });
  expect(knowing).toEqual([]);
});

test.each([
  { of: "all tools", most: MOST_BYTES, listed: tools },
  {
    of: "the tools about people and access",
    most: MOST_BYTES_OF_ACCESS,
    listed: tools.filter(({ area }) => AREAS_OF_ACCESS.some((one) => one === area)),
  },
])("the definitions of $of stay below $most bytes", ({ of, most, listed }) => {
  const bytes = Buffer.byteLength(JSON.stringify({ tools: listed.map(({ definition }) => definition) }));
  console.log(`tools/list, ${of}: ${listed.length} tools, ${bytes} bytes`);
  expect(bytes).toBeLessThan(most);
});

describe("compared with the specification", () => {
  test("every tool stands under its scope, and no other tool exists", () => {
    const ours: Record<string, string[]> = {};
    for (const { name, scope } of tools) {
      if (scope !== null && !OTHERS.includes(name)) ours[scope] = [...(ours[scope] ?? []), name].sort();
    }
    const scopes = new Set([
      ...Object.keys(scopesToTools),
      ...Object.values(toolsOfOurOwn).filter((scope) => scope !== null),
    ]);
    const known = [...scopes].map((scope) => [scope, [...(scopesToTools[scope] ?? []), ...ownUnder(scope)].sort()]);
    expect(ours).toEqual(Object.fromEntries(known));
  });

  test("get_login_failures needs okta.logs.read, and get_scope_status nothing", () => {
    expect(catalogue.get("get_login_failures")?.scope).toBe("okta.logs.read");
    expect(catalogue.get("get_scope_status")?.scope).toBeNull();
  });

  test("all 104 tools under 19 scopes are known", () => {
    expect(Object.keys(scopesToTools)).toHaveLength(19);
    const named = Object.values(scopesToTools).flat();
    expect(new Set(named).size).toBe(104);
    expect(Object.keys(officialArguments).sort()).toEqual([...named, ...OTHERS].sort());
    const own = tools.map(({ name }) => name).filter((name) => !officialArguments[name]);
    expect(own.sort()).toEqual(Object.keys(toolsOfOurOwn).sort());
  });

  test.each(tools.filter(({ name }) => !Object.hasOwn(toolsOfOurOwn, name)))(
    "$name takes the official server's arguments, and others only as a choice",
    (tool) => {
      const { properties = {}, required = [] } = tool.definition.inputSchema as {
        properties?: Record<string, unknown>;
        required?: string[];
      };
      const official = officialArguments[tool.name] ?? [];
      const names = official.map((argument) => argument.replace("?", ""));
      expect(names.filter((name) => !Object.hasOwn(properties, name))).toEqual([]);
      const needed = official.filter((argument) => !argument.endsWith("?"));
      expect(required.filter((name) => !needed.includes(name))).toEqual([]);
    },
  );

  const shared = new URL("../shared/scope-to-tools.json", root);
  test("the copy of the scope table is a true one", (context) => {
    skipUnless(context, existsSync(shared), "the scope table that the project was built from is not here");
    expect(JSON.parse(readFileSync(shared, "utf8"))).toEqual(scopesToTools);
  });
});

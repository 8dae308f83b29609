import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { toolsByPurpose } from "../../src/catalogue/active-tools.js";
import { OBJECT_KINDS, OBJECTS } from "../../src/okta/objects.js";
import { catalogue, root } from "../support/catalogue.js";
import { connect } from "../support/client.js";

const names = catalogue.entries.map(({ name }) => name);

/** The lines of a source text that are not comments. */
function codeOf(text: string): string[] {
  return text.split("\n").filter((line) => !/^\s*(?:\*|\/\*|\/\/)/.test(line));
}

/** The names of tools in a source text. Parts of longer words or of dotted names do not count. */
function toolsNamedIn(text: string): string[] {
  const words = codeOf(text).flatMap((line) => line.match(/(?<![\w.])[a-z]+(?:_[a-z]+)+(?!\w)/g) ?? []);
  return words.filter((word) => names.includes(word));
}

describe("the engine", () => {
  const sources = readdirSync(new URL("src", root), { encoding: "utf8", recursive: true })
    .map((name) => name.replaceAll("\\", "/"))
    .filter((name) => name.endsWith(".ts") && !name.startsWith("cli/"));

  test("names no tool in its texts", () => {
    expect(sources.length).toBeGreaterThan(130);
    const found = sources.flatMap((name) =>
      toolsNamedIn(readFileSync(new URL(`src/${name}`, root), "utf8")).map((tool) => `src/${name}: ${tool}`),
    );
    expect(found).toEqual([]);
  });

  test("would be caught naming one", () => {
    expect(toolsNamedIn('const FIX = "Find it with list_users.";')).toEqual(["list_users"]);
    expect(toolsNamedIn('/** As `list_users` does. */\nconst EVENT = "details.delete_user";')).toEqual([]);
  });
});

describe("a purpose", () => {
  const all = new Set(catalogue.entries.flatMap(({ scope }) => scope ?? []));
  const toolFor = toolsByPurpose(catalogue, () => ({ configured: all, granted: undefined }));

  test("is served by one tool", () => {
    const purposes = catalogue.entries.flatMap(({ purpose }) => purpose ?? []);
    expect(purposes).toEqual([...new Set(purposes)]);
    for (const purpose of ["undo change", "explain scopes", "show userSchema", "show change"] as const) {
      expect(names, purpose).toContain(toolFor(purpose));
    }
  });

  test("is served for every kind of object that an argument names and this server can list", () => {
    const unfound = OBJECT_KINDS.filter((kind) => OBJECTS[kind].argument && toolFor(`find ${kind}`) === undefined);
    // No scope of this server covers Okta's lists of these kinds.
    expect(unfound).toEqual(["userSchema", "realm", "authorizationServer"]);
  });

  test("belongs to a tool that reads, but for taking something back", () => {
    const writing = catalogue.entries.filter(({ purpose, effect }) => purpose && effect !== "reads");
    expect(writing.map(({ purpose }) => purpose)).toEqual(["undo change"]);
  });

  test("has no tool where its tool is not on, and advice then names none", async () => {
    const { call, client } = await connect({ scopes: ["okta.groups.manage"] });
    const { error } = await call("add_user_to_group", {
      group_id: `00g${"x".repeat(17)}`,
      user_id: "nobody@acme.example",
    });
    expect(error?.code).toBe("not_found");
    expect(JSON.stringify(error)).not.toContain("list_users");
    expect(client.getInstructions()).toContain("Find them first: list_groups.");
    expect(client.getInstructions()).not.toMatch(/list_users|list_applications|get_user\b/);
  });
});

describe("the instructions", () => {
  test("speak of writing only where a tool is on that writes", async () => {
    const { client } = await connect({ scopes: ["okta.logs.read"] });
    const instructions = client.getInstructions() ?? "";
    expect(instructions).toContain("- Tools take ids.\n");
    expect(instructions).not.toMatch(/dry_run|allow_removals|undo_change/);
    expect(instructions).toMatch(/^- protected is a person's decision/m);
    expect(instructions).toContain("get_scope_status explains.");
  });

  test("name tools that are on", async () => {
    const { client } = await connect();
    expect(client.getInstructions()).toContain(
      "Find them first: list_users, list_groups, list_applications; get_user also takes a login.",
    );
    expect(client.getInstructions()).toContain("What was written is in list_changes; undo_change takes it back.");
  });
});

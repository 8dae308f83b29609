import { expect, test } from "vitest";
import { catalogue } from "../support/catalogue.js";
import { connect } from "../support/client.js";
import { HOSTILE_TEXTS, MANY_ATTRIBUTES } from "../support/hostile-org.js";
import { objectsOf } from "../support/objects.js";
import { withItems } from "../support/result-text.js";
import { connectToHostile, type JsonObject, watchPrototypes } from "./org.js";
import { expectVisible } from "./visible.js";

/** The limit of an answer. It has room for one failed sign-in with each hostile text. */
const MAX_CHARS = 80_000;

const readingTools = catalogue.entries.filter(({ effect, scope }) => effect === "reads" && scope !== null);

/** Tools whose answers are Okta's own text, which nobody in the org can change. */
const OKTAS_OWN = [
  "get_default_error_page",
  "get_default_sign_in_page",
  "get_email_default_content",
  "get_email_default_content_preview",
  "get_email_settings",
  "get_email_template",
  "list_email_templates",
  "list_sign_in_widget_versions",
];

/** The names of the arguments that a tool requires. */
function requiredBy(tool: string): string[] {
  return (catalogue.definition(tool).inputSchema as { required?: string[] }).required ?? [];
}

/** Every text inside a value, including names of fields. */
function* textsIn(value: unknown): Generator<string> {
  if (typeof value === "string") yield value;
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    if (!Array.isArray(value)) yield key;
    yield* textsIn(inner);
  }
}

/** For each object that a tool can read, the arguments of that call. */
function argumentsFor(tool: string, objects: readonly JsonObject[]): JsonObject[] {
  const required = requiredBy(tool);
  if (tool === "list_policies") return [{ type: "OKTA_SIGN_ON" }];
  if (tool === "get_user_profile_attributes" || required.length === 0) return [{}];
  const fitting = objects.filter((object) => required.every((name) => name in object));
  const more = tool.endsWith("_page_resources") ? { expand: ["default", "customized", "preview"] } : {};
  return fitting.map((object) => ({ ...Object.fromEntries(required.map((name) => [name, object[name]])), ...more }));
}

test("a hostile org comes through every reading tool: visible as text, whole as data, within the limit", async () => {
  watchPrototypes();
  const { client, org } = await connectToHostile({ maxResultChars: MAX_CHARS });
  const objects = [...objectsOf(org)];
  const seenBy = new Map<string, Set<string>>();
  const refused = new Map<string, string>();
  const read = async (name: string, args: JsonObject): Promise<JsonObject> => {
    const result = await client.callTool({ name, arguments: args });
    const [{ text } = { text: "" }] = result.content as { text: string }[];
    const data = result.structuredContent as JsonObject;
    expect(text.length, name).toBeLessThanOrEqual(MAX_CHARS);
    expectVisible(text, name, { lines: result.isError === true });
    expect(result._meta?.["okta-mcp/provenance"], name).toMatchObject({ source: "okta-org", trust: "data" });
    if (result.isError) {
      refused.set(`${name} ${JSON.stringify(args)}`, text);
      return {};
    }
    // The client's library drops this name at the root of an answer, although the server sends it.
    const { ["__proto__"]: _, ...parsed } = withItems(JSON.parse(text));
    expect(parsed, name).toEqual(data);
    for (const inner of textsIn(data)) seenBy.set(name, (seenBy.get(name) ?? new Set()).add(inner));
    return data;
  };
  for (const { name } of readingTools) {
    const pages = "after" in (catalogue.get(name)?.input.shape ?? {});
    for (const args of argumentsFor(name, objects)) {
      let after: unknown;
      do {
        const data = await read(name, { ...args, ...(after ? { after } : {}) });
        after = data.next_cursor;
      } while (pages && after);
    }
  }

  // Any org would refuse these calls, such as for the pages of a default brand, which has none.
  for (const [call, text] of refused) expect(text, call).toMatch(/^(not_found|bad_input): /);
  const texts = Object.values(HOSTILE_TEXTS);
  const untouched = readingTools.filter(({ name }) => {
    const seen = [...(seenBy.get(name) ?? [])];
    expect(seen, name).not.toEqual([]);
    const missing = texts.filter((text) => !seen.some((one) => one.includes(text)));
    if (missing.length < texts.length) expect(missing, name).toEqual([]);
    return missing.length > 0;
  });
  expect(untouched.map(({ name }) => name)).toEqual(OKTAS_OWN);
}, 120_000);

test("ten thousand attributes are told by name and size, and each can be had with fields", async () => {
  const { get, call, org } = await connectToHostile();
  const user = org.users.all().find(({ profile }) => profile.attribute1 !== undefined);
  const whole = await get("get_user", { user_id: user?.id });
  expect(whole).toMatchObject({ id: user?.id, too_large: true });
  const last = `attribute${MANY_ATTRIBUTES - 1}`;
  const one = await get("get_user", { user_id: user?.id, fields: [`profile.${last}`] });
  expect(one).toEqual({ profile: { [last]: `value ${MANY_ATTRIBUTES - 1}` } });
  const group = org.groups.all().find(({ profile }) => profile.attribute1 !== undefined);
  const { error, text } = await call("update_group", { group_id: group?.id, profile: { name: "Few attributes" } });
  expect(error?.code).toBe("would_remove");
  expect(text.length).toBeLessThan(20_000);
  expect(text).toContain("profile.attribute1");
});

test("ten thousand levels do not take a list down, nor a question, nor a comparison", async () => {
  const { get, call, sandbox, org } = await connect();
  const deep = `${'{"a":['.repeat(10_000)}1${"]}".repeat(10_000)}`;
  const group = org.addGroup({ profile: { name: "Deep" } });
  const item = `{"id":"${group.id}","profile":{"name":"Deep","tree":${deep}}}`;
  const answer = (text: string) =>
    sandbox.next("GET", /^\/api\/v1\/groups(\/\w+)?$/, {
      status: 200,
      headers: { "Content-Type": "application/json" },
      text,
      times: 10,
    });
  answer(`[{"id":"00g1","profile":{"name":"Flat"}},${item}]`);
  const list = await get("list_groups");
  expect(list.items).toMatchObject([{ profile: { name: "Flat" } }, { profile: { name: "Deep" } }]);
  expect(JSON.stringify(list)).toContain('"too_deep":true');
  sandbox.clearFaults();
  answer(item);
  expect((await get("get_group", { group_id: group.id })).id).toBe(group.id);
  expect((await call("delete_group", { group_id: group.id })).error?.code).toBe("needs_confirmation");
  expect((await call("update_group", { group_id: group.id, profile: { name: "x" } })).error?.data).toEqual({
    would_be_lost: ["profile.tree"],
  });
});

test("a number that JavaScript has not comes to the digit", async () => {
  const { call, sandbox } = await connect();
  const profile =
    '{"exact":9007199254740991,"odd":9007199254740993,"huge":1e400,"tiny":0.12345678901234567890,"text":"9007199254740993"}';
  sandbox.next("GET", "/api/v1/users/{id}", {
    status: 200,
    headers: { "Content-Type": "application/json" },
    text: `{"id":"00u1","profile":${profile}}`,
  });
  expect((await call("get_user", { user_id: "00u1" })).text).toBe(`{"id":"00u1","profile":${profile}}`);
});

test("a name read from the org can be sent back to the character", async () => {
  const { get, org, lastBody } = await connect();
  for (const text of Object.values(HOSTILE_TEXTS)) {
    const group = org.addGroup({ profile: { name: text } });
    const { profile } = await get("get_group", { group_id: group.id });
    await get("update_group", { group_id: group.id, profile: profile as JsonObject });
    expect(lastBody()).toMatchObject({ profile: { name: text } });
  }
});

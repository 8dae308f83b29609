import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { clientArguments } from "../../src/call/client-arguments.js";
import type { ArgumentSchema } from "../../src/catalogue/catalogue.js";
import { argumentsOf, type Schema } from "../fuzz/arguments.js";
import { recording } from "../journal/support.js";
import { catalogue } from "../support/catalogue.js";
import { connect } from "../support/client.js";

const profile = { login: "bo@acme.example", email: "bo@acme.example", firstName: "Bo", lastName: "Li" };

describe("arguments as clients send them", () => {
  test("a number, a boolean, a list and an object as JSON text are what the text says", async () => {
    const { get, org } = await connect();
    const made = await get("create_user", { profile: JSON.stringify(profile), activate: "false" });
    expect(made).toMatchObject({ status: "STAGED", profile });
    const listed = await get("list_users", { limit: "1", fetch_all: "False", fields: '["profile.login"]' });
    expect(listed).toMatchObject({ items: [{ profile: { login: expect.any(String) } }], has_more: true });
    expect(org.users.size).toBe(2);
  });

  test("null and an empty text mean that an optional argument was not given", async () => {
    const { get } = await connect();
    const plain = await get("list_users", {});
    for (const nothing of [null, "", "null"]) {
      const args = { limit: nothing, fetch_all: nothing, fields: nothing, include_links: nothing };
      expect(await get("list_users", args)).toEqual(plain);
    }
    expect(await get("list_users", { search: null, filter: "", q: null, after: "", sort_by: null })).toEqual(plain);
  });

  test("what is required has to be given all the same", async () => {
    const { call, sandbox } = await connect();
    for (const nothing of [null, "", "null"]) {
      const { error } = await call("create_user", { profile: nothing });
      expect(error).toMatchObject({
        code: "bad_input",
        message: expect.stringContaining("profile has to be an object"),
      });
    }
    expect((await call("get_user", { user_id: null })).error?.code).toBe("bad_input");
    expect(sandbox.requests).toEqual([]);
  });

  test("a text that can mean something else is refused as before", async () => {
    const { call, sandbox } = await connect();
    for (const [tool, args] of [
      ["list_users", { limit: "fifty" }],
      ["list_users", { limit: "5,000" }],
      ["list_users", { limit: "0x10" }],
      ["list_users", { limit: "1.5" }],
      ["list_users", { limit: "99999999999999999999" }],
      ["list_users", { limit: "[1]" }],
      ["list_users", { fetch_all: "yes" }],
      ["list_users", { fetch_all: "1" }],
      ["list_users", { fields: "profile.login" }],
      ["list_users", { fields: '{"a":1}' }],
      ["create_user", { profile: '"{}"' }],
      ["create_user", { profile: "[1]" }],
      ["create_user", { profile: '{"login": "a@b.c"' }],
      ["create_user", { profile: '{"login": "a@acme.example", "login": "b@acme.example"}' }],
      ["create_user", { profile: { login: "a@acme.example" }, no_such_argument: null }],
    ] as const) {
      expect((await call(tool, args)).error?.code, JSON.stringify(args)).toBe("bad_input");
    }
    expect(sandbox.requests).toEqual([]);
  });

  test("nothing inside an object is touched: its nulls, empty texts and texts that look like numbers stay", async () => {
    const { get } = await connect();
    const { id } = await get("create_user", { profile: { ...profile, department: "Sales", employeeNumber: "007" } });
    const body = { department: null, title: "", employeeNumber: "08", costCenter: "true" };
    const after = await get("update_user", { user_id: id, profile: JSON.stringify(body) });
    expect(after.profile).toMatchObject({ title: "", employeeNumber: "08", costCenter: "true" });
    expect((after.profile as { department?: unknown }).department ?? null).toBeNull();
  });

  test("a text that asks for a preview is a preview", async () => {
    const { get, org, changes } = await recording();
    const before = org.groups.size;
    const preview = await get("create_group", { profile: '{"name":"Sales"}', dry_run: "true" });
    expect(preview).toMatchObject({ dry_run: true });
    expect(org.groups.size).toBe(before);
    expect(await changes()).toEqual([]);
  });

  test("on record is what was understood", async () => {
    const { get, latest } = await recording();
    await get("create_user", { profile: JSON.stringify(profile), activate: "false", realm_id: "", provider: null });
    expect((await latest()).arguments).toEqual({ profile, activate: false });
  });
});

const isText = ({ type }: ArgumentSchema) => type === "string";

/** The schema of any tool, with any arguments for it. */
const anyCall = fc
  .constantFrom(...catalogue.entries.map(({ name }) => catalogue.definition(name).inputSchema))
  .chain((schema) => argumentsOf(schema as Schema).map((args) => ({ schema, args })));

describe("whatever arguments there are", () => {
  test("text and everything inside objects and lists stays the very same", () => {
    const property = fc.property(anyCall, ({ schema, args }) => {
      const understood = clientArguments(args, schema);
      if (typeof args !== "object" || args === null || Array.isArray(args)) {
        expect(understood).toEqual(args ?? {});
        return;
      }
      const result = understood as { [name: string]: unknown };
      for (const [name, value] of Object.entries(args)) {
        const known = Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined;
        const untouched = known === undefined || typeof value === "object" ? value !== null : isText(known);
        if (known === undefined) expect(Object.hasOwn(result, name)).toBe(true);
        if (untouched && value !== "") expect(result[name]).toBe(value);
        const optional = known !== undefined && !schema.required?.includes(name);
        if (optional && (value === null || value === "")) expect(Object.hasOwn(result, name)).toBe(false);
      }
      expect(Object.keys(result).filter((name) => !Object.hasOwn(args, name))).toEqual([]);
    });
    fc.assert(property, { numRuns: 3000 });
  });

  test("JSON text of what fits is understood as what it says, and understanding it twice changes nothing", () => {
    const property = fc.property(anyCall, ({ schema, args }) => {
      if (typeof args !== "object" || args === null || Array.isArray(args)) return;
      const fitting = Object.fromEntries(
        Object.entries(args).filter(([name, value]) => {
          const { type } = schema.properties[name] ?? {};
          if (type === "array") return Array.isArray(value);
          if (type === "object") return typeof value === "object" && value !== null && !Array.isArray(value);
          if (type === "integer") return Number.isSafeInteger(value) && !Object.is(value, -0);
          return typeof value === type && value !== "";
        }),
      );
      // Arguments that are nested too deep for the stack cannot be written as JSON; the server refuses them later.
      if (JSON.stringify(Object.keys(fitting)) === "[]" || !writable(fitting)) return;
      const asText = Object.fromEntries(
        Object.entries(fitting).map(([name, value]) => [
          name,
          typeof value === "string" ? value : JSON.stringify(value),
        ]),
      );
      const understood = clientArguments(asText, schema);
      expect(JSON.stringify(understood)).toBe(JSON.stringify(fitting));
      expect(clientArguments(understood, schema)).toEqual(understood);
    });
    fc.assert(property, { numRuns: 3000 });
  });
});

function writable(value: unknown): boolean {
  try {
    JSON.stringify(value);
    return true;
  } catch {
    return false;
  }
}

import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { guardFileSchema, guardJsonSchema } from "../../src/guard/schema.js";
import { schemaText } from "../support/schema-text.js";

const published = new URL("../../guard.schema.json", import.meta.url);

test("the published schema is the one that a guard file is checked with", async () => {
  await expect(schemaText(guardJsonSchema())).toMatchFileSnapshot(published.pathname);
});

const WHOLE = {
  $schema: "./guard.schema.json",
  protect: {
    users: [{ login: "ada@acme.com", reason: "break glass" }, { id: "00u1" }, { name: "Ada" }, { pattern: "*@x.com" }],
    groups: [{ name: "Admins" }],
    apps: [{ pattern: "Payroll*" }],
    policies: [{ id: "00p1" }],
  },
  limits: { writes: { per_session: 50, per_minute: 10 }, removals: { per_session: 0 } },
  mask: ["mobilePhone", "profile.ssn", "größe"],
  omit: ["personal-notes"],
  deny_tools: ["delete_*", "brands"],
};

describe("the published schema and the check at start", () => {
  const validate = (file: unknown) =>
    new Ajv({ strict: true, strictRequired: false }).compile(JSON.parse(readFileSync(published, "utf8")))(file);

  test.each<[string, unknown, boolean]>([
    ["a whole file", WHOLE, true],
    ["an empty file", {}, true],
    ["no object", [], false],
    ["a misspelled part", { protects: {} }, false],
    ["a misspelled kind", { protect: { grups: [] } }, false],
    ["a rule that says nothing", { protect: { users: [{ reason: "x" }] } }, false],
    ["a rule that says two things", { protect: { users: [{ id: "1", login: "2" }] } }, false],
    ["a login of a group", { protect: { groups: [{ login: "x" }] } }, false],
    ["an empty name", { protect: { groups: [{ name: "" }] } }, false],
    ["a limit below zero", { limits: { writes: { per_minute: -1 } } }, false],
    ["a limit that is no whole number", { limits: { writes: { per_minute: 1.5 } } }, false],
    ["a limit as text", { limits: { writes: { per_minute: "1" } } }, false],
    ["an attribute with a star", { mask: ["profile.*"] }, false],
    ["a tool with a space", { deny_tools: ["delete user"] }, false],
  ])("agree on %s", (_, file, good) => {
    expect(validate(file)).toBe(good);
    expect(guardFileSchema().safeParse(file).success).toBe(good);
  });
});

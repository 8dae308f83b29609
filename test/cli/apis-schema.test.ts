import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { apisFileSchema, apisJsonSchema } from "../../src/cli/apis/apis-file-schema.js";
import { schemaText } from "../support/schema-text.js";

const published = new URL("../../apis.schema.json", import.meta.url);

test("the published schema is the one that a file of APIs is checked with", async () => {
  await expect(schemaText(apisJsonSchema())).toMatchFileSnapshot(published.pathname);
});

const HR = {
  document: "./hr.yaml",
  base_url: "https://hr.acme.test/v1",
  auth: {
    kind: "user_grant",
    issuer: "https://acme.okta.com/oauth2/aus1",
    client_id: "0oa1",
    scopes: ["hr.read"],
    audience: "https://hr.acme.test",
    redirect_port: 8485,
  },
  operations: [{ id: "getEmployee" }, { match: { method: "GET", path: "/**" } }],
};

test("an API outside of the member for APIs is told where it belongs", () => {
  const { error } = apisFileSchema().safeParse({ hr: HR });
  expect(error?.issues.map(({ message }) => message)).toEqual([
    'has an API outside of "apis". Write { "apis": { "NAME": { "document": … } } }',
  ]);
});

describe("the published schema and the check at start", () => {
  const validate = (file: unknown) =>
    new Ajv({ strict: true, strictRequired: false }).compile(JSON.parse(readFileSync(published, "utf8")))(file);

  test.each<[string, unknown, boolean]>([
    ["a whole file", { $schema: "./apis.schema.json", apis: { hr: HR }, resources: [] }, true],
    ["an empty file", {}, true],
    ["no object", [], false],
    ["a misspelled part", { api: {} }, false],
    ["roles, which a person's own server has none of", { apis: { hr: { ...HR, roles: ["staff"] } } }, false],
    [
      "a port that only the system may use",
      { apis: { hr: { ...HR, auth: { ...HR.auth, redirect_port: 80 } } } },
      false,
    ],
    ["no operation", { apis: { hr: { ...HR, operations: [] } } }, false],
  ])("agree on %s", (_what, file, good) => {
    expect(validate(file)).toBe(good);
    expect(apisFileSchema().safeParse(file).success).toBe(good);
  });
});

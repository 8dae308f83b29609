import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { serveFileSchema, serveJsonSchema } from "../../src/people/serve-schema.js";
import { schemaText } from "../support/schema-text.js";

const published = new URL("../../serve.schema.json", import.meta.url);

test("the published schema is the one that serve.json is checked with", async () => {
  await expect(schemaText(serveJsonSchema())).toMatchFileSnapshot(published.pathname);
});

const SMALL = {
  public_url: "https://mcp.acme.com",
  data_dir: "/var/lib/okta-mcp",
  trusted_proxies: ["10.0.0.0/8"],
  okta: { org_url: "https://acme.okta.com", client_id: "0oa1", private_key_file: "key.pem" },
  roles: [{ name: "helpdesk", groups: ["00g1234567890"], scopes: ["okta.users.read"] }],
};

describe("the published schema and the check at start", () => {
  const validate = (file: unknown) =>
    new Ajv({ strict: true, strictRequired: false }).compile(JSON.parse(readFileSync(published, "utf8")))(file);

  test.each<[string, unknown, boolean]>([
    ["a small file", SMALL, true],
    ["a file for editors", { $schema: "./serve.schema.json", ...SMALL }, true],
    ["no object", [], false],
    ["an empty file", {}, false],
    ["a misspelled member", { ...SMALL, pubic_url: "x" }, false],
    ["a misspelled member of a role", { ...SMALL, roles: [{ ...SMALL.roles[0], scope: [] }] }, false],
    ["no role", { ...SMALL, roles: [] }, false],
    ["a port beyond the last", { ...SMALL, listen: { port: 65_536 } }, false],
    ["a way to sign in that is none", { ...SMALL, sign_in: "guess" }, false],
    ["a limit below one", { ...SMALL, limits: { calls_at_once: 0 } }, false],
  ])("agree on %s", (_, file, good) => {
    expect(validate(file)).toBe(good);
    expect(serveFileSchema().safeParse(file).success).toBe(good);
  });
});

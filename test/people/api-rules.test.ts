import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { loadServe } from "../../src/people/load-serve.js";

const ISSUER = "https://acme.okta.com/oauth2/aus1abcd";
const API = {
  document: "hr.json",
  base_url: "https://hr.acme.test/v1",
  auth: {
    kind: "user_grant",
    issuer: ISSUER,
    client_id: "0oaHr",
    client_secret_file: "secret",
    scopes: ["hr.read"],
    audience: "https://hr.acme.test",
  },
  operations: [{ match: { method: "GET", path: "/**" } }],
  roles: ["staff"],
};
const EXCHANGE = { ...API, auth: { ...API.auth, kind: "exchange" } };
const STAFF = { name: "staff", groups: ["00gStaff000000000001"] };
const TOKENS = { issuer: "https://acme.okta.com/oauth2/aus2mcp", clients: ["0oaClient"], groups_claim: "groups" };

/** The mistakes of a file with changed members; those of the members that stay away do not matter. */
function mistakesOf(change: Record<string, unknown>): string[] {
  const folder = mkdtempSync(join(tmpdir(), "okta-mcp-apis-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const content = {
    public_url: "https://mcp.acme.test",
    trusted_proxies: ["10.0.0.1"],
    data_dir: "data",
    okta: { org_url: "https://acme.okta.com", client_id: "0oaWeb", client_secret_file: "secret" },
    roles: [STAFF],
    apis: { hr: API },
    ...change,
  };
  writeFileSync(join(folder, "secret"), "s".repeat(40), { mode: 0o600 });
  writeFileSync(join(folder, "serve.json"), JSON.stringify(content), { mode: 0o600 });
  const loaded = loadServe(join(folder, "serve.json"), { tools: [] });
  return "problems" in loaded ? loaded.problems : [];
}

test("a role for APIs alone needs no scope at Okta, no service app and no grant", () => {
  expect(mistakesOf({})).toEqual([]);
  expect(mistakesOf({ roles: [{ ...STAFF, act_as: "service" }] })).toEqual([]);
  expect(mistakesOf({ apis: {} }).join()).toContain("no API and no resource names the role");
});

test.each<[string, Record<string, unknown>, string]>([
  ["a role that is not there", { apis: { hr: { ...API, roles: ["stuff"] } } }, "is the name of no role"],
  ["the name of the org's own page", { apis: { okta: API } }, "/connect/okta is the org's own page"],
  ["an exchange of our own tokens", { apis: { hr: EXCHANGE } }, "Use user_grant"],
  [
    "an exchange of tokens of the org",
    { apis: { hr: EXCHANGE }, sign_in: "bearer", tokens: { accept_nonconformant: true, clients: ["0oaClient"] } },
    "cannot be exchange with sign_in bearer",
  ],
  [
    "a link without pages",
    { okta: { org_url: "https://acme.okta.com" }, sign_in: "native", tokens: TOKENS },
    "cannot be user_grant without the pages",
  ],
  [
    "the org as the API's authorization server",
    { apis: { hr: { ...API, auth: { ...API.auth, issuer: "https://acme.okta.com/" } } } },
    "is the org itself",
  ],
  [
    "the audience of this server",
    { apis: { hr: { ...API, auth: { ...API.auth, audience: "https://mcp.acme.test/mcp" } } } },
    "is the audience of this server itself",
  ],
])("%s is a mistake that says the way out", (_what, change, words) => {
  expect(mistakesOf(change).join("\n")).toContain(words);
});

test("an exchange goes with tokens of a custom authorization server", () => {
  expect(mistakesOf({ apis: { hr: EXCHANGE }, sign_in: "native", tokens: TOKENS })).toEqual([]);
});

import { expect, test } from "vitest";
import { apisSchema, companyApisSchema } from "../../src/apis/apis-schema.js";
import { parseStrictJson } from "../../src/files/strict-json.js";

const TOKENS = {
  issuer: "https://acme.okta.com/oauth2/aus1",
  client_id: "0oa1",
  scopes: ["hr.read"],
  audience: "https://hr.acme.test",
};
const API = {
  document: "./hr.openapi.yaml",
  base_url: "https://hr.acme.test/v1",
  auth: { kind: "none" },
  operations: [{ id: "getEmployee" }],
};

const read = (api: object, name = "hr") => parseStrictJson(JSON.stringify({ [name]: { ...API, ...api } }), apisSchema);

test("an API needs a document, an address, a way to tell who calls, and operations", () => {
  const read = parseStrictJson(JSON.stringify({ hr: {} }), apisSchema);
  expect(read).toEqual({
    problems: [
      "hr.document is missing.",
      "hr.base_url is missing.",
      "hr.auth is missing.",
      "hr.operations is missing.",
    ],
  });
});

test("what an API's settings leave out has a default", () => {
  expect(read({})).toEqual({
    content: {
      hr: {
        ...API,
        allow_private: false,
        rename: {},
        bind: {},
        limits: { timeout_seconds: 20, response_kib: 256, calls_per_minute: 60 },
      },
    },
  });
});

test.each(["HR", "1hr", "h r", "h".repeat(33), "__proto__x", ""])("%j is no name of an API", (name) => {
  expect(read({}, name)).toEqual({
    problems: [expect.stringContaining("is no name of an API: begin with a letter, use a-z, 0-9, _ and -")],
  });
});

test.each([
  [{ kind: "user_grant", ...TOKENS }, []],
  [{ kind: "user_grant", ...TOKENS, private_key_file: "key.pem" }, []],
  [
    { kind: "user_grant", client_id: "0oa1" },
    ["issuer", "scopes", "audience"].map((name) => `hr.auth.${name} is missing: kind user_grant needs it.`),
  ],
  [
    { kind: "client_credentials", ...TOKENS },
    ["hr.auth.private_key_file is missing: kind client_credentials needs private_key_file or client_secret_file."],
  ],
  [
    { kind: "client_credentials", ...TOKENS, client_secret_file: "a", private_key_file: "b" },
    ["hr.auth.private_key_file is there beside client_secret_file. Keep one of the two."],
  ],
  [
    { kind: "exchange", ...TOKENS, client_secret_file: "a" },
    ["hr.auth.kind cannot be exchange here: there is no token of a caller to exchange. Use user_grant."],
  ],
  [
    { kind: "api_key", file: "key", in: "cookie", name: "k" },
    ["hr.auth.in cannot be cookie: no cookie is ever sent. Use header or query."],
  ],
  [
    { kind: "api_key", file: "key", in: "header", name: "Host" },
    ["hr.auth.name is a header that no key may stand in."],
  ],
  [{ kind: "none", scopes: ["a"] }, ["hr.auth.scopes is not for kind none. Leave it out."]],
  [
    { kind: "passthrough" },
    ['hr.auth.kind has to be "user_grant", "exchange", "client_credentials", "api_key" or "none".'],
  ],
])("auth %j has these mistakes: %j", (auth, problems) => {
  const result = read({ auth });
  expect("problems" in result ? result.problems : []).toEqual(problems);
});

test("an entry of operations names one operation by its id, or reads by a pattern", () => {
  const operations = [
    { id: "a", match: { method: "GET", path: "/" } },
    {},
    { match: { method: "DELETE", path: "/**" } },
    { match: { method: "GET", path: "employees" } },
  ];
  expect(read({ operations })).toEqual({
    problems: [
      "hr.operations[0] needs exactly one of id, match.",
      "hr.operations[1] needs exactly one of id, match.",
      'hr.operations[2].match.method has to be "GET" or "HEAD".',
      "hr.operations[3].match.path has to begin with /.",
    ],
  });
});

test("plain http is for this machine alone, and an address has no user and no query", () => {
  const problem = (base_url: string) => read({ base_url });
  expect(problem("http://hr.acme.test")).toHaveProperty("problems");
  expect(problem("https://a:b@hr.acme.test")).toHaveProperty("problems");
  expect(problem("https://hr.acme.test/?a=b")).toHaveProperty("problems");
  expect(problem("http://127.0.0.1:8080/v1")).toHaveProperty("content");
});

test("roles are for a company's server alone, and it needs them and may exchange tokens", () => {
  const withRoles = { roles: ["staff"] };
  expect(read(withRoles)).toEqual({
    problems: [
      "hr has roles, which only a company's server takes (okta-mcp serve): here whoever starts okta-mcp has the API. Leave it out.",
    ],
  });
  const auth = { kind: "exchange", ...TOKENS, client_secret_file: "a" };
  const atServer = (api: object) =>
    parseStrictJson(JSON.stringify({ hr: { ...API, auth, ...api } }), companyApisSchema);
  expect(atServer(withRoles)).toHaveProperty("content.hr.roles", ["staff"]);
  expect(atServer({})).toEqual({ problems: ["hr.roles is missing."] });
});

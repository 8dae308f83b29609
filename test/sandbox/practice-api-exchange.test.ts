import { decodeJwt } from "jose";
import { describe, expect, test } from "vitest";
import type { CustomServer } from "../../sandbox/custom-server.js";
import {
  ADMIN_LOGIN,
  HR_AUDIENCE,
  HR_NATIVE_CLIENT_ID,
  HR_SERVER_ID,
  HR_SERVICE_CLIENT_ID,
  HR_WEB_CLIENT_ID,
  MCP_SERVER_ID,
} from "../../sandbox/facts.js";
import { addOAuthApp } from "../../sandbox/oauth-app.js";
import { BOB_LOGIN } from "../support/company-org.js";
import { type PracticeCompanyOptions, startPracticeCompany } from "../support/practice-company.js";

const EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";

/** A company whose people reach an MCP server by tokens of a custom server of its own. */
async function startExchanging(options: PracticeCompanyOptions = {}) {
  const company = await startPracticeCompany(options);
  const { origin, control, apps } = company;
  const subject = async (serverId = MCP_SERVER_ID, login = ADMIN_LOGIN) => {
    const scopes = [serverId === MCP_SERVER_ID ? "mcp" : "own"];
    return (await control.issueFrom(serverId, { clientId: HR_NATIVE_CLIENT_ID, login, scopes })).access_token;
  };
  /** Asks the token endpoint; undefined leaves a parameter out. */
  async function ask(change: Record<string, string | undefined>, how: { id?: string; server?: string } = {}) {
    const { id = HR_SERVICE_CLIENT_ID, server = `/oauth2/${HR_SERVER_ID}` } = how;
    const secret = id === HR_WEB_CLIENT_ID ? apps.web?.clientSecret : apps.service.clientSecret;
    const parameters = {
      grant_type: EXCHANGE,
      subject_token_type: ACCESS_TOKEN,
      audience: HR_AUDIENCE,
      scope: "hr.read",
      client_id: id,
      client_secret: secret,
      ...change,
    };
    const given = Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const response = await fetch(`${origin}${server}/v1/token`, { method: "POST", body: new URLSearchParams(given) });
    return { status: response.status, json: (await response.json()) as Record<string, string> };
  }
  return { ...company, ask, subject };
}

const refusal = (status: number, error: string, error_description: string) => ({
  status,
  json: { error, error_description },
});

/** Wrong parameters, and what Okta says of each. */
const WRONG: [Record<string, string | undefined>, string, string][] = [
  [
    { audience: undefined },
    "invalid_target",
    "Token Exchange requests must include a valid audience of the authorization server.",
  ],
  [
    { audience: "https://elsewhere.example" },
    "invalid_target",
    "Token Exchange requests must include a valid audience of the authorization server.",
  ],
  [{ resource: "https://elsewhere.example" }, "invalid_target", "'resource' is invalid or not supported."],
  [{ subject_token_type: undefined }, "invalid_request", "'subject_token_type' is invalid or not supported."],
  [
    { subject_token_type: "urn:ietf:params:oauth:token-type:id_token" },
    "invalid_request",
    "'subject_token_type' is invalid or not supported.",
  ],
  [
    { requested_token_type: "urn:ietf:params:oauth:token-type:refresh_token" },
    "invalid_request",
    "'requested_token_type' is invalid or not supported.",
  ],
  [{ actor_token: "x" }, "invalid_request", "'actor_token' is invalid."],
  [
    { scope: "hr.read openid" },
    "invalid_scope",
    "Can't request 'openid' scopes using the Token Exchange flow for a service app.",
  ],
  [
    { scope: "hr.read offline_access" },
    "invalid_scope",
    "Can't request 'offline_access' scopes using the Token Exchange flow for a service app.",
  ],
  [
    { scope: "hr.all" },
    "invalid_scope",
    "One or more scopes are not configured for the authorization server resource.",
  ],
  [
    { scope: undefined },
    "invalid_scope",
    "The authorization server resource does not have any configured default scopes, 'scope' must be provided.",
  ],
];

describe("an exchange of tokens on behalf of a person", () => {
  test("gives a service a token of the API's own audience, in which the person stays the subject", async () => {
    const { ask, subject, call, person } = { ...(await startExchanging()), person: ADMIN_LOGIN };
    const { status, json } = await ask({ subject_token: await subject(), scope: "hr.read hr.write" });
    expect({ status, json }).toEqual({
      status: 200,
      json: {
        token_type: "Bearer",
        expires_in: 3600,
        access_token: expect.any(String),
        scope: "hr.read hr.write",
        issued_token_type: ACCESS_TOKEN,
      },
    });
    const token = json.access_token ?? "";
    expect(decodeJwt(token)).toMatchObject({
      aud: HR_AUDIENCE,
      sub: person,
      cid: HR_SERVICE_CLIENT_ID,
      scp: ["hr.read", "hr.write"],
      gpid: "GP010000",
      employeeNumber: "10000",
    });
    expect((await call("GET", "/user", token)).json).toMatchObject({ user_id: person, gpid: "GP010000" });
  });

  test("takes a token of the same server, and of none that is not trusted there", async () => {
    const { ask, subject, control } = await startExchanging();
    const how = { clientId: HR_NATIVE_CLIENT_ID, login: BOB_LOGIN, scopes: ["hr.write"] };
    const own = await control.issueFrom(HR_SERVER_ID, how);
    expect(await ask({ subject_token: own.access_token })).toMatchObject({ status: 200, json: { scope: "hr.read" } });
    const untrusted = refusal(403, "access_denied", "The 'subject_token' issuer isn't a trusted authorization server.");
    expect(await ask({ subject_token: await subject("default") })).toEqual(untrusted);
    expect(await ask({ subject_token: await control.issueAccessToken(["okta.users.read"]) })).toEqual(untrusted);
  });

  test("refuses a token that the org did not sign, and one that says nothing of a person", async () => {
    const { ask, control } = await startExchanging();
    const invalid = refusal(400, "invalid_request", "'subject_token' is invalid.");
    expect(await ask({ subject_token: "rubbish" })).toEqual(invalid);
    const ofAda = { clientId: HR_NATIVE_CLIENT_ID, login: ADMIN_LOGIN };
    control.nextToken("access_token", { signature: "stranger" });
    const forged = await control.issueFrom(MCP_SERVER_ID, { ...ofAda, scopes: ["mcp"] });
    expect(await ask({ subject_token: forged.access_token })).toEqual(invalid);
    const withId = await control.issueFrom(MCP_SERVER_ID, { ...ofAda, scopes: ["openid", "mcp"] });
    expect(await ask({ subject_token: withId.id_token })).toEqual(invalid);
    const service = await control.issueFrom(MCP_SERVER_ID, { clientId: HR_SERVICE_CLIENT_ID, scopes: ["mcp"] });
    expect(await ask({ subject_token: service.access_token })).toEqual(invalid);
  });

  test("refuses a token whose time is over, which was revoked, or whose person has left", async () => {
    const { ask, subject, control, clock, org } = await startExchanging();
    const over = refusal(
      400,
      "invalid_grant",
      "The 'subject_token' either expired or the session associated with it was terminated.",
    );
    const late = await subject();
    clock.advanceSeconds(3601);
    expect(await ask({ subject_token: late })).toEqual(over);
    const revoked = await subject();
    control.revokeTokens({ login: ADMIN_LOGIN });
    expect(await ask({ subject_token: revoked })).toEqual(over);
    const gone = await subject(MCP_SERVER_ID, BOB_LOGIN);
    const bob = org.users.findByLogin(BOB_LOGIN);
    if (bob !== undefined) bob.status = "SUSPENDED";
    expect(await ask({ subject_token: gone })).toEqual(over);
  });

  test("is for service apps with that grant type, at a custom server", async () => {
    const { ask, subject, org } = await startExchanging();
    const subject_token = await subject();
    expect(await ask({ subject_token }, { id: HR_WEB_CLIENT_ID })).toMatchObject({
      status: 400,
      json: { error: "unauthorized_client" },
    });
    const native = { client_id: "0oaExchanging", client_secret: undefined, subject_token };
    addOAuthApp(org, {
      id: "0oaExchanging",
      type: "native",
      grantTypes: [EXCHANGE],
      redirectUris: ["http://127.0.0.1:1/"],
    });
    expect(await ask(native)).toEqual(
      refusal(400, "invalid_request", "Only service clients may use on-behalf token exchange."),
    );
    expect(await ask({ subject_token }, { server: "/oauth2" })).toEqual(
      refusal(400, "unsupported_grant_type", `'${EXCHANGE}' grant type is not supported.`),
    );
  });

  test("is refused with what Okta says of each wrong parameter", async () => {
    const { ask, subject } = await startExchanging();
    const subject_token = await subject();
    for (const [change, error, description] of WRONG) {
      expect({ change, ...(await ask({ subject_token, ...change })) }).toEqual({
        change,
        ...refusal(400, error, description),
      });
    }
  });

  test("needs a rule of the server's policy for this client and grant type", async () => {
    const denied = refusal(
      401,
      "access_denied",
      "Policy evaluation failed for this request, please check the policy configurations.",
    );
    for (const server of [
      { grantTypes: ["authorization_code"] },
      { clients: [HR_NATIVE_CLIENT_ID] },
    ] satisfies Partial<CustomServer>[]) {
      const { ask, subject } = await startExchanging({ server });
      expect(await ask({ subject_token: await subject() })).toEqual(denied);
    }
  });
});

test("client credentials at the API's server speak for the service alone", async () => {
  const { ask, call } = await startExchanging();
  const none = { subject_token_type: undefined, audience: undefined };
  const { json } = await ask({ ...none, grant_type: "client_credentials" });
  const claims = decodeJwt(json.access_token ?? "");
  expect(claims).toMatchObject({
    sub: HR_SERVICE_CLIENT_ID,
    cid: HR_SERVICE_CLIENT_ID,
    aud: HR_AUDIENCE,
    scp: ["hr.read"],
  });
  for (const name of ["uid", "gpid", "employeeNumber"]) expect(claims).not.toHaveProperty(name);
  expect((await call("GET", "/employees", json.access_token)).status).toBe(200);
});

test("a token for the API can be introspected and revoked, and the API that checks it itself still takes it until its time", async () => {
  const { ask, subject, call, origin, apps } = await startExchanging();
  const { access_token: token = "" } = (await ask({ subject_token: await subject() })).json;
  const form = { token, client_id: HR_SERVICE_CLIENT_ID, client_secret: apps.service.clientSecret };
  const send = async (name: string) =>
    fetch(`${origin}/oauth2/${HR_SERVER_ID}/v1/${name}`, { method: "POST", body: new URLSearchParams(form) });
  expect(await (await send("introspect")).json()).toMatchObject({
    active: true,
    aud: HR_AUDIENCE,
    username: ADMIN_LOGIN,
  });
  expect((await send("revoke")).status).toBe(200);
  expect(await (await send("introspect")).json()).toEqual({ active: false });
  expect((await call("GET", "/user", token)).status).toBe(200);
});

test("the metadata name neither the scopes, which nobody published, nor the exchange, as in Okta's document", async () => {
  const { origin } = await startExchanging();
  const response = await fetch(`${origin}/oauth2/${HR_SERVER_ID}/.well-known/oauth-authorization-server`);
  const metadata = (await response.json()) as Record<string, string[]>;
  expect(metadata.scopes_supported).not.toContain("hr.read");
  expect(metadata.grant_types_supported).not.toContain(EXCHANGE);
});

import { describe, expect, test } from "vitest";
import { createSession } from "../../src/auth/open-session.js";
import { OktaMcpError } from "../../src/errors/index.js";
import { ask, failure, startOrg } from "./support.js";

const ORG = "https://acme.okta.com";

function jwt(claims: object): string {
  return ["{}", JSON.stringify(claims), "sig"].map((part) => Buffer.from(part).toString("base64url")).join(".");
}

async function given(token: string, orgUrl = ORG) {
  const org = await startOrg();
  return org.session({ orgUrl, clientId: undefined, credential: { method: "access-token", token } });
}

describe("a given access token", () => {
  test("is used as it is, with its scopes, and never renewed", async () => {
    const org = await startOrg();
    const token = await org.control.issueAccessToken(["okta.users.read"]);
    const session = org.session({ clientId: undefined, credential: { method: "access-token", token } });
    expect([...(session.granted() ?? [])]).toEqual(["okta.users.read"]);
    expect(await ask(session, org)).toBe(200);
    expect(await session.status()).toMatchObject({
      method: "access-token",
      signedIn: true,
      renewable: false,
      tokenKept: "nowhere: given in OKTA_ACCESS_TOKEN",
      expiresAtMs: org.time.now() + 3_600_000,
    });
    expect(org.sandbox.requests.every(({ path }) => path.startsWith("/api/"))).toBe(true);
  });

  test.each([
    ["scp as a list", jwt({ scp: ["a", 1, "b"] }), ["a", "b"]],
    ["scp as text", jwt({ scp: "a b" }), ["a", "b"]],
    ["scope as text", jwt({ scope: " a  b " }), ["a", "b"]],
    ["no scopes in it", jwt({ sub: "x" }), undefined],
    ["a payload that is no object", jwt([1]), undefined],
    ["a payload that is no JSON", "a.b.c", undefined],
    ["no JWT", "00secret", undefined],
  ])("tells what it grants where it can: %s", async (_what, token, scopes) => {
    const session = await given(token);
    expect(session.granted() && [...(session.granted() ?? [])]).toEqual(scopes);
    expect((await session.token()).scopes).toEqual(scopes);
  });

  test("that Okta rejects ends the session with advice; a late rejection of another token does not", async () => {
    const session = await given(jwt({ exp: 1_800_000_000 }));
    const other = await (await given("00other")).token();
    const token = await session.token();
    let told = 0;
    session.onChange(() => {
      told += 1;
    });
    session.reject(other);
    expect(await session.token()).toBe(token);
    session.reject(token);
    session.reject(token);
    const error = await failure(session.token());
    expect(error.code).toBe("session_ended");
    expect(error.message).toMatch(/good until 2027-01-15T/);
    expect(error.fix).toMatch(/OKTA_ACCESS_TOKEN/);
    expect(told).toBe(1);
    expect((await session.status()).signedIn).toBe(false);
  });

  test("that may not be the reason for a refusal is kept, since there is no other", async () => {
    const session = await given("00token");
    const token = await session.token();
    session.reject(token, false);
    expect(await session.token()).toBe(token);
    expect((await session.status()).signedIn).toBe(true);
  });

  test("that has expired by this machine's clock is still sent: Okta's clock counts", async () => {
    const session = await given(jwt({ exp: 1 }));
    await expect(session.token()).resolves.toBeDefined();
  });

  test("is neither signed in with nor revoked by this server", async () => {
    const session = await given("00token");
    await session.restore();
    expect((await failure(session.startSignIn())).fix).toMatch(/OKTA_ACCESS_TOKEN/);
    expect(await session.signOut()).toEqual({ revoked: false });
    expect((await failure(session.token(AbortSignal.abort()))).code).toBe("cancelled");
  });

  test.each([
    ["", /empty or holds white space/],
    ["Bearer abc", /white space/],
    ["abc\n", /white space/],
    ["ab\u00e9c", /other characters/],
    [jwt({ iss: "https://other.okta.com" }), /issued by https:\/\/other\.okta\.com, not by https:\/\/acme\.okta\.com/],
    [jwt({ cnf: { jkt: "x" } }), /bound to a key \(DPoP/],
  ])("that cannot be one for this org is refused before anything is sent (%#)", async (token, message) => {
    const error = await failure(given(token));
    expect(error.code).toBe("bad_config");
    expect(error.message).toMatch(message);
    if (token) expect(error.message + error.fix).not.toContain(token.trim());
  });
});

describe("a session cannot be made", () => {
  const options = {
    clientId: "0oa1",
    scopes: [],
    credential: { method: "device" },
    tokenStore: "memory",
  } as const;

  test.each(["http://acme.okta.com", "ftp://acme.okta.com", "acme"])("for %s, which is not https", async (orgUrl) => {
    const { log } = await startOrg();
    expect(() => createSession({ ...options, orgUrl, log })).toThrow(OktaMcpError);
  });

  test("without a client id", async () => {
    const { log } = await startOrg();
    expect(() => createSession({ ...options, orgUrl: ORG, clientId: "", log })).toThrow(/OKTA_CLIENT_ID/);
  });
});

test("a token is sent to no other org than its own", async () => {
  const token = await (await given("00token")).token();
  const error = await failure(token.headers("GET", new URL("https://acme.okta.com.evil.example/api/v1/users")));
  expect(error.code).toBe("bug");
  expect(await token.headers("GET", new URL(`${ORG}/api/v1/users`))).toEqual({ authorization: "Bearer 00token" });
});

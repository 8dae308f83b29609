import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from "jose";
import { describe, expect, test } from "vitest";
import { ADMIN_LOGIN, WEB_CLIENT_ID } from "../../sandbox/facts.js";
import { plainBrowser } from "../support/browser.js";
import { startCompany } from "../support/company-org.js";

async function setUp(serverId?: string) {
  const company = await startCompany(serverId === undefined ? {} : { serverId });
  company.control.autoSignIn(ADMIN_LOGIN);
  const { control, server, clock } = company;
  const jwks = createRemoteJWKSet(new URL(String(server.jwks_uri)), { cooldownDuration: 0 });
  const verify = (token: string) => jwtVerify(token, jwks, { currentDate: new Date(clock.now()) });
  const issue = () => control.issueFrom(serverId, { clientId: WEB_CLIENT_ID, login: ADMIN_LOGIN, scopes: ["openid"] });
  const keys = async () => ((await (await fetch(String(server.jwks_uri))).json()) as JSONWebKeySet).keys;
  return { ...company, verify, issue, keys };
}

describe("faults of ID tokens", () => {
  test.each(["nonce", "aud", "iss", "exp"])(
    "a wrong %s is refused by a client library, and is wrong once",
    async (name) => {
      const { control, signInSilently } = await setUp();
      control.nextToken("id_token", { claims: (claims) => ({ ...claims, [name]: name === "exp" ? 1 : "wrong" }) });
      await expect(signInSilently(plainBrowser())).rejects.toThrow();
      expect((await signInSilently(plainBrowser())).id_token).toMatch(/.+/);
    },
  );

  test("another subject, another key, a broken signature and none at all can be had", async () => {
    const { control, issue, verify } = await setUp();
    control.nextToken("id_token", {
      claims: (claims) => ({ ...claims, sub: "00uSomebodyElse", email_verified: undefined }),
    });
    const { id_token: other = "" } = await issue();
    expect((await verify(other)).payload.sub).toBe("00uSomebodyElse");
    control.nextToken("id_token", { signature: "stranger" });
    control.nextToken("id_token", { signature: "broken" });
    for (const _ of ["stranger", "broken"]) {
      await expect(verify((await issue()).id_token ?? "")).rejects.toMatchObject({
        code: "ERR_JWS_SIGNATURE_VERIFICATION_FAILED",
      });
    }
    control.nextToken("id_token", { signature: "none", times: 2 });
    expect(decodeProtectedHeader((await issue()).id_token ?? "")).toEqual({ alg: "none" });
    control.clearTokenFaults();
    await verify((await issue()).id_token ?? "");
  });

  test("a clock ahead or behind moves every time in the tokens", async () => {
    const { control, issue, clock, signInSilently } = await setUp();
    control.skewTokens(-5000);
    const { id_token = "", access_token } = await issue();
    expect(decodeJwt(id_token)).toMatchObject({ iat: clock.now() / 1000 - 5000, exp: clock.now() / 1000 - 1400 });
    expect(decodeJwt(access_token).exp).toBe(clock.now() / 1000 - 1400);
    await expect(signInSilently(plainBrowser())).rejects.toThrow();
  });
});

describe("keys", () => {
  test("rotate: the new key signs, the old one stays until it is dropped, each server by itself", async () => {
    const { control, issue, verify, keys } = await setUp("default");
    const before = await issue();
    const kid = await control.rotateKeys("default");
    const after = await issue();
    expect(decodeProtectedHeader(after.access_token).kid).toBe(kid);
    expect((await keys()).map((key) => key.kid)).toEqual([kid, decodeProtectedHeader(before.access_token).kid]);
    await verify(before.access_token);
    control.dropOldKeys("default");
    expect(await keys()).toHaveLength(1);
    await verify(after.access_token);
  });

  test("may be late in what is published", async () => {
    const { control, issue, verify } = await setUp("default");
    await control.rotateKeys("default", { publish: false });
    const { access_token } = await issue();
    await expect(verify(access_token)).rejects.toMatchObject({ code: "ERR_JWKS_NO_MATCHING_KEY" });
    control.dropOldKeys("default");
    await verify(access_token);
  });

  test("of an unknown type can stand beside the good ones", async () => {
    const { control, issue, verify, keys } = await setUp("default");
    control.publishKey({ kty: "LATTICE", kid: "odd", alg: "ML-X", use: "sig" } as never, "default");
    expect((await keys())[0]).toMatchObject({ kty: "LATTICE" });
    await verify((await issue()).access_token);
  });

  test("of one server verify nothing of another", async () => {
    const { verify, control } = await setUp("default");
    const ofOrg = await control.issueFrom(undefined, {
      clientId: WEB_CLIENT_ID,
      login: ADMIN_LOGIN,
      scopes: ["openid"],
    });
    await expect(verify(ofOrg.access_token)).rejects.toThrow();
  });
});

describe("a token without a sign-in", () => {
  test("has the claims of the test's choice, and is known like any other", async () => {
    const { control, introspect } = await setUp("default");
    const { access_token } = await control.issueFrom("default", {
      clientId: WEB_CLIENT_ID,
      login: ADMIN_LOGIN,
      scopes: ["openid"],
      lifetimeSeconds: 60,
      claims: ({ exp: _, ...claims }) => ({ ...claims, aud: ["a", "b"] }),
    });
    expect(decodeJwt(access_token)).toMatchObject({ aud: ["a", "b"] });
    expect(decodeJwt(access_token)).not.toHaveProperty("exp");
    expect((await introspect(access_token)).active).toBe(true);
    await expect(control.issueFrom("none", { clientId: WEB_CLIENT_ID, scopes: [] })).rejects.toThrow(RangeError);
    await expect(control.issueFrom("default", { clientId: "none", scopes: [] })).rejects.toThrow(RangeError);
  });
});

describe("faults by script at the OAuth endpoints", () => {
  const ENDPOINTS: [method: string, path: string][] = [
    ["GET", "/oauth2/v1/authorize"],
    ["POST", "/oauth2/v1/token"],
    ["POST", "/oauth2/v1/introspect"],
    ["POST", "/oauth2/v1/revoke"],
    ["GET", "/oauth2/v1/userinfo"],
    ["GET", "/oauth2/v1/keys"],
    ["GET", "/oauth2/v1/logout"],
    ["GET", "/.well-known/openid-configuration"],
    ["GET", "/oauth2/default/v1/keys"],
    ["POST", "/oauth2/default/v1/token"],
  ];
  test.each(ENDPOINTS)("%s %s is slow, limited, broken, a web page, huge, or silent", async (method, path) => {
    const { sandbox, origin } = await startCompany();
    const ask = (signal?: AbortSignal) => fetch(origin + path, { method, ...(signal && { signal }) });
    const before = sandbox.count(method, path);
    sandbox.next(method, path, {
      status: 429,
      headers: { "X-Rate-Limit-Reset": "1" },
      json: { errorCode: "E0000047" },
    });
    expect((await ask()).status).toBe(429);
    sandbox.next(method, path, { status: 500 });
    expect((await ask()).status).toBe(500);
    sandbox.next(method, path, { fault: "html" });
    expect((await ask()).headers.get("content-type")).toContain("text/html");
    sandbox.next(method, path, { fault: "huge", bytes: 3_000_000 });
    expect((await (await ask()).text()).length).toBeGreaterThan(3_000_000);
    sandbox.next(method, path, { fault: "delay", delayMs: 60_000 });
    sandbox.next(method, path, { fault: "hang" });
    for (const _ of ["delay", "hang"]) {
      const arrived = sandbox.arrival(method, path);
      const left = new AbortController();
      const answer = ask(left.signal);
      await arrived;
      left.abort();
      await expect(answer).rejects.toThrow("aborted");
    }
    expect(sandbox.count(method, path) - before).toBe(6);
  });
});

describe("counters", () => {
  test("tell how often each endpoint was asked, by pattern, since they were last forgotten", async () => {
    const { sandbox, signInSilently } = await setUp("default");
    sandbox.forgetCounts();
    await signInSilently(plainBrowser());
    expect(sandbox.count("POST", "/oauth2/default/v1/token")).toBe(1);
    expect(sandbox.count("POST", "/oauth2/{id}/v1/token")).toBe(1);
    expect(sandbox.count("GET", "/oauth2/default/v1/keys")).toBe(0);
    expect(sandbox.count("*", "/oauth2/{id}/v1/{endpoint}")).toBe(2);
    sandbox.forgetCounts();
    expect(sandbox.count("*", "/oauth2/{id}/v1/{endpoint}")).toBe(0);
  });
});

describe("the rate limit of the OAuth endpoints", () => {
  test("counts by endpoint, apart from the API, and tells as Okta does", async () => {
    const { sandbox, origin, clock } = await startCompany();
    const ask = async (path: string) => {
      const response = await fetch(origin + path, { method: "POST" });
      return { status: response.status, left: response.headers.get("x-rate-limit-remaining") };
    };
    sandbox.limitOAuth({ perWindow: 2 });
    expect(await ask("/oauth2/v1/introspect")).toEqual({ status: 401, left: "1" });
    expect(await ask("/oauth2/v1/introspect")).toEqual({ status: 401, left: "0" });
    expect(await ask("/oauth2/v1/introspect")).toEqual({ status: 429, left: "0" });
    expect(await ask("/oauth2/v1/token")).toEqual({ status: 401, left: "1" });
    clock.advanceSeconds(60);
    expect(await ask("/oauth2/v1/introspect")).toEqual({ status: 401, left: "1" });
  });
});

import { readdir } from "node:fs/promises";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { describe, expect, test } from "vitest";
import { SERVICE_CLIENT_ID } from "../../sandbox/facts.js";
import { parsePrivateKey } from "../../src/auth/private-key.js";
import { newKeyPair } from "../../src/checks/key-pair.js";
import { ServerClock } from "../../src/net/server-clock.js";
import { request, testTransport } from "../okta/support.js";
import {
  ask,
  failure,
  REVOKE,
  SCOPES,
  SERVICE_KID,
  servicePem,
  startOrg,
  type TestOrg,
  TOKEN,
  tokenValue,
} from "./support.js";

const assertions = (org: TestOrg) => org.sent(TOKEN).map(({ form }) => form.get("client_assertion") ?? "");

describe("signing in with a private key", () => {
  test("gets a token for the configured scopes only, with an assertion for exactly this endpoint", async () => {
    const org = await startOrg();
    const session = org.serviceSession();
    expect(await ask(session, org)).toBe(200);
    const [request] = org.sent(TOKEN);
    expect(request?.form.get("grant_type")).toBe("client_credentials");
    expect(request?.form.get("scope")).toBe(SCOPES.join(" "));
    const [assertion = ""] = assertions(org);
    const claims = decodeJwt(assertion);
    expect(claims).toMatchObject({
      iss: SERVICE_CLIENT_ID,
      sub: SERVICE_CLIENT_ID,
      aud: `${org.sandbox.origin}${TOKEN}`,
      exp: Math.floor(org.time.now() / 1000) + 300,
    });
    expect(claims.jti).toBeTypeOf("string");
    expect(decodeProtectedHeader(assertion)).toEqual({ alg: "RS256", kid: SERVICE_KID });
    expect([...(session.granted() ?? [])]).toEqual(SCOPES);
    expect(await readdir(org.stateDir)).toEqual([]);
  });

  test.each([
    ["P-256", "ES256"],
    ["P-384", "ES384"],
    ["P-521", "ES512"],
  ])("works with an EC key on %s", async (namedCurve, alg) => {
    const { privateKey, publicKey } = newKeyPair({ type: "ec", namedCurve });
    const jwks = { keys: [{ ...publicKey.export({ format: "jwk" }), kid: "ec" }] };
    const org = await startOrg({ serviceClient: { jwks } });
    const key = parsePrivateKey(String(privateKey.export({ type: "sec1", format: "pem" })), "ec");
    const session = org.serviceSession({ credential: { method: "private-key", key } });
    expect(await ask(session, org)).toBe(200);
    expect(decodeProtectedHeader(assertions(org)[0] ?? "").alg).toBe(alg);
  });

  test("works with a JWK that asks for PS256", async () => {
    const { privateKey, publicKey } = newKeyPair({ type: "rsa", modulusLength: 2048 });
    const jwks = { keys: [{ ...publicKey.export({ format: "jwk" }), kid: "ps" }] };
    const org = await startOrg({ serviceClient: { jwks } });
    const key = parsePrivateKey(JSON.stringify({ ...privateKey.export({ format: "jwk" }), alg: "PS256", kid: "ps" }));
    expect(await ask(org.serviceSession({ credential: { method: "private-key", key } }), org)).toBe(200);
  });

  test("is one exchange for twenty callers, and a new one a minute before the token runs out", async () => {
    const org = await startOrg();
    const session = org.serviceSession();
    const tokens = await Promise.all(Array.from({ length: 20 }, () => session.token()));
    expect(new Set(tokens).size).toBe(1);
    org.time.pass(3541);
    expect(await session.token()).not.toBe(tokens[0]);
    expect(org.sent(TOKEN)).toHaveLength(2);
  });

  test("signs a fresh assertion for every attempt", async () => {
    const org = await startOrg();
    org.sandbox.next("POST", TOKEN, { fault: "reset", performed: true });
    org.sandbox.next("POST", TOKEN, { status: 503 });
    await org.serviceSession().token();
    expect(new Set(assertions(org).map((assertion) => decodeJwt(assertion).jti)).size).toBe(3);
  });

  test("gets a new token after Okta rejected the old one, once", async () => {
    const org = await startOrg();
    const session = org.serviceSession();
    const first = await session.token();
    session.reject(first);
    expect(session.granted()).toBeDefined();
    const second = await session.token();
    session.reject(first);
    expect(await session.token()).toBe(second);
    expect(org.sent(TOKEN)).toHaveLength(2);
  });

  test("uses the present token on when a new one cannot be had in advance", async () => {
    const org = await startOrg();
    const session = org.serviceSession();
    const first = await session.token();
    org.time.pass(3550);
    org.sandbox.next("POST", TOKEN, { status: 503, times: 3 });
    expect(await session.token()).toBe(first);
    session.reject(first);
    org.sandbox.next("POST", TOKEN, { status: 503, times: 3 });
    expect((await failure(session.token())).code).toBe("okta_down");
  });

  test("is not a sign-in of a person", async () => {
    const org = await startOrg();
    const session = org.serviceSession();
    expect((await failure(session.startSignIn())).code).toBe("bad_config");
    await session.restore();
    expect(await session.status()).toMatchObject({ signedIn: false, renewable: true, user: undefined });
    await session.token();
    expect(await session.status()).toMatchObject({
      signedIn: true,
      grantedScopes: SCOPES,
      tokenKept: "nowhere: the app gets a new one with its private key",
    });
  });

  test("is revoked by signing out, with an assertion for the revocation endpoint", async () => {
    const org = await startOrg();
    const session = org.serviceSession();
    expect(await session.signOut()).toEqual({ revoked: true });
    const value = await tokenValue(session, org);
    expect(await session.signOut()).toEqual({ revoked: true });
    const [request] = org.sent(REVOKE);
    expect(request?.status).toBe(200);
    expect(request?.form.get("token")).toBe(value);
    expect(decodeJwt(request?.form.get("client_assertion") ?? "").aud).toBe(`${org.sandbox.origin}${REVOKE}`);
    expect(session.granted()).toBeUndefined();
    await session.token();
    org.sandbox.next("POST", REVOKE, { fault: "reset", times: 5 });
    expect(await session.signOut()).toEqual({ revoked: false });
  });

  test("goes on for the others when one caller leaves, and ends when the session is closed", async () => {
    const org = await startOrg();
    const session = org.serviceSession();
    const leaving = new AbortController();
    const first = session.token(leaving.signal);
    const second = session.token();
    leaving.abort();
    expect((await failure(first)).code).toBe("cancelled");
    await second;
    session.close();
    expect((await failure(session.token())).code).toBe("cancelled");
  });
});

describe("a private key that Okta refuses", () => {
  test.each([
    ["an unknown app", { clientId: "0oaNobody" }, "client_rejected", /Public key \/ Private key.*OKTA_KEY_ID/],
    ["scopes that the app was not granted", { scopes: ["openid"] }, "missing_scope", /Okta API Scopes tab/],
  ])("because of %s: says what to do", async (_why, options, code, advice) => {
    const org = await startOrg();
    const error = await failure(org.serviceSession(options).token());
    expect(error.code).toBe(code);
    expect(error.fix).toMatch(advice);
  });

  test("because Okta has another public key: says what to do", async () => {
    const other = newKeyPair({ type: "rsa", modulusLength: 2048 }).publicKey.export({ format: "jwk" });
    const org = await startOrg({ serviceClient: { jwks: { keys: [{ ...other, kid: SERVICE_KID }] } } });
    const error = await failure(org.serviceSession().token());
    expect(error.code).toBe("client_rejected");
    expect(error.message).toContain('"The client_assertion signature is invalid."');
    expect(org.sent(TOKEN)).toHaveLength(1);
  });

  test("because no scope is left to grant: names the scopes", async () => {
    const org = await startOrg();
    org.control.grantOnly([]);
    const error = await failure(org.serviceSession().token());
    expect(error.code).toBe("missing_scope");
    expect(error.message).toMatch(/okta\.users\.read, okta\.groups\.manage/);
  });
});

describe("a clock that is wrong", () => {
  test.each([
    ["ten minutes behind", -600],
    ["ten minutes ahead", 600],
    ["two hours ahead", 7200],
  ])("by being %s does not keep the app from signing in", async (_how, seconds) => {
    const org = await startOrg();
    const now = () => org.time.now() + seconds * 1000;
    const session = org.serviceSession({ now });
    expect(await ask(session, org)).toBe(200);
    expect(org.sent(TOKEN).length).toBeLessThanOrEqual(2);
    expect((await session.token()).expiresAtMs).toBe(now() + 3_600_000);
  });

  test("is known from the calls before: the first proof of the app carries the org's time", async () => {
    const org = await startOrg();
    const now = () => org.time.now() - 600_000;
    const clock = new ServerClock(now);
    const { transport } = testTransport({ url: org.sandbox.origin }, { now, clock });
    await failure(transport.send(request("GET", "/api/v1/users")));
    expect(await ask(org.serviceSession({ now, clock }), org)).toBe(200);
    expect(org.sent(TOKEN)).toHaveLength(1);
  });

  test.each([-600, 600, 7200])("by %i seconds does not keep proofs (DPoP) from being accepted", async (seconds) => {
    const org = await startOrg();
    org.control.demandDpop(true);
    const session = org.serviceSession({ now: () => org.time.now() + seconds * 1000 });
    expect(await ask(session, org)).toBe(200);
  });

  test.each([-600, 600, 7200])("by %i seconds does not keep a person from signing in, with a name", async (seconds) => {
    const org = await startOrg({ autoApprove: true });
    const session = org.session({ now: () => org.time.now() + seconds * 1000 });
    await (await session.startSignIn()).done;
    expect((await session.status()).user).toBe("ada.admin@acme-robotics.example");
    expect(await ask(session, org)).toBe(200);
  });

  test("is corrected once only: a refusal that has another reason is final", async () => {
    const org = await startOrg();
    const session = org.serviceSession({ clientId: "0oaNobody", now: () => org.time.now() - 600_000 });
    expect((await failure(session.token())).code).toBe("client_rejected");
    expect(org.sent(TOKEN)).toHaveLength(2);
  });
});

describe("proof of possession (DPoP)", () => {
  test("is given when the org demands it, with its nonce, and from the start the next time", async () => {
    const org = await startOrg();
    org.control.demandDpop(true);
    const session = org.serviceSession();
    expect(await ask(session, org)).toBe(200);
    expect(org.sent(TOKEN).map(({ headers }) => headers.dpop !== undefined)).toEqual([false, true, true]);
    session.reject(await session.token());
    expect(await ask(session, org)).toBe(200);
    expect(org.sent(TOKEN)).toHaveLength(4);
  });

  test("is not given to an org that does not demand it", async () => {
    const org = await startOrg();
    const session = org.serviceSession();
    const headers = await (await session.token()).headers("GET", new URL(org.sandbox.origin));
    expect(headers).toEqual({ authorization: expect.stringMatching(/^Bearer /) });
  });

  test("goes on when the org gives out another nonce", async () => {
    const org = await startOrg();
    org.control.demandDpop(true);
    const session = org.serviceSession();
    await session.token();
    org.control.rotateDpopNonce();
    session.reject(await session.token());
    expect(await ask(session, org)).toBe(200);
  });

  test("meets an API that asks for a nonce of its own, and keeps it for the next request", async () => {
    const org = await startOrg();
    org.control.demandDpop(true);
    org.control.demandApiNonce(true);
    const session = org.serviceSession();
    expect(await ask(session, org)).toBe(200);
    expect(await ask(session, org)).toBe(200);
    const asked = org.sandbox.requests.filter(({ path }) => path.startsWith("/api/"));
    expect(asked.map(({ status }) => status)).toEqual([401, 200, 200]);
  });

  test("is a fresh one for every request, bound to method, address and token", async () => {
    const org = await startOrg();
    org.control.demandDpop(true);
    const token = await org.serviceSession().token();
    const url = new URL("/api/v1/users?limit=1#x", org.sandbox.origin);
    const [one = "", other = ""] = await Promise.all([token.headers("get", url), token.headers("GET", url)]).then(
      (both) => both.map(({ dpop }) => dpop ?? ""),
    );
    expect(decodeJwt(one)).toMatchObject({ htm: "GET", htu: `${org.sandbox.origin}/api/v1/users` });
    expect(decodeJwt(one).ath).toBeTypeOf("string");
    expect(decodeJwt(one).jti).not.toBe(decodeJwt(other).jti);
    const header = decodeProtectedHeader(one);
    expect(header).toMatchObject({ alg: "ES256", typ: "dpop+jwt" });
    expect(Object.keys(header.jwk ?? {}).sort()).toEqual(["crv", "kty", "x", "y"]);
  });

  test("that the org refuses all the same ends in advice, not in a loop", async () => {
    const org = await startOrg();
    const refusal = { status: 400, json: { error: "use_dpop_nonce" }, headers: { "DPoP-Nonce": "n" } };
    org.sandbox.next("POST", TOKEN, { ...refusal, times: 50 });
    const error = await failure(org.serviceSession().token());
    expect(error.code).toBe("client_rejected");
    expect(error.fix).toMatch(/Require Demonstrating Proof of Possession/);
    expect(org.sent(TOKEN).length).toBeLessThanOrEqual(4);
  });

  test("is not believed of an org that binds a token to a key it never saw", async () => {
    const org = await startOrg();
    org.sandbox.next("POST", TOKEN, {
      rewrite: (reply) => ({ ...reply, json: { ...(reply.json as object), token_type: "DPoP" } }),
    });
    expect((await failure(org.serviceSession().token())).code).toBe("unreachable");
  });

  test("is recognised as a challenge only where the nonce comes with it", async () => {
    const org = await startOrg();
    org.control.demandDpop(true);
    const token = await org.serviceSession().token();
    const challenge = { "WWW-Authenticate": 'DPoP algs="ES256", error="use_dpop_nonce", error_description="x"' };
    expect(token.challenged(new Response(null, { status: 401, headers: challenge }))).toBe(false);
    expect(token.challenged(new Response(null, { status: 401, headers: { ...challenge, "DPoP-Nonce": "n" } }))).toBe(
      true,
    );
    expect(token.challenged(new Response(null, { status: 200, headers: { "DPoP-Nonce": "n2" } }))).toBe(false);
    const bearer = { "WWW-Authenticate": 'Bearer error="invalid_token"', "DPoP-Nonce": "n" };
    expect(token.challenged(new Response(null, { status: 401, headers: bearer }))).toBe(false);
  });
});

test("the key itself never leaves: no request carries any of it", async () => {
  const org = await startOrg();
  org.control.demandDpop(true);
  await ask(org.serviceSession(), org);
  const secret = servicePem.split("\n").slice(1, -2);
  const sent = org.sandbox.requests
    .map(({ body, headers, path }) => decodeURIComponent(body) + JSON.stringify(headers) + path)
    .join();
  for (const line of secret.filter((text) => text.length > 40)) expect(sent).not.toContain(line.slice(0, 30));
});

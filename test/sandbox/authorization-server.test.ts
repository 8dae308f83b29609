import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify } from "jose";
import { describe, expect, test } from "vitest";
import { ADMIN_LOGIN, DEVICE_CLIENT_ID } from "../../sandbox/facts.js";
import { clientAssertion, testKey } from "../support/oauth.js";
import { ASSERTION_TYPE, DEVICE_GRANT, GUARDED, SCOPES, startOrg } from "../support/oauth-org.js";

describe("device sign-in", () => {
  test("gives a code that a person can read and a link that carries it", async () => {
    const { start, origin } = await startOrg();
    const code = await start();
    expect(code.user_code).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/);
    expect(code).toMatchObject({
      verification_uri: `${origin}/activate`,
      verification_uri_complete: `${origin}/activate?user_code=${code.user_code}`,
      expires_in: 600,
      interval: 5,
    });
  });

  test("is pending until the person allows it, and then gives tokens once", async () => {
    const { start, poll, control, clock } = await startOrg();
    const code = await start();
    expect(await poll(code)).toMatchObject({ status: 400, body: { error: "authorization_pending" } });

    control.approve(code.user_code.toLowerCase().replace("-", " "));
    clock.advanceSeconds(5);
    const answer = await poll(code);
    expect(answer).toMatchObject({ status: 200, body: { token_type: "Bearer", expires_in: 3600, scope: SCOPES } });
    expect(answer.headers.get("cache-control")).toContain("no-store");

    clock.advanceSeconds(5);
    expect(await poll(code)).toMatchObject({ status: 400, body: { error: "invalid_grant" } });
  });

  test("ends when the person denies it", async () => {
    const { start, poll, control } = await startOrg();
    const code = await start();
    control.deny(code.user_code);
    expect((await poll(code)).body.error).toBe("access_denied");
    expect(control.pendingUserCodes()).toEqual([]);
  });

  test("ends when nobody decides in time", async () => {
    const { start, poll, clock, control } = await startOrg({ deviceCodeLifetimeSeconds: 60 });
    const code = await start();
    clock.advanceSeconds(60);
    expect((await poll(code)).body.error).toBe("expired_token");
    expect(() => control.approve(code.user_code)).toThrow(RangeError);
  });

  test("slows a client down that polls too fast, by five seconds more from then on", async () => {
    const { start, poll, clock } = await startOrg();
    const code = await start();
    const errorAfter = async (seconds: number) => {
      clock.advanceSeconds(seconds);
      return (await poll(code)).body.error;
    };
    expect(await errorAfter(0)).toBe("authorization_pending");
    expect(await errorAfter(4)).toBe("slow_down");
    expect(await errorAfter(5)).toBe("slow_down");
    expect(await errorAfter(15)).toBe("authorization_pending");
    expect(await errorAfter(14)).toBe("slow_down");
  });

  test("slows a client down on demand, and not at all where the interval is 0", async () => {
    const { start, poll, control } = await startOrg({ deviceIntervalSeconds: 0 });
    const code = await start();
    expect(code.interval).toBe(0);
    control.slowDownNext(1);
    expect((await poll(code)).body.error).toBe("slow_down");
    expect((await poll(code)).body.error).toBe("authorization_pending");
    expect((await poll(code)).body.error).toBe("authorization_pending");
  });

  test("needs no person where the org approves by itself", async () => {
    const { start, poll } = await startOrg({ autoApprove: true });
    expect((await poll(await start())).status).toBe(200);
  });

  test("is denied where the person who would sign in is not active", async () => {
    const { start, poll, control, sandbox, admin } = await startOrg();
    const code = await start();
    sandbox.org.users.setStatus(admin, "SUSPENDED", { eventType: "user.lifecycle.suspend", displayMessage: "Suspend" });
    control.approve(code.user_code);
    expect((await poll(code)).body.error).toBe("access_denied");
  });

  test("is refused for scopes that Okta does not have, and for none", async () => {
    const { post } = await startOrg();
    const ask = async (scope: string) =>
      (await post("/oauth2/v1/device/authorize", { client_id: DEVICE_CLIENT_ID, scope })).body.error;
    expect(await ask("openid okta.usres.read")).toBe("invalid_scope");
    expect(await ask("openid okta.logs.manage")).toBe("invalid_scope");
    expect(await ask("")).toBe("invalid_scope");
    expect(await ask("openid okta.orgs.read")).toBeUndefined();
  });

  test("is refused to an app the org does not know", async () => {
    const { post } = await startOrg();
    const answer = await post("/oauth2/v1/device/authorize", { client_id: "0oaNobody", scope: "openid" });
    expect(answer).toMatchObject({ status: 401, body: { error: "invalid_client" } });
  });

  test("gives a code to the app that asked for it and to no other", async () => {
    const key = await testKey();
    const { start, control, post, origin, clock } = await startOrg();
    control.addServiceClient({ clientId: "0oaOther", jwks: { keys: [key.publicJwk] } });
    const code = await start();
    control.approve(code.user_code);
    const endpoint = `${origin}/oauth2/v1/token`;
    const claims = { clientId: "0oaOther", audience: endpoint, nowMs: clock.now() };
    const answer = await post("/oauth2/v1/token", {
      grant_type: DEVICE_GRANT,
      device_code: code.device_code,
      client_assertion_type: ASSERTION_TYPE,
      client_assertion: await clientAssertion(key, claims),
    });
    expect(answer).toMatchObject({ status: 400, body: { error: "unauthorized_client" } });
  });

  test("grants fewer scopes than asked for where the org has granted the app fewer", async () => {
    const { signIn, control } = await startOrg({ deviceClient: { scopes: ["okta.users.read", "okta.logs.read"] } });
    expect((await signIn("openid okta.users.read okta.groups.read okta.logs.read")).scope).toBe(
      "openid okta.users.read okta.logs.read",
    );
    control.grantOnly(["okta.logs.read"]);
    expect((await signIn("openid okta.users.read okta.logs.read")).scope).toBe("openid okta.logs.read");
  });
});

describe("tokens", () => {
  test("are JWTs that the org's published key verifies, and name client, user and scopes", async () => {
    const { signIn, origin, admin, clock } = await startOrg();
    const { access_token, id_token } = await signIn();
    const keys = (await (await fetch(`${origin}/oauth2/v1/keys`)).json()) as JSONWebKeySet;
    const verify = (token: string, audience: string) =>
      jwtVerify(token, createLocalJWKSet(keys), { issuer: origin, audience, currentDate: new Date(clock.now()) });

    const access = await verify(access_token, origin);
    expect(access.payload).toMatchObject({
      sub: ADMIN_LOGIN,
      uid: admin.id,
      cid: DEVICE_CLIENT_ID,
      scp: SCOPES.split(" "),
      exp: clock.now() / 1000 + 3600,
    });
    const id = await verify(id_token, DEVICE_CLIENT_ID);
    expect(id.payload).toMatchObject({
      sub: admin.id,
      name: "Ada Admin",
      preferred_username: ADMIN_LOGIN,
      email: ADMIN_LOGIN,
    });
  });

  test("come as asked for: no refresh token without offline_access, no ID token without openid", async () => {
    const { signIn } = await startOrg();
    const reply = await signIn("okta.users.read");
    expect(Object.keys(reply).sort()).toEqual(["access_token", "expires_in", "scope", "token_type"]);
    expect(decodeJwt((await signIn("openid okta.users.read")).id_token)).not.toHaveProperty("email");
  });

  test("let their holder in as the person who signed in, until they expire", async () => {
    const { signIn, api, admin, clock } = await startOrg({ accessTokenLifetimeSeconds: 60 });
    const { access_token } = await signIn();
    const authorization = `Bearer ${access_token}`;
    const caller = await api({ authorization });
    expect(caller).toEqual({ clientId: DEVICE_CLIENT_ID, subject: admin.id, scopes: new Set(SCOPES.split(" ")) });
    clock.advanceSeconds(60);
    expect(await api({ authorization })).toMatchObject({ status: 401 });
  });

  test("that are missing, made up or of another scheme are answered as Okta does", async () => {
    const { signIn, api, origin } = await startOrg();
    const { access_token } = await signIn();
    for (const authorization of ["", "Bearer", "Bearer nonsense", `SSWS ${access_token}`, `DPoP ${access_token}`]) {
      expect(await api({ authorization })).toMatchObject({ status: 401, json: { errorCode: "E0000011" } });
    }
    const response = await fetch(origin + GUARDED.template, { headers: { authorization: "Bearer nonsense" } });
    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toMatch(/^Bearer .*error="invalid_token"/);
    expect(await response.json()).toMatchObject({ errorCode: "E0000011", errorId: expect.stringMatching(/.+/) });
  });

  test("of one org are worth nothing at another", async () => {
    const [one, other] = [await startOrg(), await startOrg()];
    const { access_token } = await one.signIn();
    expect(await other.api({ authorization: `Bearer ${access_token}` })).toMatchObject({ status: 401 });
  });

  test("of a person who was deactivated are refused, and cannot be renewed", async () => {
    const { signIn, api, refresh, sandbox, admin } = await startOrg();
    const { access_token, refresh_token } = await signIn();
    sandbox.org.users.setStatus(admin, "DEPROVISIONED", { eventType: "x", displayMessage: "x" });
    expect(await api({ authorization: `Bearer ${access_token}` })).toMatchObject({ status: 401 });
    expect((await refresh(refresh_token)).body.error).toBe("invalid_grant");
  });

  test("of an app that was deactivated or deleted are refused, and it can get no others", async () => {
    const { signIn, refresh, api, sandbox } = await startOrg({}, (org) =>
      org.addApp({ id: DEVICE_CLIENT_ID, label: "Assistant" }),
    );
    const { access_token, refresh_token } = await signIn();
    const app = sandbox.org.apps.get(DEVICE_CLIENT_ID);
    if (app === undefined) throw new Error("The org has lost its app.");
    const note = { eventType: "application.lifecycle.deactivate", displayMessage: "Deactivate application" };
    const inactive = sandbox.org.apps.change({ ...app, status: "INACTIVE" }, note);
    expect(await api({ authorization: `Bearer ${access_token}` })).toMatchObject({ status: 401 });
    expect((await refresh(refresh_token)).body.error).toBe("invalid_client");
    sandbox.org.apps.remove(inactive);
    expect((await refresh(refresh_token)).body.error).toBe("invalid_client");
  });

  test("can be handed to a test without a sign-in", async () => {
    const { control, api, admin } = await startOrg();
    const token = await control.issueAccessToken(["okta.users.read"], { lifetimeSeconds: 5 });
    const caller = await api({ authorization: `Bearer ${token}` });
    expect(caller).toMatchObject({ subject: admin.id, scopes: new Set(["okta.users.read"]) });
  });

  test("show at introspection what they are worth, and nothing once revoked", async () => {
    const { signIn, introspect, post, admin, api } = await startOrg();
    const { access_token, refresh_token } = await signIn();
    expect(await introspect(access_token)).toMatchObject({ active: true, uid: admin.id, scope: SCOPES });
    expect(await introspect(refresh_token)).toMatchObject({ active: true, username: ADMIN_LOGIN });
    expect(await introspect("nonsense")).toEqual({ active: false });

    const revoke = (token: string) => post("/oauth2/v1/revoke", { client_id: DEVICE_CLIENT_ID, token });
    expect(await revoke(access_token)).toMatchObject({ status: 200, body: undefined });
    expect(await introspect(access_token)).toEqual({ active: false });
    expect(await api({ authorization: `Bearer ${access_token}` })).toMatchObject({ status: 401 });
    expect(await introspect(refresh_token)).toMatchObject({ active: true });
    await revoke(refresh_token);
    expect(await introspect(refresh_token)).toEqual({ active: false });
    expect(await revoke("nonsense")).toMatchObject({ status: 200 });
    expect(await post("/oauth2/v1/revoke", { client_id: DEVICE_CLIENT_ID })).toMatchObject({
      status: 400,
      body: { error: "invalid_request", error_description: "The `token` parameter is required." },
    });
  });

  test("end with the refresh token that they came with", async () => {
    const { signIn, post, api } = await startOrg();
    const { access_token, refresh_token } = await signIn();
    await post("/oauth2/v1/revoke", { client_id: DEVICE_CLIENT_ID, token: refresh_token });
    expect(await api({ authorization: `Bearer ${access_token}` })).toMatchObject({ status: 401 });
  });
});

describe("the token endpoint", () => {
  test("names what is wrong with a request", async () => {
    const { token, origin } = await startOrg();
    expect((await token({})).body).toMatchObject({ error: "invalid_request" });
    expect((await token({ grant_type: "password" })).body.error).toBe("unsupported_grant_type");
    expect((await token({ grant_type: "client_credentials" })).body.error).toBe("unauthorized_client");
    expect((await token({ grant_type: DEVICE_GRANT })).body.error).toBe("invalid_request");
    expect((await token({ grant_type: DEVICE_GRANT, device_code: "x" })).body.error).toBe("invalid_grant");
    const twice = new URLSearchParams([
      ["grant_type", DEVICE_GRANT],
      ["grant_type", "refresh_token"],
    ]);
    const response = await fetch(`${origin}/oauth2/v1/token`, { method: "POST", body: twice });
    expect(await response.json()).toMatchObject({ error: "invalid_request" });
  });
});

describe("discovery", () => {
  test("names endpoints that all exist, under both addresses", async () => {
    const { origin, sandbox } = await startOrg();
    const read = async (name: string) => (await fetch(`${origin}/.well-known/${name}`)).json();
    const metadata = (await read("openid-configuration")) as Record<string, unknown>;
    expect(metadata.issuer).toBe(origin);
    expect(await read("oauth-authorization-server")).toEqual(metadata);
    for (const [name, url] of Object.entries(metadata)) {
      const method = name === "userinfo_endpoint" ? "GET" : "POST";
      if (name.endsWith("_endpoint")) await fetch(String(url), { method });
      if (name.endsWith("_uri")) await fetch(String(url));
    }
    expect(sandbox.unknownRoutes).toEqual([]);
  });
});

describe("the system log", () => {
  test("tells of a sign-in and its tokens, of a refusal, and of a revocation", async () => {
    const { signIn, start, poll, control, post, sandbox, admin } = await startOrg();
    const { access_token } = await signIn();
    const denied = await start();
    control.deny(denied.user_code);
    await poll(denied);
    await post("/oauth2/v1/revoke", { client_id: DEVICE_CLIENT_ID, token: access_token });
    const events = sandbox.org.events.filter((event) => /oauth2|sso/.test(event.eventType));
    expect(events.map((event) => event.eventType)).toEqual([
      "user.authentication.sso",
      "app.oauth2.token.grant.access_token",
      "app.oauth2.token.grant.id_token",
      "app.oauth2.token.grant.refresh_token",
      "app.oauth2.token.grant",
      "app.oauth2.token.revoke",
    ]);
    expect(events[0]).toMatchObject({ actor: { id: admin.id }, outcome: { result: "SUCCESS" } });
    expect(events[4]).toMatchObject({ outcome: { result: "FAILURE", reason: "access_denied" } });
    expect(JSON.stringify(events)).not.toContain(access_token);
  });
});

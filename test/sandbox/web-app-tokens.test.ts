import * as oauth from "oauth4webapi";
import { describe, expect, test } from "vitest";
import { ADMIN_LOGIN, WEB_CLIENT_ID } from "../../sandbox/facts.js";
import type { OAuthAppOptions } from "../../sandbox/oauth-app.js";
import type { UserStatus } from "../../sandbox/state/model.js";
import { plainBrowser } from "../support/browser.js";
import { BOB_LOGIN, browserWith, CALLBACK, PLAIN_HTTP, startCompany } from "../support/company-org.js";

const SCOPE = "openid profile email offline_access okta.users.read";
const GOODBYE = "http://127.0.0.1:1/goodbye";
const NOTE = { eventType: "x", displayMessage: "x" };

async function signedIn(app: OAuthAppOptions = {}) {
  const company = await startCompany({
    app: { scopes: ["okta.users.read"], postLogoutRedirectUris: [GOODBYE], ...app },
  });
  const browser = browserWith(company.control.signIn(ADMIN_LOGIN));
  const first = await company.signInSilently(browser, { scope: SCOPE });
  return { ...company, browser, first, refreshToken: first.refresh_token ?? "" };
}

const REFUSED = { error: "invalid_grant" };

describe("a refresh token of a web app", () => {
  test("stays the same where the app does not rotate, and brings no nonce", async () => {
    const { refresh, refreshToken, clock, first } = await signedIn();
    clock.advanceSeconds(3600);
    const second = await refresh(refreshToken);
    expect(second).toMatchObject({ refresh_token: refreshToken, scope: SCOPE, expires_in: 3600 });
    expect(second.access_token).not.toBe(first.access_token);
    const claims = oauth.getValidatedIdTokenClaims(second);
    expect(claims).not.toHaveProperty("nonce");
    expect(claims?.auth_time).toBe(oauth.getValidatedIdTokenClaims(first)?.auth_time);
    expect((await refresh(refreshToken)).refresh_token).toBe(refreshToken);
    await expect(refresh(refreshToken, { scope: `${SCOPE} okta.groups.read` })).rejects.toMatchObject({
      error: "invalid_scope",
    });
    expect((await refresh(refreshToken, { scope: "openid okta.users.read" })).scope).toBe("openid okta.users.read");
  });

  test("rotates where the app says so, forgives within its leeway, and then ends the family", async () => {
    const { refresh, refreshToken, clock, introspect } = await signedIn({ rotation: "ROTATE", leewaySeconds: 20 });
    const second = await refresh(refreshToken);
    expect(second.refresh_token).not.toBe(refreshToken);
    clock.advanceSeconds(19);
    const third = await refresh(refreshToken);
    clock.advanceSeconds(1);
    await expect(refresh(refreshToken)).rejects.toMatchObject(REFUSED);
    await expect(refresh(third.refresh_token ?? "")).rejects.toMatchObject(REFUSED);
    expect((await introspect(second.access_token)).active).toBe(false);
  });

  test("ends with ninety days", async () => {
    const { refresh, refreshToken, clock } = await signedIn();
    clock.advanceSeconds(90 * 24 * 3600);
    await expect(refresh(refreshToken)).rejects.toMatchObject(REFUSED);
  });
});

describe("the tokens of a person", () => {
  const STATES: UserStatus[] = ["SUSPENDED", "DEPROVISIONED", "LOCKED_OUT"];
  test.each(STATES)("who is %s count no more: no refresh, not active, no way into the API", async (status) => {
    const { org, person, refresh, refreshToken, introspect, first, origin, server, client } = await signedIn();
    expect((await introspect(first.access_token)).active).toBe(true);
    org.users.setStatus(person(), status, NOTE);
    await expect(refresh(refreshToken)).rejects.toMatchObject(REFUSED);
    expect(await introspect(first.access_token)).toEqual({ active: false });
    expect(await introspect(refreshToken)).toEqual({ active: false });
    const headers = { authorization: `Bearer ${first.access_token}` };
    expect((await fetch(`${origin}/api/v1/users`, { headers })).status).toBe(401);
    const answer = await oauth.userInfoRequest(server, client, first.access_token, PLAIN_HTTP);
    await expect(oauth.processUserInfoResponse(server, client, person().id, answer)).rejects.toThrow();
  });

  test("who was deactivated do not come back with the person", async () => {
    const { org, person, refresh, refreshToken, introspect, first, control, begin } = await signedIn();
    const browser = browserWith(control.signIn(ADMIN_LOGIN));
    org.users.setStatus(person(), "DEPROVISIONED", NOTE);
    expect(await introspect(first.access_token)).toEqual({ active: false });
    expect((await browser.get((await begin()).url)).status).toBe(200);
    org.users.setStatus(person(), "ACTIVE", NOTE);
    const app = org.apps.get(WEB_CLIENT_ID);
    if (app !== undefined) org.apps.assignUser(app, person());
    await expect(refresh(refreshToken)).rejects.toMatchObject(REFUSED);
    expect(await introspect(first.access_token)).toEqual({ active: false });
    expect((await browser.get((await begin()).url)).status).toBe(200);
  });

  test("who lost the app count no more either", async () => {
    const { org, person, refresh, refreshToken, introspect, first } = await signedIn();
    const app = org.apps.get(WEB_CLIENT_ID);
    if (app === undefined) throw new Error("The org has lost its app.");
    org.apps.unassignUser(app, person());
    await expect(refresh(refreshToken)).rejects.toMatchObject(REFUSED);
    expect(await introspect(first.access_token)).toEqual({ active: false });
  });

  test("who is no administrator are good, but the API refuses everything", async () => {
    const { control, first, origin, introspect } = await signedIn();
    control.setAdminRights(ADMIN_LOGIN, false);
    expect((await introspect(first.access_token)).active).toBe(true);
    const headers = { authorization: `Bearer ${first.access_token}` };
    const response = await fetch(`${origin}/api/v1/users`, { headers });
    expect({ status: response.status, body: await response.json() }).toMatchObject({
      status: 403,
      body: { errorCode: "E0000006" },
    });
    control.setAdminRights(ADMIN_LOGIN, true);
    expect((await fetch(`${origin}/api/v1/users`, { headers })).status).toBe(200);
  });

  test("tell the groups of the day", async () => {
    const { control, refresh, refreshToken, server, client, person } = await startWithGroups();
    const groupsOf = async () => {
      const tokens = await refresh(refreshToken);
      const answer = await oauth.userInfoRequest(server, client, tokens.access_token, PLAIN_HTTP);
      const { groups } = await oauth.processUserInfoResponse(server, client, person().id, answer);
      expect(oauth.getValidatedIdTokenClaims(tokens)?.groups).toEqual(groups);
      return groups;
    };
    expect(await groupsOf()).toEqual([]);
    control.setGroups(ADMIN_LOGIN, ["role-a", "role-b", "other"]);
    expect(await groupsOf()).toEqual(["role-a", "role-b"]);
    control.setGroups(ADMIN_LOGIN, ["role-b"]);
    expect(await groupsOf()).toEqual(["role-b"]);
  });
});

async function startWithGroups() {
  const company = await startCompany({ app: { groupsClaim: { filter: "REGEX", value: /role-.*/ } } });
  const browser = browserWith(company.control.signIn(ADMIN_LOGIN));
  const first = await company.signInSilently(browser, { scope: "openid groups offline_access" });
  return { ...company, refreshToken: first.refresh_token ?? "" };
}

describe("a web app that has to prove its key", () => {
  test("gets bound tokens for its code, and uses and renews them with the same key alone", async () => {
    const company = await startCompany({ app: { dpopRequired: true, scopes: ["okta.users.read"] } });
    const { control, begin, server, client, auth, origin, person } = company;
    const browser = browserWith(control.signIn(ADMIN_LOGIN));
    const dpop = oauth.DPoP(client, await oauth.generateKeyPair("ES256"));
    const options = { ...PLAIN_HTTP, DPoP: dpop };
    const begun = await begin({ scope: SCOPE });
    const given = oauth.validateAuthResponse(
      server,
      client,
      (await browser.get(begun.url)).location ?? new URL(CALLBACK),
      begun.state,
    );
    const ask = async () => {
      const answer = await oauth.authorizationCodeGrantRequest(
        server,
        client,
        auth,
        given,
        CALLBACK,
        begun.verifier,
        options,
      );
      return oauth.processAuthorizationCodeResponse(server, client, answer, { expectedNonce: begun.nonce });
    };
    // The code is still good after the first answer, which only tells the nonce.
    await expect(ask()).rejects.toSatisfy(oauth.isDPoPNonceError);
    const tokens = await ask();
    expect(tokens.token_type).toBe("dpop");
    const answer = await oauth.userInfoRequest(server, client, tokens.access_token, options);
    expect((await oauth.processUserInfoResponse(server, client, person().id, answer)).sub).toBe(person().id);
    const headers = { authorization: `Bearer ${tokens.access_token}` };
    expect((await fetch(`${origin}/api/v1/users`, { headers })).status).toBe(401);
    const another = { ...PLAIN_HTTP, DPoP: oauth.DPoP(client, await oauth.generateKeyPair("ES256")) };
    const refresh = async (how: typeof options) => {
      const refreshToken = tokens.refresh_token ?? "";
      const response = await oauth.refreshTokenGrantRequest(server, client, auth, refreshToken, how);
      return oauth.processRefreshTokenResponse(server, client, response);
    };
    await expect(refresh(another)).rejects.toSatisfy(oauth.isDPoPNonceError);
    await expect(refresh(another)).rejects.toMatchObject({ error: "invalid_dpop_proof" });
    expect((await refresh(options)).token_type).toBe("dpop");
  });
});

describe("introspection", () => {
  test("tells what Okta tells of each kind of token", async () => {
    const { introspect, first, refreshToken, origin, person, clock } = await signedIn();
    const seconds = clock.now() / 1000;
    expect(await introspect(first.access_token)).toEqual({
      active: true,
      token_type: "Bearer",
      scope: SCOPE,
      client_id: WEB_CLIENT_ID,
      username: ADMIN_LOGIN,
      sub: ADMIN_LOGIN,
      exp: seconds + 3600,
      iat: seconds,
      iss: origin,
      aud: origin,
      jti: expect.stringMatching(/^AT\./),
      uid: person().id,
    });
    const refresh = await introspect(refreshToken);
    expect(refresh).toMatchObject({ active: true, username: ADMIN_LOGIN, scope: SCOPE });
    expect(refresh).not.toHaveProperty("aud");
    const id = await introspect(first.id_token ?? "");
    expect(id).toMatchObject({ active: true, aud: WEB_CLIENT_ID, sub: person().id });
    expect(id).not.toHaveProperty("scope");
    clock.advanceSeconds(3600);
    expect(await introspect(first.access_token)).toEqual({ active: false });
  });

  test("of another client's token is for clients with a secret, where the org allows it", async () => {
    const company = await startCompany({ app: { type: "native", id: "0oaNative" } });
    const { control, origin, org } = company;
    const { addOAuthApp } = await import("../../sandbox/oauth-app.js");
    const { clientSecret = "" } = addOAuthApp(org, { redirectUris: [CALLBACK] });
    const browser = browserWith(control.signIn(BOB_LOGIN));
    const { access_token } = await company.signInSilently(browser);
    const ask = async (token: string, headers: Record<string, string>, query = "") => {
      const body = new URLSearchParams({ token });
      const response = await fetch(`${origin}/oauth2/v1/introspect${query}`, { method: "POST", headers, body });
      return { status: response.status, ...((await response.json()) as { active?: boolean; client_id?: string }) };
    };
    const basic = { authorization: `Basic ${Buffer.from(`${WEB_CLIENT_ID}:${clientSecret}`).toString("base64")}` };
    expect(await ask(access_token, basic)).toMatchObject({ active: true, client_id: "0oaNative" });
    control.introspectOthers(false);
    expect(await ask(access_token, basic)).toMatchObject({ active: false });
    expect(await ask(access_token, {}, "?client_id=0oaNative")).toMatchObject({ active: true });
    expect(await ask(access_token, {})).toMatchObject({ status: 401 });
    const other = await control.issueFrom(undefined, { clientId: WEB_CLIENT_ID, login: BOB_LOGIN, scopes: ["openid"] });
    control.introspectOthers(true);
    expect(await ask(other.access_token, {}, "?client_id=0oaNative")).toMatchObject({ active: false });
  });
});

describe("userinfo", () => {
  test("is refused without a token, and with one without `openid`, in Okta's words", async () => {
    const { origin, control, server } = await signedIn();
    const none = await fetch(String(server.userinfo_endpoint));
    expect([none.status, none.headers.get("www-authenticate")]).toEqual([
      401,
      expect.stringMatching(/^Bearer .*error="invalid_token"/),
    ]);
    const { access_token } = await control.issueFrom(undefined, {
      clientId: WEB_CLIENT_ID,
      login: ADMIN_LOGIN,
      scopes: ["okta.users.read"],
    });
    const headers = { authorization: `Bearer ${access_token}` };
    const poor = await fetch(`${origin}/oauth2/v1/userinfo`, { headers });
    expect([poor.status, poor.headers.get("www-authenticate")]).toEqual([
      403,
      expect.stringContaining('error="insufficient_scope"'),
    ]);
  });

  test("and the ID token tell whether the address is verified", async () => {
    const { control, refresh, refreshToken } = await signedIn();
    control.setEmailVerified(ADMIN_LOGIN, false);
    expect(oauth.getValidatedIdTokenClaims(await refresh(refreshToken))?.email_verified).toBe(false);
  });
});

describe("revocation", () => {
  test("ends a token for its own client, and tells no other client anything", async () => {
    const { refresh, refreshToken, introspect, first, server, client, auth, control } = await signedIn();
    await oauth.processRevocationResponse(
      await oauth.revocationRequest(server, client, auth, first.access_token, PLAIN_HTTP),
    );
    expect((await introspect(first.access_token)).active).toBe(false);
    const second = await refresh(refreshToken);
    await oauth.processRevocationResponse(
      await oauth.revocationRequest(server, client, auth, refreshToken, PLAIN_HTTP),
    );
    expect((await introspect(second.access_token)).active).toBe(false);
    await expect(refresh(refreshToken)).rejects.toMatchObject(REFUSED);
    expect(control.issued().every(({ revoked }) => revoked)).toBe(true);
  });

  test("by the org ends what a person has, and leaves others alone", async () => {
    const { control, introspect, first, signInSilently } = await signedIn();
    const bob = await signInSilently(browserWith(control.signIn(BOB_LOGIN)), { scope: SCOPE });
    control.revokeTokens({ login: ADMIN_LOGIN });
    expect((await introspect(first.access_token)).active).toBe(false);
    expect((await introspect(bob.access_token)).active).toBe(true);
  });
});

describe("sign-out", () => {
  test("ends the browser's session, not the tokens, and leads back where the app is registered", async () => {
    const { browser, begin, first, origin, introspect, clock } = await signedIn();
    const out = (change: Record<string, string> = {}) => {
      const url = new URL(`${origin}/oauth2/v1/logout`);
      const given = { id_token_hint: first.id_token ?? "", post_logout_redirect_uri: GOODBYE, state: "a b", ...change };
      for (const [name, value] of Object.entries(given)) url.searchParams.set(name, value);
      return url;
    };
    for (const place of ["https://evil.example/", `${GOODBYE}/`, "//evil.example", "/\\evil.example"]) {
      expect((await browser.get(out({ post_logout_redirect_uri: place }))).status).toBe(400);
    }
    for (const hint of ["", "x", `${first.id_token}x`, first.access_token]) {
      expect((await browser.get(out({ id_token_hint: hint }))).status).toBe(400);
    }
    expect((await browser.get((await begin()).url)).status).toBe(302);
    // An expired hint is as good.
    clock.advanceSeconds(3599);
    await browser.get((await begin()).url);
    expect((await introspect(first.access_token)).active).toBe(true);
    expect((await browser.get(out())).location?.href).toBe(`${GOODBYE}?state=a+b`);
    expect((await browser.get((await begin()).url)).status).toBe(200);
    expect((await introspect(first.access_token)).active).toBe(true);
    clock.advanceSeconds(7200);
    expect((await plainBrowser().get(out())).location?.origin).toBe("http://127.0.0.1:1");
  });

  test("of somebody else than the one who is signed in is refused", async () => {
    const { first, control, origin } = await signedIn();
    const bob = browserWith(control.signIn(BOB_LOGIN));
    const page = await bob.get(`${origin}/oauth2/v1/logout?id_token_hint=${first.id_token}`);
    expect(page).toMatchObject({ status: 400, html: expect.stringContaining("id_token_does_not_match_session") });
    const ada = browserWith(control.signIn(ADMIN_LOGIN));
    const done = await ada.get(`${origin}/oauth2/v1/logout?id_token_hint=${first.id_token}`);
    expect(done).toMatchObject({ status: 200, html: expect.stringContaining("You are signed out") });
  });
});

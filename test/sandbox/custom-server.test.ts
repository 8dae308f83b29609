import { createLocalJWKSet, createRemoteJWKSet, type JSONWebKeySet, jwtVerify } from "jose";
import * as oauth from "oauth4webapi";
import { describe, expect, test } from "vitest";
import type { CustomServer } from "../../sandbox/custom-server.js";
import { ADMIN_LOGIN, MCP_SERVER_ID, WEB_CLIENT_ID } from "../../sandbox/facts.js";
import { addOAuthApp } from "../../sandbox/oauth-app.js";
import { plainBrowser } from "../support/browser.js";
import { BOB_LOGIN, browserWith, CALLBACK, PLAIN_HTTP, startCompany } from "../support/company-org.js";

const AUDIENCE = "https://mcp.example/mcp";
const MACHINE = "0oaMachine";

const startCustom = (server: Partial<CustomServer> = {}, app = {}) =>
  startCompany({
    serverId: "ausTest",
    app: { groupsClaim: { filter: "STARTS_WITH", value: "" }, ...app },
    authorization: {
      customServers: [
        {
          id: "ausTest",
          audience: AUDIENCE,
          scopes: [{ name: "mcp", consent: true }, { name: "mcp.admin" }],
          groupsClaim: { filter: "STARTS_WITH", value: "role-" },
          ...server,
        },
      ],
    },
  });

const SCOPE = "openid email offline_access mcp";

describe("a custom authorization server", () => {
  test("describes itself at both places, and nowhere else", async () => {
    const { origin, sandbox } = await startCompany();
    const issuer = `${origin}/oauth2/default`;
    const read = async (path: string) => {
      const response = await fetch(origin + path);
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    };
    const { body } = await read("/oauth2/default/.well-known/openid-configuration");
    expect(body).toMatchObject({
      issuer,
      token_endpoint: `${issuer}/v1/token`,
      jwks_uri: `${issuer}/v1/keys`,
      introspection_endpoint: `${issuer}/v1/introspect`,
      code_challenge_methods_supported: ["S256"],
    });
    expect(body.scopes_supported).not.toContain("groups");
    expect((await read("/oauth2/default/.well-known/oauth-authorization-server")).body).toEqual(body);
    for (const path of [
      "/.well-known/oauth-authorization-server/oauth2/default",
      "/.well-known/openid-configuration/oauth2/default",
      "/oauth2/ausNone/.well-known/openid-configuration",
      "/oauth2/ausNone/v1/keys",
    ]) {
      expect({ path, ...(await read(path)) }).toMatchObject({ path, status: 404, body: { errorCode: "E0000007" } });
    }
    expect((await read(`/oauth2/${MCP_SERVER_ID}/v1/keys`)).status).toBe(200);
    expect(sandbox.unknownRoutes).toEqual([]);
  });

  test("gives an access token for its one audience that anybody can verify by its keys", async () => {
    const { control, signInSilently, server, client, person, clock, origin } = await startCustom();
    control.setGroups(ADMIN_LOGIN, ["role-helpdesk", "other"]);
    control.autoSignIn(ADMIN_LOGIN);
    const tokens = await signInSilently(plainBrowser(), { scope: SCOPE });
    const keys = createRemoteJWKSet(new URL(String(server.jwks_uri)));
    const { payload, protectedHeader } = await jwtVerify(tokens.access_token, keys, {
      issuer: server.issuer,
      audience: AUDIENCE,
      currentDate: new Date(clock.now()),
    });
    expect(protectedHeader).toEqual({ alg: "RS256", kid: expect.any(String) });
    expect(payload).toEqual({
      ver: 1,
      jti: expect.stringMatching(/^AT\./),
      iss: `${origin}/oauth2/ausTest`,
      aud: AUDIENCE,
      sub: ADMIN_LOGIN,
      uid: person().id,
      cid: WEB_CLIENT_ID,
      scp: SCOPE.split(" "),
      iat: clock.now() / 1000,
      exp: clock.now() / 1000 + 3600,
      auth_time: clock.now() / 1000,
      groups: ["role-helpdesk"],
    });
    expect(oauth.getValidatedIdTokenClaims(tokens)).toMatchObject({ iss: server.issuer, groups: ["role-helpdesk"] });
    const answer = await oauth.userInfoRequest(server, client, tokens.access_token, PLAIN_HTTP);
    expect(await oauth.processUserInfoResponse(server, client, person().id, answer)).toMatchObject({
      email: ADMIN_LOGIN,
    });
  });

  test("renews, introspects and revokes its own tokens, and knows none of the org's or of another server", async () => {
    const company = await startCustom();
    const { control, signInSilently, refresh, introspect, server, client, auth, origin } = company;
    control.autoSignIn(ADMIN_LOGIN);
    const first = await signInSilently(plainBrowser(), { scope: SCOPE });
    const refreshToken = first.refresh_token ?? "";
    expect((await refresh(refreshToken)).refresh_token).toBe(refreshToken);
    expect(await introspect(first.access_token)).toMatchObject({
      active: true,
      iss: server.issuer,
      aud: AUDIENCE,
      username: ADMIN_LOGIN,
    });
    const direct = { clientId: WEB_CLIENT_ID, login: ADMIN_LOGIN, scopes: ["openid", "offline_access"] };
    const ofOrg = await control.issueFrom(undefined, direct);
    expect(await introspect(ofOrg.access_token)).toEqual({ active: false });
    await expect(refresh(ofOrg.refresh_token ?? "")).rejects.toMatchObject({ error: "invalid_grant" });
    const headers = { authorization: `Bearer ${first.access_token}` };
    expect((await fetch(`${origin}/api/v1/users`, { headers })).status).toBe(401);
    await oauth.processRevocationResponse(
      await oauth.revocationRequest(server, client, auth, refreshToken, PLAIN_HTTP),
    );
    expect(await introspect(first.access_token)).toEqual({ active: false });
  });

  test("takes no code of the org's, and the org none of its", async () => {
    const { control, begin, exchange, origin, client, server } = await startCustom();
    const browser = browserWith(control.signIn(ADMIN_LOGIN));
    const begun = await begin({ scope: "openid" });
    const { location } = await browser.get(begun.url.href.replace("/oauth2/ausTest/", "/oauth2/"));
    const response = await exchange(location ?? new URL(CALLBACK), begun);
    await expect(
      oauth.processAuthorizationCodeResponse(server, client, response, { expectedNonce: begun.nonce }),
    ).rejects.toMatchObject({ error: "invalid_request" });
    expect(origin).toBe(new URL(server.issuer).origin);
  });

  test("grants no okta.* scope, no `groups`, and nothing that it does not have", async () => {
    const { control, begin, auth, client, server } = await startCustom();
    const browser = browserWith(control.signIn(ADMIN_LOGIN));
    for (const scope of ["openid okta.users.read", "openid groups", "openid mcp.other"]) {
      const { location } = await browser.get((await begin({ scope })).url);
      expect({ scope, error: location?.searchParams.get("error") }).toEqual({ scope, error: "invalid_scope" });
    }
    const parameters = new URLSearchParams({ scope: "okta.users.read" });
    const response = await oauth.clientCredentialsGrantRequest(server, client, auth, parameters, PLAIN_HTTP);
    await expect(oauth.processClientCredentialsResponse(server, client, response)).rejects.toMatchObject({
      error: "unauthorized_client",
    });
    await expect(startCustom({ scopes: [{ name: "okta.users.read" }] })).rejects.toThrow(RangeError);
  });

  test("lets a machine in for itself: no uid, and its id as the subject", async () => {
    const { org, server, clock, control, origin } = await startCustom({
      claims: ({ userId }) => ({ kind: userId === undefined ? "machine" : "person" }),
    });
    const { clientSecret = "" } = addOAuthApp(org, { id: MACHINE, type: "service" });
    const machine = { client_id: MACHINE };
    const ask = async (scope: string) => {
      const response = await oauth.clientCredentialsGrantRequest(
        server,
        machine,
        oauth.ClientSecretPost(clientSecret),
        new URLSearchParams({ scope }),
        PLAIN_HTTP,
      );
      return oauth.processClientCredentialsResponse(server, machine, response);
    };
    const tokens = await ask("mcp");
    expect(Object.keys(tokens).sort()).toEqual(["access_token", "expires_in", "scope", "token_type"]);
    const keys = (await (await fetch(String(server.jwks_uri))).json()) as JSONWebKeySet;
    const { payload } = await jwtVerify(tokens.access_token, createLocalJWKSet(keys), {
      currentDate: new Date(clock.now()),
    });
    expect(payload).toMatchObject({ sub: MACHINE, cid: MACHINE, scp: ["mcp"], kind: "machine" });
    expect(payload).not.toHaveProperty("uid");
    await expect(ask("openid")).rejects.toMatchObject({ error: "invalid_scope" });
    // The org's own server takes a machine with a key alone.
    const basic = `Basic ${Buffer.from(`${MACHINE}:${clientSecret}`).toString("base64")}`;
    const body = new URLSearchParams({ grant_type: "client_credentials", scope: "okta.users.read" });
    const response = await fetch(`${origin}/oauth2/v1/token`, {
      method: "POST",
      headers: { authorization: basic },
      body,
    });
    expect([response.status, await response.json()]).toMatchObject([401, { error: "invalid_client" }]);
    expect(control.issued().map(({ serverId }) => serverId)).toEqual(["ausTest"]);
  });

  test("keeps out clients and grant types that its policy does not name, and gives tokens the policy's time", async () => {
    const closed = await startCustom({ clients: [MACHINE], accessTokenLifetimeSeconds: 300 });
    const { clientSecret = "" } = addOAuthApp(closed.org, { id: MACHINE, type: "service" });
    const browser = browserWith(closed.control.signIn(ADMIN_LOGIN));
    const { location } = await browser.get((await closed.begin({ scope: SCOPE })).url);
    expect(Object.fromEntries(location?.searchParams ?? [])).toMatchObject({
      error: "access_denied",
      error_description: expect.stringContaining("Policy evaluation failed"),
    });
    const machine = { client_id: MACHINE };
    const how = oauth.ClientSecretBasic(clientSecret);
    const scope = new URLSearchParams({ scope: "mcp" });
    const given = await oauth.clientCredentialsGrantRequest(closed.server, machine, how, scope, PLAIN_HTTP);
    const tokens = await oauth.processClientCredentialsResponse(closed.server, machine, given);
    expect(tokens.expires_in).toBe(300);
    await expect(startCustom({ accessTokenLifetimeSeconds: 60 })).rejects.toThrow(RangeError);
  });

  test("asks for consent where app and scope need it, once, or again with `prompt=consent`", async () => {
    const { control, begin } = await startCustom({}, { consent: "REQUIRED" });
    const browser = browserWith(control.signIn(BOB_LOGIN));
    const ask = async (change: Record<string, string> = {}) =>
      browser.get((await begin({ scope: SCOPE, ...change })).url);
    const error = (location: URL | undefined) => location?.searchParams.get("error");
    expect(error((await ask({ prompt: "none" })).location)).toBe("consent_required");
    const page = await ask();
    expect(page.html).toContain("would like to act for you");
    expect(error((await browser.submit(page, "/signin/consent", { decision: "deny" })).location)).toBe("access_denied");
    const done = await browser.submit(await ask(), "/signin/consent", { decision: "allow" });
    expect(done.location?.searchParams.get("code")).toMatch(/.+/);
    expect((await ask({ prompt: "none" })).location?.searchParams.get("code")).toMatch(/.+/);
    expect((await ask({ prompt: "consent" })).html).toContain("would like to act for you");
    expect((await ask({ scope: "openid mcp.admin" })).status).toBe(302);
  });

  test("is missing in an org that has none", async () => {
    const { origin } = await startCompany({ authorization: { customServers: [] } });
    expect((await fetch(`${origin}/oauth2/default/.well-known/openid-configuration`)).status).toBe(404);
  });
});

import { decodeProtectedHeader } from "jose";
import * as oauth from "oauth4webapi";
import { describe, expect, test } from "vitest";
import { ADMIN_LOGIN, WEB_CLIENT_ID } from "../../sandbox/facts.js";
import { plainBrowser } from "../support/browser.js";
import { BOB_LOGIN, browserWith, CALLBACK, PLAIN_HTTP, startCompany } from "../support/company-org.js";
import { clientAssertion, testKey } from "../support/oauth.js";
import { ASSERTION_TYPE } from "../support/oauth-org.js";

const SUSPEND = { eventType: "user.lifecycle.suspend", displayMessage: "Suspend Okta user" };

describe("a person who signs in to a web app", () => {
  test("picks a name on the page, and the app gets tokens that a strict client library takes", async () => {
    const { begin, exchange, server, client, person, origin, clock } = await startCompany({
      app: { groupsClaim: { filter: "STARTS_WITH", value: "okta-" }, scopes: ["okta.users.read"] },
      arrange: (org) => {
        const [ada] = org.users.all();
        for (const name of ["okta-helpdesk", "okta-auditors", "Sales"]) {
          org.addGroup({ profile: { name } }, ada === undefined ? [] : [ada]);
        }
      },
    });
    const browser = plainBrowser();
    const scope = "openid profile email groups offline_access okta.users.read okta.users.manage";
    const begun = await begin({ scope });
    const page = await browser.get(begun.url);
    expect(page.status).toBe(200);
    expect(page.html).toContain("Bob Builder");
    const done = await browser.submit(page, "/signin", { login: ADMIN_LOGIN });
    expect(done).toMatchObject({ status: 302, headers: expect.any(Headers) });
    expect(done.headers.get("referrer-policy")).toBe("no-referrer");

    const response = await exchange(done.location ?? new URL(CALLBACK), begun);
    const tokens = await oauth.processAuthorizationCodeResponse(server, client, response, {
      expectedNonce: begun.nonce,
      requireIdToken: true,
    });
    // The app has no grant for the last scope.
    expect(tokens.scope).toBe("openid profile email groups offline_access okta.users.read");
    expect(oauth.getValidatedIdTokenClaims(tokens)).toMatchObject({
      iss: origin,
      aud: WEB_CLIENT_ID,
      sub: person().id,
      auth_time: clock.now() / 1000,
      amr: ["pwd"],
      email: ADMIN_LOGIN,
      email_verified: true,
      preferred_username: ADMIN_LOGIN,
      groups: ["okta-helpdesk", "okta-auditors"],
    });
    expect(tokens.refresh_token).toEqual(expect.any(String));
    expect(decodeProtectedHeader(tokens.access_token).typ).toBe("application/okta-internal-at+jwt");

    const answer = await oauth.userInfoRequest(server, client, tokens.access_token, PLAIN_HTTP);
    expect(await oauth.processUserInfoResponse(server, client, person().id, answer)).toMatchObject({
      given_name: "Ada",
      family_name: "Admin",
      email_verified: true,
      groups: ["okta-helpdesk", "okta-auditors"],
    });
  });

  test("is not asked again in the same browser, for whatever scopes, until the session ends", async () => {
    const { begin, control, signInSilently, clock } = await startCompany({ app: { scopes: ["okta.users.read"] } });
    const browser = browserWith(control.signIn(ADMIN_LOGIN));
    expect((await signInSilently(browser)).scope).not.toContain("okta");
    expect((await signInSilently(browser, { scope: "openid okta.users.read" })).scope).toContain("okta.users.read");
    expect((await plainBrowser().get((await begin()).url)).location).toBeUndefined();
    clock.advanceSeconds(2 * 3600);
    expect((await browser.get((await begin()).url)).location).toBeUndefined();
    const again = browserWith(control.signIn(ADMIN_LOGIN));
    control.endSessions(ADMIN_LOGIN);
    expect((await again.get((await begin()).url)).location).toBeUndefined();
  });

  test("is asked again for `prompt=login` and for a sign-in older than `max_age`, and gets a new session", async () => {
    const { begin, control, clock, exchange, server, client } = await startCompany();
    const browser = browserWith(control.signIn(ADMIN_LOGIN));
    const before = [...browser.cookies.values()];
    clock.advanceSeconds(300);
    expect((await browser.get((await begin({ max_age: "300" })).url)).status).toBe(302);
    expect((await browser.get((await begin({ max_age: "299" })).url)).status).toBe(200);
    const begun = await begin({ prompt: "login" });
    const done = await browser.submit(await browser.get(begun.url), "/signin", { login: ADMIN_LOGIN });
    expect([...browser.cookies.values()]).not.toContain(before[0]);
    const tokens = await oauth.processAuthorizationCodeResponse(
      server,
      client,
      await exchange(done.location ?? new URL(CALLBACK), begun),
      { expectedNonce: begun.nonce, maxAge: 0 },
    );
    expect(oauth.getValidatedIdTokenClaims(tokens)?.auth_time).toBe(clock.now() / 1000);
  });

  test("verifies a second factor where the org, the next sign-in or the client asks for one", async () => {
    const { begin, control, exchange, server, client } = await startCompany();
    control.mfaNext(1);
    const browser = plainBrowser();
    const begun = await begin();
    const mfa = await browser.submit(await browser.get(begun.url), "/signin", { login: BOB_LOGIN });
    expect(mfa.html).toContain("Verify it’s you");
    const wrong = await browser.submit(mfa, "/signin/verify", { code: "000000" });
    expect(wrong.status).toBe(401);
    const done = await browser.submit(wrong, "/signin/verify", { code: "123 456" });
    const tokens = await oauth.processAuthorizationCodeResponse(
      server,
      client,
      await exchange(done.location ?? new URL(CALLBACK), begun),
      { expectedNonce: begun.nonce },
    );
    expect(oauth.getValidatedIdTokenClaims(tokens)?.amr).toEqual(["mfa", "otp", "pwd"]);
    control.demandMfa(true);
    expect((await browser.get((await begin()).url)).status).toBe(302);
    control.demandMfa(false);
    const onePassword = browserWith(control.signIn(ADMIN_LOGIN));
    const stepUp = await onePassword.get((await begin({ acr_values: "urn:okta:loa:2fa:any" })).url);
    expect(stepUp.html).toContain("Verify it’s you");
  });

  test("without the app is told so at the client, or on a page where the org does that", async () => {
    const { begin, control, sandbox } = await startCompany({ app: { assigned: { people: [ADMIN_LOGIN] } } });
    const browser = browserWith(control.signIn(BOB_LOGIN));
    const begun = await begin();
    const { location } = await browser.get(begun.url);
    expect(Object.fromEntries(location?.searchParams ?? [])).toEqual({
      state: begun.state,
      error: "access_denied",
      error_description: "User is not assigned to the client application.",
    });
    control.tellUnassigned("page");
    const page = await browser.get((await begin()).url);
    expect(page).toMatchObject({ status: 403, html: expect.stringContaining("not assigned") });
    const events = sandbox.org.events.map(({ eventType }) => eventType);
    expect(events).toContain("app.generic.unauth_app_access_attempt");
  });

  test("who is unknown, suspended or locked cannot sign in, and a session of theirs counts no more", async () => {
    const { begin, control, org, person } = await startCompany();
    const browser = browserWith(control.signIn(BOB_LOGIN));
    org.users.setStatus(person(BOB_LOGIN), "SUSPENDED", SUSPEND);
    const page = await browser.get((await begin()).url);
    expect(page.status).toBe(200);
    for (const login of [BOB_LOGIN, "nobody@acme-robotics.example", ""]) {
      const again = await browser.submit(page, "/signin", { login });
      expect(again).toMatchObject({ status: 401, html: expect.stringContaining("Unable to sign in") });
    }
    org.users.setStatus(person(BOB_LOGIN), "LOCKED_OUT", SUSPEND);
    expect((await browser.submit(page, "/signin", { login: BOB_LOGIN })).html).toContain("account is locked");
  });

  test("signs in at once where the org is told who it is", async () => {
    const { control, signInSilently } = await startCompany();
    control.autoSignIn(BOB_LOGIN);
    const tokens = await signInSilently(plainBrowser(), { prompt: "login" });
    expect(oauth.getValidatedIdTokenClaims(tokens)?.preferred_username).toBe(BOB_LOGIN);
  });

  test("answers from the page that asks, in the browser that was asked, once", async () => {
    const { begin } = await startCompany();
    const [browser, other] = [plainBrowser(), plainBrowser()];
    const page = await browser.get((await begin()).url);
    await other.get((await begin()).url);
    expect((await other.submit(page, "/signin", { login: ADMIN_LOGIN })).status).toBe(403);
    expect((await browser.submit(page, "/signin", { login: ADMIN_LOGIN, csrf_token: "x" })).status).toBe(403);
    expect((await browser.submit(page, "/signin/verify", { code: "123456" })).status).toBe(410);
    const second = await browser.get((await begin()).url);
    expect((await browser.submit(second, "/signin", { login: ADMIN_LOGIN })).status).toBe(302);
    expect((await browser.submit(page, "/signin", { login: ADMIN_LOGIN })).status).toBe(302);
    expect((await browser.submit(page, "/signin", { login: ADMIN_LOGIN })).status).toBe(410);
  });
});

describe("a code", () => {
  async function withCode(options: Parameters<typeof startCompany>[0] = {}) {
    const company = await startCompany(options);
    const browser = browserWith(company.control.signIn(ADMIN_LOGIN));
    const code = async (change: Record<string, string | undefined> = {}) => {
      const begun = await company.begin(change);
      return { begun, value: (await browser.get(begun.url)).location?.searchParams.get("code") ?? "" };
    };
    const redeem = async (form: Record<string, string>, headers: Record<string, string> = {}) => {
      const body = new URLSearchParams({ grant_type: "authorization_code", redirect_uri: CALLBACK, ...form });
      const basic = `Basic ${Buffer.from(`${WEB_CLIENT_ID}:${company.secret}`).toString("base64")}`;
      const response = await fetch(`${company.origin}/oauth2/v1/token`, {
        method: "POST",
        body,
        headers: { authorization: basic, ...headers },
      });
      const { error, error_description: text } = (await response.json()) as Record<string, string>;
      return { status: response.status, error, text };
    };
    return { ...company, code, redeem };
  }
  const OK = { status: 200, error: undefined };

  test("is good once, for five minutes, with its redirect URI and verifier", async () => {
    const { code, redeem, clock } = await withCode();
    const first = await code();
    const good = { code: first.value, code_verifier: first.begun.verifier };
    expect(await redeem(good)).toMatchObject(OK);
    expect(await redeem(good)).toMatchObject({ status: 400, error: "invalid_grant" });

    const late = await code();
    clock.advanceSeconds(300);
    expect((await redeem({ code: late.value, code_verifier: late.begun.verifier })).error).toBe("invalid_grant");

    const moved = await code();
    const elsewhere = { code: moved.value, code_verifier: moved.begun.verifier, redirect_uri: `${CALLBACK}/x` };
    expect((await redeem(elsewhere)).text).toContain("'redirect_uri' does not match");
    const wrong = await code();
    expect((await redeem({ code: wrong.value, code_verifier: "x".repeat(43) })).text).toBe("PKCE verification failed.");
    expect((await redeem({ code: wrong.value, code_verifier: wrong.begun.verifier })).error).toBe("invalid_grant");
    const none = await code();
    expect((await redeem({ code: none.value })).error).toBe("invalid_request");
    const without = await code({ code_challenge: undefined, code_challenge_method: undefined });
    expect((await redeem({ code: without.value, code_verifier: "x".repeat(43) })).error).toBe("invalid_request");
  });

  test("of several at once lets only one request through", async () => {
    const { code, redeem } = await withCode();
    const { begun, value } = await code();
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => redeem({ code: value, code_verifier: begun.verifier })),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  test("is worth nothing to another client, and nothing once its person is gone", async () => {
    const { code, redeem, org, person, control } = await withCode({
      arrange: (org) => void org.addApp({ id: "0oaOther", label: "Other", signOnMode: "OPENID_CONNECT", ...OTHER }),
    });
    const { begun, value } = await code();
    const form = { code: value, code_verifier: begun.verifier };
    const basic = `Basic ${Buffer.from("0oaOther:other-secret").toString("base64")}`;
    expect((await redeem(form, { authorization: basic })).text).toContain("issued to another client");
    org.users.setStatus(person(), "DEPROVISIONED", SUSPEND);
    expect((await redeem(form)).error).toBe("invalid_grant");
    expect(control.issued()).toEqual([]);
  });

  test("takes a secret in the header or the body, a key, and nothing less", async () => {
    const { code, redeem, secret = "", origin, clock } = await withCode();
    const post = async (form: Record<string, string>) => {
      const { begun, value } = await code();
      const body = new URLSearchParams({
        grant_type: "authorization_code",
        redirect_uri: CALLBACK,
        code: value,
        code_verifier: begun.verifier,
        ...form,
      });
      const response = await fetch(`${origin}/oauth2/v1/token`, { method: "POST", body });
      return response.status;
    };
    expect(await post({ client_id: WEB_CLIENT_ID, client_secret: secret })).toBe(200);
    expect(await post({ client_id: WEB_CLIENT_ID, client_secret: `${secret}x` })).toBe(401);
    expect(await post({ client_id: WEB_CLIENT_ID })).toBe(401);
    for (const authorization of ["Basic !", "Basic eA==", `Basic ${Buffer.from("a:b").toString("base64")}`]) {
      expect(await redeem({ code: "x" }, { authorization })).toMatchObject({ status: 401, error: "invalid_client" });
    }
    const key = await testKey();
    const withKey = await withCode({ app: { auth: "private_key_jwt", jwks: { keys: [key.publicJwk] } } });
    const { begun, value } = await withKey.code();
    const audience = `${withKey.origin}/oauth2/v1/token`;
    const body = new URLSearchParams({
      grant_type: "authorization_code",
      redirect_uri: CALLBACK,
      code: value,
      code_verifier: begun.verifier,
      client_assertion_type: ASSERTION_TYPE,
      client_assertion: await clientAssertion(key, { clientId: WEB_CLIENT_ID, audience, nowMs: clock.now() }),
    });
    expect((await fetch(audience, { method: "POST", body })).status).toBe(200);
  });
});

const OTHER = {
  credentials: { oauthClient: { token_endpoint_auth_method: "client_secret_basic", client_secret: "other-secret" } },
  settings: {
    oauthClient: { application_type: "web", grant_types: ["authorization_code"], redirect_uris: [CALLBACK] },
  },
};

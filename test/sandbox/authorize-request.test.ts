import { describe, expect, test } from "vitest";
import { ADMIN_LOGIN, WEB_CLIENT_ID } from "../../sandbox/facts.js";
import type { OAuthAppOptions } from "../../sandbox/oauth-app.js";
import { browserWith, CALLBACK, startCompany } from "../support/company-org.js";

/** Starts an org with a signed-in browser. `ask` sends a request and returns the answer in one object. */
async function setUp(app: OAuthAppOptions = {}) {
  const company = await startCompany({ app });
  const browser = browserWith(company.control.signIn(ADMIN_LOGIN));
  async function ask(change: Record<string, string | undefined>) {
    const { url } = await company.begin(change);
    const { status, location, html } = await browser.get(url);
    const parameters = Object.fromEntries(location?.searchParams ?? []);
    return { status, to: location && location.origin + location.pathname, ...parameters, html };
  }
  return { ...company, browser, ask };
}

describe("an authorization request", () => {
  test("whose client or place nobody vouches for is told of on the org's page, and leads nowhere", async () => {
    const { ask, begin, browser } = await setUp();
    for (const client_id of [undefined, "", "0oaNobody", "<b>x</b>"]) {
      const { status, to, html } = await ask({ client_id });
      expect({ client_id, status, to }).toEqual({ client_id, status: 400, to: undefined });
      expect(html).toContain("Invalid value for &#39;client_id&#39; parameter.");
    }
    const places = [
      undefined,
      "",
      `${CALLBACK}/`,
      `${CALLBACK}?x=1`,
      `${CALLBACK}#x`,
      CALLBACK.replace("127.0.0.1:1", "127.0.0.1:2"),
      CALLBACK.replace("127.0.0.1", "localhost"),
      CALLBACK.replace("http://", "http://good@"),
      CALLBACK.replace("/auth", "/%61uth"),
      CALLBACK.replace("http:", "HTTP:"),
      "https://evil.example/",
      "javascript:alert(1)",
    ];
    for (const redirect_uri of places) {
      const { status, to, html } = await ask({ redirect_uri });
      expect({ redirect_uri, status, to }).toEqual({ redirect_uri, status: 400, to: undefined });
      expect(html).toContain("must be a Login redirect URI in the client app settings");
    }
    const { url } = await begin();
    url.searchParams.append("redirect_uri", "https://evil.example/");
    expect((await browser.get(url)).status).toBe(400);
  });

  test("with a wrong parameter is told of at the client, with Okta's code and the state", async () => {
    const { ask, browser, begin } = await setUp();
    const wrong: [Record<string, string | undefined>, string][] = [
      [{ response_type: undefined }, "unsupported_response_type"],
      [{ response_type: "token" }, "unsupported_response_type"],
      [{ response_mode: "okta_post_message" }, "unsupported_response_mode"],
      [{ scope: undefined }, "invalid_scope"],
      [{ scope: "openid okta.usres.read" }, "invalid_scope"],
      [{ scope: "profile okta.users.read" }, "access_denied"],
      [{ scope: "okta.users.read" }, "consent_required"],
      [{ prompt: "sometimes" }, "invalid_request"],
      [{ prompt: "none login" }, "invalid_request"],
      [{ prompt: "none", max_age: "0" }, "invalid_request"],
      [{ max_age: "-1" }, "invalid_request"],
      [{ max_age: "9999999999" }, "invalid_request"],
      [{ code_challenge_method: "plain" }, "invalid_request"],
      [{ code_challenge_method: undefined }, "invalid_request"],
      [{ code_challenge: undefined }, "invalid_request"],
      [{ code_challenge: "x".repeat(42) }, "invalid_request"],
      [{ code_challenge: `${"x".repeat(42)}+` }, "invalid_request"],
      [{ acr_values: "urn:example:gold" }, "access_denied"],
      [{ request: "x.y.z" }, "request_not_supported"],
    ];
    for (const [change, error] of wrong) {
      const answer = await ask({ state: "st", ...change });
      expect({ change, ...answer }).toMatchObject({ change, status: 302, to: CALLBACK, error, state: "st" });
      expect(answer).toHaveProperty("error_description", expect.stringMatching(/.+/));
    }
    expect(await ask({ state: undefined })).toMatchObject({ to: CALLBACK, error: "invalid_request" });
    const { url } = await begin();
    url.searchParams.append("nonce", "another");
    expect((await browser.get(url)).location?.searchParams.get("error")).toBe("invalid_request");
  });

  test("needs PKCE where the app demands it, and for every client without a secret", async () => {
    const none = { code_challenge: undefined, code_challenge_method: undefined };
    expect(await (await setUp()).ask(none)).toHaveProperty("code");
    expect(await (await setUp({ pkceRequired: true })).ask(none)).toMatchObject({ error: "invalid_request" });
    const native = await setUp({ type: "native", pkceRequired: false });
    expect(await native.ask(none)).toMatchObject({ error: "invalid_request" });
    expect(await native.ask({})).toHaveProperty("code");
  });

  test("is refused for what the app is not configured for", async () => {
    const noRefresh = await setUp({ grantTypes: ["authorization_code"] });
    expect(await noRefresh.ask({})).toMatchObject({ error: "invalid_scope" });
    expect(await noRefresh.ask({ scope: "openid" })).toHaveProperty("code");
    expect(await (await setUp({ grantTypes: ["refresh_token"] })).ask({})).toMatchObject({
      error: "unauthorized_client",
    });
  });

  test("with `prompt=none` never shows a page", async () => {
    const { ask, control } = await setUp();
    expect(await ask({ prompt: "none" })).toHaveProperty("code");
    control.demandMfa(true);
    expect(await ask({ prompt: "none" })).toMatchObject({ error: "login_required" });
    control.demandMfa(false);
    control.endSessions();
    expect(await ask({ prompt: "none" })).toMatchObject({ status: 302, error: "login_required" });
  });

  test("gets the error of the test's choice", async () => {
    const { ask, control } = await setUp();
    control.nextAuthorizeError("access_denied", 'No <b>"way"</b>\r\nX: y&code=1');
    expect(await ask({})).toMatchObject({
      to: CALLBACK,
      error: "access_denied",
      error_description: 'No <b>"way"</b>\r\nX: y&code=1',
    });
    expect(await ask({})).toHaveProperty("code");
  });

  test("keeps the state as it came, whatever is in it, and answers in the fragment on demand", async () => {
    const { ask, browser, begin } = await setUp();
    const state = "a&code=stolen#x\r\nSet-Cookie: a=b %26 ü";
    expect(await ask({ state })).toMatchObject({ state });
    const { location } = await browser.get((await begin({ response_mode: "fragment" })).url);
    expect(location?.search).toBe("");
    expect(new URLSearchParams(location?.hash.slice(1)).get("code")).toMatch(/.+/);
  });

  test("may come by POST, suggests the login of the hint, and shows it as text", async () => {
    const { origin, begin } = await setUp();
    const { url } = await begin({ login_hint: '"><script>' });
    const body = url.searchParams;
    const response = await fetch(`${origin}/oauth2/v1/authorize`, { method: "POST", body });
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('value="&quot;&gt;&lt;script&gt;"');
  });

  test("is refused for an app that was deactivated, and for a service", async () => {
    const { ask, org } = await setUp();
    const app = org.apps.get(WEB_CLIENT_ID);
    if (app === undefined) throw new Error("The org has lost its app.");
    org.apps.change({ ...app, status: "INACTIVE" }, { eventType: "x", displayMessage: "x" });
    expect(await ask({})).toMatchObject({ status: 400, to: undefined });
    const service = await setUp({ type: "service" });
    expect(await service.ask({})).toMatchObject({ status: 400, to: undefined });
  });
});

describe("an app that the Management API shows", () => {
  test("is the client that signs people in, and changes with it", async () => {
    const { ask, org, origin, control } = await setUp();
    const token = await control.issueAccessToken(["okta.apps.manage"]);
    const address = `${origin}/api/v1/apps/${WEB_CLIENT_ID}`;
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const app = (await (await fetch(address, { headers })).json()) as {
      settings: { oauthClient: Record<string, unknown> };
    };
    expect(app.settings.oauthClient).toMatchObject({ application_type: "web", redirect_uris: [CALLBACK] });
    const moved = `${CALLBACK}/moved`;
    app.settings.oauthClient.redirect_uris = [moved];
    expect((await fetch(address, { method: "PUT", headers, body: JSON.stringify(app) })).status).toBe(200);
    expect(await ask({})).toMatchObject({ status: 400 });
    expect(await ask({ redirect_uri: moved })).toMatchObject({ to: moved, code: expect.any(String) });
    expect(org.apps.size).toBe(1);
  });
});

import { describe, expect, test } from "vitest";
import { ADMIN_LOGIN } from "../../sandbox/facts.js";
import { plainBrowser, type Visit } from "../support/browser.js";
import { type CompanyWeb, startCompanyWeb } from "../support/company-server.js";
import { startTokenWeb } from "../support/company-tokens.js";

const LOGIN = "/auth/sso/login/okta";

/** Signs Ada in by the page that other gateways have. */
async function signIn(web: CompanyWeb, browser = plainBrowser(), login = ADMIN_LOGIN): Promise<Visit> {
  web.company.control.autoSignIn(login);
  const page = await browser.get(`${web.publicUrl}${LOGIN}`);
  return web.follow(browser, await browser.submit(page, LOGIN, {}));
}

const told = async (web: Pick<CompanyWeb, "publicUrl">, path: string) => {
  const answer = await fetch(`${web.publicUrl}${path}`, { redirect: "manual" });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
};

describe("the addresses that other gateways have", () => {
  test("S14: the list of providers has exactly Okta, and nothing of the settings", async () => {
    const { status, headers, text } = await told(await startCompanyWeb(), "/auth/sso/providers");
    expect(status).toBe(200);
    expect(headers.get("content-type")).toMatch(/^application\/json/);
    expect(headers.get("cache-control")).toBe("no-store");
    expect(text).toBe('[{"id":"okta","name":"okta","display_name":"Okta"}]');
  });

  test("the page to sign in has the button, and its redirect URI is made of public_url, whatever the request says", async () => {
    const web = await startCompanyWeb();
    const browser = plainBrowser();
    const page = await browser.get(`${web.publicUrl}${LOGIN}`);
    expect(page.html).toContain("Continue with Okta");
    expect(page.html).not.toContain("<script");
    const headers = {
      "x-forwarded-host": "evil.example",
      "x-forwarded-proto": "https",
      forwarded: "host=evil.example",
    };
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const csrf = /name="csrf" value="([^"]+)"/.exec(page.html)?.[1] ?? "";
    const answer = await fetch(`${web.publicUrl}${LOGIN}`, {
      method: "POST",
      redirect: "manual",
      headers: { ...headers, cookie },
      body: new URLSearchParams({ csrf }),
    });
    const address = new URL(answer.headers.get("location") ?? "");
    expect(address.searchParams.get("redirect_uri")).toBe(`${web.publicUrl}/auth/sso/callback/okta`);
    expect((await signIn(web)).html).toContain(ADMIN_LOGIN);
  });

  test("a link signs nobody in, and nothing is found at another provider's addresses", async () => {
    const web = await startCompanyWeb();
    const browser = plainBrowser();
    const page = await browser.get(`${web.publicUrl}${LOGIN}?redirect_uri=https://evil.example`);
    expect(page.location).toBeUndefined();
    expect(page.html).not.toContain("evil.example");
    for (const path of ["/auth/sso/login/github", "/auth/sso/callback/oauth", "/auth/sso/callback/okta/"]) {
      expect((await told(web, path)).status, path).toBe(404);
    }
  });

  test("S13: with sign-on switched off every address of it answers 404 and says so", async () => {
    const web = await startTokenWeb({ serve: { sign_on: { enabled: false } } });
    for (const path of ["/providers", "/login/okta", "/callback/okta?code=x&state=y", "/logout", "/anything", ""]) {
      const { status, text } = await told(web, `/auth/sso${path}`);
      expect(status, path).toBe(404);
      expect(JSON.parse(text)).toMatchObject({ error: "sso_disabled", detail: "SSO authentication is disabled" });
    }
    expect((await told(web, "/me")).status).toBe(404);
  });
});

describe("S22: signing out", () => {
  test("by /auth/sso/logout takes a form; the session is dead, and the browser keeps no page", async () => {
    const web = await startCompanyWeb();
    const browser = plainBrowser();
    const me = await signIn(web, browser);
    const stolen = browser.cookies.get("okta-mcp.pages") ?? "";
    const page = await browser.get(`${web.publicUrl}/auth/sso/logout`);
    expect(page.html).toContain("Sign out of Okta too");
    expect((await browser.get(`${web.publicUrl}/me`)).html).toContain(ADMIN_LOGIN);
    const out = await web.follow(browser, await browser.submit(page, "/auth/sso/logout", { where: "here" }));
    expect(out.html).toContain("You are signed out");
    expect(me.headers.get("cache-control")).toBe("no-store");
    browser.cookies.set("okta-mcp.pages", stolen);
    expect((await browser.get(`${web.publicUrl}/me`)).html).not.toContain(ADMIN_LOGIN);
    expect(await web.store.audit.page({ action: "sign_out", limit: 5 })).toHaveLength(1);
  });

  test("nobody else's form signs out", async () => {
    const web = await startCompanyWeb();
    const [ada, mallory] = [plainBrowser(), plainBrowser()];
    await signIn(web, ada);
    await signIn(web, mallory);
    const theirs = await mallory.get(`${web.publicUrl}/auth/sso/logout`);
    expect((await ada.submit(theirs, "/auth/sso/logout", { where: "everywhere" })).status).toBe(403);
    expect((await ada.get(`${web.publicUrl}/me`)).html).toContain(ADMIN_LOGIN);
  });

  test("at Okta too, a registered page of this server comes after it", async () => {
    const web = await startCompanyWeb({ serve: { sign_on: { after_sign_out: "/signed-out" } } });
    const app = web.company.org.apps.get(web.company.client.client_id) as unknown as {
      settings: { oauthClient: { post_logout_redirect_uris: string[] } };
    };
    app.settings.oauthClient.post_logout_redirect_uris = [`${web.publicUrl}/signed-out`];
    const browser = plainBrowser();
    await signIn(web, browser);
    const page = await browser.get(`${web.publicUrl}/auth/sso/logout`);
    const out = await browser.submit(page, "/auth/sso/logout", { where: "okta" });
    expect(out.location?.searchParams.get("id_token_hint")).toBeTruthy();
    expect((await web.follow(browser, out)).url).toBe(`${web.publicUrl}/signed-out`);
  });

  test("a link cannot say that everything has ended; who ended it is told once", async () => {
    const web = await startCompanyWeb();
    const browser = plainBrowser();
    await signIn(web, browser);
    expect((await browser.get(`${web.publicUrl}/signed-out?everywhere`)).html).not.toContain("No program may act");
    const page = await browser.get(`${web.publicUrl}/auth/sso/logout`);
    const out = await browser.submit(page, "/auth/sso/logout", { where: "everywhere" });
    const proof = browser.cookies.get("okta-mcp.signed-out") ?? "";
    expect((await web.follow(browser, out)).html).toContain("No program may act for you any more");
    expect((await web.follow(browser, out)).html).not.toContain("No program may act");
    const other = plainBrowser();
    await other.get(`${web.publicUrl}${LOGIN}`);
    other.cookies.set("okta-mcp.signed-out", proof);
    expect((await other.get(`${web.publicUrl}/signed-out`)).html).not.toContain("No program may act");
  });
});

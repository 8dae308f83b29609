import { describe, expect, test } from "vitest";
import { ADMIN_LOGIN, MCP_SERVER_ID, WEB_CLIENT_ID } from "../../sandbox/facts.js";
import { plainBrowser, type Visit } from "../support/browser.js";
import { type CompanyWeb, type CompanyWebOptions, startCompanyWeb } from "../support/company-server.js";
import { findingsOf } from "../support/serve-check.js";

const LOGIN = "/auth/sso/login/okta";
const PROFILE = { department: "Identity", title: "<b>Operations</b>" };

/** A company whose people sign in with a custom authorization server of the org. */
function start(sign_on: Record<string, unknown> = {}, more: Partial<CompanyWebOptions> = {}) {
  return startCompanyWeb({
    customServers: () => [
      {
        id: MCP_SERVER_ID,
        audience: "api://people",
        scopes: [],
        groupsClaim: { filter: "STARTS_WITH", value: "okta-mcp-", lists: "id" },
        personClaims: [
          { name: "department", attribute: "department", when: "always" },
          { name: "title", attribute: "title", when: "userinfo" },
        ],
      },
    ],
    ...more,
    arrange(org, publicUrl) {
      const ada = org.users.findByLogin(ADMIN_LOGIN);
      Object.assign(ada?.profile ?? {}, PROFILE);
      more.arrange?.(org, publicUrl);
    },
    serve: (origin) => ({
      okta: {
        org_url: origin,
        // One slash at the end is forgiven.
        issuer: `${origin}/oauth2/${MCP_SERVER_ID}/`,
        client_id: WEB_CLIENT_ID,
        client_secret_file: "secret",
      },
      sign_on,
    }),
  });
}

async function atPages(web: CompanyWeb, browser = plainBrowser()): Promise<Visit> {
  web.company.control.autoSignIn(ADMIN_LOGIN);
  return web.follow(browser, await browser.submit(await browser.get(`${web.publicUrl}${LOGIN}`), LOGIN, {}));
}

const ada = async ({ store, company }: CompanyWeb) => store.people.findBySubject(company.origin, company.person().id);

describe("a custom authorization server as the issuer of people", () => {
  test("signs people in by its own endpoints; rights at Okta come from the org's own in a second leg", async () => {
    const web = await start();
    const { access_token, call } = await web.signIn(ADMIN_LOGIN);
    expect(access_token).toBeTruthy();
    expect((await call("tools/call", { name: "list_users", arguments: {} })).text).toContain(ADMIN_LOGIN);
    const issued = web.company.control.issued().filter(({ kind }) => kind === "access_token");
    const byServer = (serverId: string | undefined) => issued.filter((token) => token.serverId === serverId);
    expect(byServer(MCP_SERVER_ID).flatMap(({ scopes }) => scopes)).not.toContain("okta.users.read");
    expect(byServer(undefined).flatMap(({ scopes }) => scopes)).toContain("okta.users.read");
  });

  test("S4, S5: a person is the org's, whichever of its servers says so, and another org's with the same id is another", async () => {
    const web = await start();
    await atPages(web);
    const person = await ada(web);
    expect(person).toMatchObject({ issuer: web.company.origin, subject: web.company.person().id });
    const elsewhere = { ...(person as NonNullable<typeof person>), issuer: "https://other.okta.com" };
    expect((await web.store.people.signedIn(elsewhere)).id).not.toBe(person?.id);
  });

  test("is asked at each refresh whether the person is still there, and its tokens end with the sign-out", async () => {
    const web = await start();
    const { client_id, refresh_token } = await web.signIn(ADMIN_LOGIN);
    web.company.clock.advanceSeconds(120);
    const renewed = await web.token({ grant_type: "refresh_token", client_id, refresh_token });
    expect(renewed.status, JSON.stringify(renewed.body)).toBe(200);
    const live = () => web.company.control.issued().filter(({ kind, revoked }) => kind === "refresh_token" && !revoked);
    expect(new Set(live().map(({ serverId }) => serverId))).toEqual(new Set([MCP_SERVER_ID, undefined]));
    const browser = plainBrowser();
    await atPages(web, browser);
    const out = await browser.get(`${web.publicUrl}/auth/sso/logout`);
    await browser.submit(out, "/auth/sso/logout", { where: "everywhere" });
    await expect.poll(() => live().length).toBe(0);
  });

  test("ends the session at Okta where the ID token came from it", async () => {
    const web = await start();
    const browser = plainBrowser();
    await atPages(web, browser);
    const page = await browser.get(`${web.publicUrl}/auth/sso/logout`);
    const out = await browser.submit(page, "/auth/sso/logout", { where: "okta" });
    expect(out.location?.pathname).toBe(`/oauth2/${MCP_SERVER_ID}/v1/logout`);
    expect((await browser.get(out.location as URL)).status).toBe(200);
  });

  test("department and title are kept where the ID token claims them, and from userinfo where it is asked", async () => {
    const web = await start();
    await atPages(web);
    expect(await ada(web)).toMatchObject({ department: PROFILE.department, title: undefined });
    const asking = await start({ userinfo: true });
    await atPages(asking);
    expect(await ada(asking)).toMatchObject(PROFILE);
  });

  test("userinfo of somebody else is refused", async () => {
    const web = await start({ userinfo: true });
    web.company.sandbox.next("GET", `/oauth2/${MCP_SERVER_ID}/v1/userinfo`, {
      status: 200,
      json: { sub: "00uSomebodyElse000001", department: "Evil" },
    });
    expect((await atPages(web)).html).toContain("<code>id_token_invalid</code>");
    expect(await ada(web)).toBeUndefined();
  });

  test("a start is refused where another issuer answers, with both values, and goes on where none answers", async () => {
    const web = await start();
    const { origin, sandbox } = web.company;
    const path = `/oauth2/${MCP_SERVER_ID}/.well-known/openid-configuration`;
    const metadata = (await (await fetch(`${origin}${path}`)).json()) as Record<string, unknown>;
    const other = `${origin}/oauth2/ausOther`;
    sandbox.next("GET", path, { status: 200, json: { ...metadata, issuer: other } });
    await expect(web.anotherInstance()).rejects.toThrow(new RegExp(`okta.issuer is .*${MCP_SERVER_ID}, .* "${other}"`));
    sandbox.next("GET", path, { status: 200, json: { ...metadata, token_endpoint: "https://evil.example/token" } });
    await expect(web.anotherInstance()).rejects.toThrow(/token_endpoint .* is not at/);
    sandbox.next("GET", path, { status: 404 });
    await expect(web.anotherInstance()).rejects.toThrow(/has no metadata/);
    sandbox.next("GET", path, { status: 503, times: 5 });
    await web.anotherInstance();
    expect(web.lines.join("")).toContain("does not answer yet");
  });

  test("`serve check` names an issuer that is not there", async () => {
    const web = await start();
    const { origin } = web.company;
    const of = async (issuer: string) => {
      const okta = { ...web.content.okta, issuer };
      return (await findingsOf(web, { serve: { okta } })).find(({ about }) => about === "issuer of people");
    };
    expect(await of(`${origin}/oauth2/${MCP_SERVER_ID}`)).toMatchObject({ state: "ok" });
    expect(await of(`${origin}/oauth2/ausNone`)).toMatchObject({ state: "wrong", code: "issuer_mismatch" });
  });
});

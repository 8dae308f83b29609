import { describe, expect, test } from "vitest";
import { ADMIN_LOGIN } from "../../sandbox/facts.js";
import { plainBrowser, type Visit } from "../support/browser.js";
import { BOB_LOGIN } from "../support/company-org.js";
import { type CompanyWeb, startCompanyWeb } from "../support/company-server.js";
import { startTokenWeb } from "../support/company-tokens.js";

const CB = "http://127.0.0.1:4711/cb";
const LOGIN = "/auth/sso/login/okta";
const ROLES = [{ name: "helpdesk", members: [ADMIN_LOGIN, BOB_LOGIN], scopes: ["okta.users.read"] }];

/** The page after somebody tried to sign in to the pages. */
async function atPages(web: CompanyWeb, login = ADMIN_LOGIN): Promise<Visit> {
  web.company.control.autoSignIn(login);
  const browser = plainBrowser();
  return web.follow(browser, await browser.submit(await browser.get(`${web.publicUrl}${LOGIN}`), LOGIN, {}));
}

/** The page after somebody tried to sign in to a client. */
async function atClient(web: CompanyWeb, login = ADMIN_LOGIN): Promise<Visit> {
  web.company.control.autoSignIn(login);
  const browser = plainBrowser();
  const { client_id } = await web.register();
  const page = await web.follow(browser, await browser.get((await web.begin({ client_id })).url), CB);
  return web.follow(browser, await browser.submit(page, page.url, { answer: "allow" }), CB);
}

const claims = ({ company }: CompanyWeb, change: Record<string, unknown>) =>
  company.control.nextToken("id_token", { claims: (all) => ({ ...all, ...change }) });

/** The number of refresh tokens of somebody that Okta still takes. */
const refreshTokensOf = ({ company }: CompanyWeb, login: string) =>
  company.control
    .issued()
    .filter(({ kind, userId, revoked }) => kind === "refresh_token" && userId === company.person(login).id && !revoked)
    .length;

const lastRefusal = async ({ store }: CompanyWeb) => (await store.audit.page({ action: "sign_in", limit: 1 }))[0];

describe("S2: only a verified address at exactly a trusted domain is let in", () => {
  const start = () => startCompanyWeb({ roles: ROLES, serve: { sign_on: { trusted_domains: ["acme.com"] } } });

  test.each<[string, Record<string, unknown>]>([
    ["two @", { email: "a@acme.com@evil.com" }],
    ["a domain below", { email: "a@sub.acme.com" }],
    ["a look-alike", { email: "a@аcme.com" }],
    ["a local part in quotation marks", { email: '"a@evil.com"@acme.com' }],
    ["an empty one", { email: "" }],
    ["none", { email: undefined }],
    ["an unverified one", { email: "a@acme.com", email_verified: false }],
    ["one of which nobody says that it is verified", { email: "a@acme.com", email_verified: undefined }],
    ["one that is verified in another type", { email: "a@acme.com", email_verified: "true" }],
  ])("%s", async (_, change) => {
    const web = await start();
    claims(web, { email_verified: true, ...change });
    const page = await atPages(web);
    expect(page.status).toBe(403);
    expect(page.html).toContain("<code>domain_not_trusted</code>");
    expect(page.html).toContain("sign_on.trusted_domains");
    expect(await lastRefusal(web)).toMatchObject({ outcome: "refused", detail: { code: "domain_not_trusted" } });
    expect(await web.store.people.findBySubject(web.company.origin, web.company.person().id)).toBeUndefined();
  });

  test("capital letters are the same domain, for a client too, which gets no code otherwise", async () => {
    const web = await start();
    claims(web, { email: "A@ACME.COM" });
    expect((await atClient(web)).location?.searchParams.get("code")).toBeTruthy();
    const refused = await atClient(web, BOB_LOGIN);
    expect(refused.html).toContain("<code>domain_not_trusted</code>");
    await expect.poll(() => refreshTokensOf(web, BOB_LOGIN)).toBe(0);
  });
});

test("S2: whoever's address is at a trusted domain no more loses access at the next refresh", async () => {
  const domain = ADMIN_LOGIN.split("@")[1] ?? "";
  const web = await startCompanyWeb({ roles: ROLES, serve: { sign_on: { trusted_domains: [domain] } } });
  const { client_id, refresh_token, call } = await web.signIn(ADMIN_LOGIN);
  web.company.clock.advanceSeconds(120);
  claims(web, { email: "ada@elsewhere.example" });
  const refused = await web.token({ grant_type: "refresh_token", client_id, refresh_token });
  expect(refused).toMatchObject({ status: 400, body: { error: "invalid_grant" } });
  expect((await call("tools/list")).status).toBe(401);
  const [ended] = await web.store.audit.page({ action: "access_ended", limit: 1 });
  expect(JSON.stringify(ended)).toContain("domain_not_trusted");
});

test("who is let in changes while the server runs", async () => {
  const web = await startCompanyWeb({ roles: ROLES });
  const { sign_on } = web.content;
  web.changeSettings({ sign_on: { ...sign_on, auto_create: false } });
  expect((await atPages(web)).html).toContain("<code>not_invited</code>");
  web.changeSettings({ sign_on: { ...sign_on, trusted_domains: ["acme.com"] } });
  expect((await atPages(web)).html).toContain("<code>domain_not_trusted</code>");
  web.changeSettings({ sign_on });
  expect((await atPages(web)).html).toContain(ADMIN_LOGIN);
});

describe("S7: where nobody is let in by themselves", () => {
  const start = () => startCompanyWeb({ roles: ROLES, serve: { sign_on: { auto_create: false } } });

  test("somebody unknown is refused, on record by their id at Okta, and nothing is kept of them", async () => {
    const web = await start();
    const page = await atClient(web);
    expect(page.status).toBe(403);
    expect(page.html).toContain("<code>not_invited</code>");
    expect(page.html).toContain("okta-mcp serve invite");
    expect(await lastRefusal(web)).toMatchObject({
      actor: undefined,
      target: web.company.person().id,
      detail: { code: "not_invited" },
    });
    expect(await web.store.people.findByLogin(ADMIN_LOGIN)).toEqual([]);
    await expect.poll(() => refreshTokensOf(web, ADMIN_LOGIN)).toBe(0);
  });

  test("whoever was invited comes in, once and for all; an invitation is by issuer and id, and ends", async () => {
    const web = await start();
    const { origin, clock } = web.company;
    const invited = { issuer: origin, subject: web.company.person().id, login: ADMIN_LOGIN, by: "test" };
    await web.store.invitations.invite({ ...invited, issuer: "https://other.okta.com" });
    expect((await atPages(web)).html).toContain("<code>not_invited</code>");
    await web.store.invitations.invite(invited);
    clock.advanceSeconds(31 * 24 * 3600);
    expect((await atPages(web)).html).toContain("<code>not_invited</code>");
    await web.store.invitations.invite(invited);
    expect((await atPages(web)).html).toContain(ADMIN_LOGIN);
    expect(await web.store.invitations.find(origin, invited.subject)).toBeUndefined();
    expect((await atPages(web)).html).toContain(ADMIN_LOGIN);
    expect((await atPages(web, BOB_LOGIN)).html).toContain("<code>not_invited</code>");
  });

  test("a token of a custom authorization server opens nothing either", async () => {
    const web = await startTokenWeb({ serve: { sign_on: { auto_create: false } } });
    const { status, text } = await web.listWith(await web.tokenOf());
    expect(status).toBe(403);
    expect(text).toContain("not_invited");
    expect(await web.store.people.findBySubject(web.company.origin, web.company.person().id)).toBeUndefined();
    const { origin } = web.company;
    await web.store.invitations.invite({
      issuer: origin,
      subject: web.company.person().id,
      login: undefined,
      by: "test",
    });
    expect((await web.listWith(await web.tokenOf())).status).toBe(200);
    expect(await web.store.invitations.page({ limit: 10 })).toEqual([]);
  });
});

describe("a second factor that this server needs", () => {
  const start = () => startCompanyWeb({ roles: ROLES, serve: { sign_on: { second_factor: true } } });

  test("is asked for, and a sign-in of which Okta does not say that it had one is refused", async () => {
    const web = await start();
    const browser = plainBrowser();
    const begun = await browser.submit(await browser.get(`${web.publicUrl}${LOGIN}`), LOGIN, {});
    expect(begun.location?.searchParams.get("acr_values")).toBe("urn:okta:loa:2fa:any");
    expect((await atClient(web)).location?.searchParams.get("code")).toBeTruthy();
    claims(web, { amr: ["pwd"], acr: undefined });
    expect((await atPages(web)).html).toContain("<code>mfa_required</code>");
    claims(web, { amr: ["pwd", "mfa", "otp"], acr: undefined });
    expect((await atPages(web)).html).toContain(ADMIN_LOGIN);
  });
});

import { expect, test } from "vitest";
import { ADMIN_LOGIN } from "../../sandbox/facts.js";
import { type PlainBrowser, plainBrowser, type Visit } from "../support/browser.js";
import { BOB_LOGIN } from "../support/company-org.js";
import { type CompanyWeb, type CompanyWebOptions, startCompanyWeb } from "../support/company-server.js";

const COOKIE = "okta-mcp.admin";

const startAdmins = (options: CompanyWebOptions = {}) =>
  startCompanyWeb({ admins: { members: [ADMIN_LOGIN] }, ...options });

/** Opens an admin page, by signing in where it asks for that. */
async function atAdmin(web: CompanyWeb, browser: PlainBrowser, path = "/admin", login = ADMIN_LOGIN): Promise<Visit> {
  web.company.control.autoSignIn(login);
  const page = await web.follow(browser, await browser.get(`${web.publicUrl}${path}`));
  if (!page.html.includes('action="/admin/login"')) return page;
  return web.follow(browser, await browser.submit(page, "/admin/login", {}));
}

test("without admins in the settings there are no admin pages, and nothing tells of them", async () => {
  const web = await startCompanyWeb();
  for (const path of ["/admin", "/admin/login", "/admin/step-up"]) {
    expect((await plainBrowser().get(`${web.publicUrl}${path}`)).status).toBe(404);
  }
});

test("S15: an admin gets in through Okta, without a role for tools, by a cookie of its own", async () => {
  const web = await startAdmins({ admins: { members: [BOB_LOGIN] } });
  const browser = plainBrowser();
  const page = await atAdmin(web, browser, "/admin", BOB_LOGIN);
  expect(page.status).toBe(200);
  expect(page.html).toContain(BOB_LOGIN);
  expect(browser.cookies.has(COOKIE)).toBe(true);
  expect(browser.cookies.has("okta-mcp.pages")).toBe(false);
  expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
  expect(page.headers.get("cache-control")).toBe("no-store");
});

test("S15: somebody who is no admin is refused by name of the cause, and has no session", async () => {
  const web = await startAdmins({ roles: [{ name: "all", members: [BOB_LOGIN], scopes: ["okta.users.read"] }] });
  const browser = plainBrowser();
  const page = await atAdmin(web, browser, "/admin", BOB_LOGIN);
  expect(page.status).toBe(403);
  expect(page.html).toContain("<code>not_admin</code>");
  expect(browser.cookies.has(COOKIE)).toBe(false);
  const [entry] = await web.store.audit.page({ limit: 1 });
  expect(entry).toMatchObject({ action: "sign_in", outcome: "refused", detail: { code: "not_admin" } });
});

test("S15: a session of the person's own pages opens no admin page, nor does that of an admin open the person's", async () => {
  const web = await startAdmins();
  const browser = plainBrowser();
  await atAdmin(web, browser);
  const thief = plainBrowser();
  thief.cookies.set("okta-mcp.pages", browser.cookies.get(COOKIE) ?? "");
  expect((await thief.get(`${web.publicUrl}/me`)).html).not.toContain(ADMIN_LOGIN);
  const other = plainBrowser();
  web.company.control.autoSignIn(ADMIN_LOGIN);
  await web.follow(other, await other.submit(await other.get(`${web.publicUrl}/me`), "/me/sign-in", {}));
  thief.cookies.set(COOKIE, other.cookies.get("okta-mcp.pages") ?? "");
  expect((await thief.get(`${web.publicUrl}/admin`)).location?.pathname).toBe("/admin/login");
});

test("S15: a session ends after its idle time and at its end in any case, and the page is there again after the sign-in", async () => {
  const web = await startAdmins({ admins: { members: [ADMIN_LOGIN], idle_minutes: 10, hours: 1 } });
  const browser = plainBrowser();
  await atAdmin(web, browser);
  const open = async () => (await browser.get(`${web.publicUrl}/admin?x=1`)).status;
  for (let minute = 0; minute < 54; minute += 9) {
    expect(await open(), String(minute)).toBe(200);
    web.company.clock.advanceSeconds(9 * 60);
  }
  expect(await open()).toBe(200);
  web.company.clock.advanceSeconds(7 * 60);
  const ended = await browser.get(`${web.publicUrl}/admin?x=1`);
  expect(ended.location?.href).toBe(`${web.publicUrl}/admin/login?to=%2Fadmin%3Fx%3D1`);
  const again = await atAdmin(web, browser, "/admin?x=1");
  expect([again.status, new URL(again.url).search]).toEqual([200, "?x=1"]);
  web.company.clock.advanceSeconds(601);
  expect(await open()).toBe(303);
});

test("S15: whoever loses the group loses the pages at the next request, whatever the session says", async () => {
  const web = await startAdmins();
  const browser = plainBrowser();
  await atAdmin(web, browser);
  const [person] = await web.store.people.findByLogin(ADMIN_LOGIN);
  await web.store.people.setGroups(person?.id ?? "", ["00gsomethingelse0001"]);
  const refused = await browser.get(`${web.publicUrl}/admin`);
  expect(refused.status).toBe(403);
  expect(refused.html).toContain("<code>not_admin</code>");
  expect((await browser.get(`${web.publicUrl}/admin`)).location?.pathname).toBe("/admin/login");
});

test("S12, S15: other admin groups in the settings count at the next request, and a blocked admin is none", async () => {
  const web = await startAdmins();
  const [one, two] = [plainBrowser(), plainBrowser()];
  for (const browser of [one, two]) await atAdmin(web, browser);
  const { admins } = web.content;
  if (admins === undefined) throw new Error("no admins");
  web.changeSettings({ admins: { ...admins, groups: ["00gsomethingelse0001"] } });
  expect((await one.get(`${web.publicUrl}/admin`)).status).toBe(403);
  web.changeSettings({ admins });
  expect((await two.get(`${web.publicUrl}/admin`)).status).toBe(200);
  const [person] = await web.store.people.findByLogin(ADMIN_LOGIN);
  await web.store.people.setStatus(person?.id ?? "", "blocked");
  expect((await two.get(`${web.publicUrl}/admin`)).status).toBe(403);
  web.changeSettings({ admins: undefined });
  expect((await two.get(`${web.publicUrl}/admin`)).status).toBe(404);
});

test("S15: where an assurance is asked for, Okta is asked for it, and a sign-in without it is refused", async () => {
  const acr_values = ["urn:okta:loa:2fa:any"];
  const web = await startAdmins({ admins: { members: [ADMIN_LOGIN], acr_values } });
  web.company.control.nextToken("id_token", { claims: (all) => ({ ...all, acr: "urn:okta:loa:1fa:any" }) });
  const refused = await atAdmin(web, plainBrowser());
  expect(refused.status).toBe(403);
  expect(refused.html).toContain("<code>mfa_required</code>");
  const browser = plainBrowser();
  const offer = await web.follow(browser, await browser.get(`${web.publicUrl}/admin`));
  const begun = await browser.submit(offer, "/admin/login", {});
  expect(begun.location?.searchParams.get("acr_values")).toBe(acr_values[0]);
  const asked = await browser.get(begun.location as URL);
  expect(asked.location?.searchParams.get("code") ?? asked.html).toBeTruthy();
});

test("S1: the session has a new cookie after each sign-in, and the one before is dead", async () => {
  const web = await startAdmins();
  const browser = plainBrowser();
  browser.cookies.set(COOKIE, "f".repeat(43));
  await atAdmin(web, browser);
  const first = browser.cookies.get(COOKIE) ?? "";
  expect(first).not.toBe("f".repeat(43));
  await web.follow(
    browser,
    await browser.submit(await browser.get(`${web.publicUrl}/admin/login`), "/admin/login", {}),
  );
  expect(browser.cookies.get(COOKIE)).not.toBe(first);
  const thief = plainBrowser();
  thief.cookies.set(COOKIE, first);
  expect((await thief.get(`${web.publicUrl}/admin`)).location?.pathname).toBe("/admin/login");
});

test("P24: the sign-in leads back to an admin page of this server and nowhere else", async () => {
  const web = await startAdmins();
  for (const to of [
    "//evil.example",
    "/\\evil.example",
    "https://evil.example/admin",
    "/admin//evil",
    "/admin\t",
    "/me",
    "/admin@evil",
  ]) {
    const browser = plainBrowser();
    web.company.control.autoSignIn(ADMIN_LOGIN);
    const offer = await browser.get(`${web.publicUrl}/admin/login?to=${encodeURIComponent(to)}`);
    const page = await web.follow(browser, await browser.submit(offer, "/admin/login", { to }));
    expect(new URL(page.url).origin, to).toBe(web.publicUrl);
    expect(new URL(page.url).pathname, to).toMatch(/^\/admin/);
  }
});

test("S16: a form without its token, with another browser's, or from another page is refused, and GET does nothing", async () => {
  const web = await startAdmins();
  const [ada, other] = [plainBrowser(), plainBrowser()];
  const page = await atAdmin(web, ada);
  const foreign = await atAdmin(web, other);
  const cookie = [...ada.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  const csrfOf = ({ html }: Visit) => /name="csrf" value="([^"]+)"/.exec(html)?.[1] ?? "";
  const post = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
    fetch(`${web.publicUrl}/admin/sign-out`, {
      method: "POST",
      headers: { cookie, ...headers },
      body: new URLSearchParams(fields),
      redirect: "manual",
    });
  const own = csrfOf(page);
  for (const [fields, headers] of [
    [{}, {}],
    [{ csrf: csrfOf(foreign) }, {}],
    [{ csrf: own }, { origin: "https://evil.example" }],
    [{ csrf: own }, { origin: "null" }],
    [{ csrf: own }, { "sec-fetch-site": "cross-site" }],
    [{ csrf: own }, { "sec-fetch-site": "same-site" }],
    [{ csrf: own }, { cookie: "", origin: "https://evil.example" }],
  ] as [Record<string, string>, Record<string, string>][]) {
    expect((await post(fields, headers)).status, JSON.stringify([Object.keys(fields), headers])).toBe(403);
  }
  expect((await ada.get(`${web.publicUrl}/admin`)).status).toBe(200);
  const got = await fetch(`${web.publicUrl}/admin/sign-out?csrf=${own}`, { headers: { cookie } });
  expect([got.status, got.headers.get("allow")]).toEqual([405, "POST"]);
  expect((await post({ csrf: own })).status).toBe(303);
  expect((await ada.get(`${web.publicUrl}/admin`)).location?.pathname).toBe("/admin/login");
});

import { expect, test } from "vitest";
import { ADMIN_LOGIN, WEB_CLIENT_ID } from "../../sandbox/facts.js";
import { type PlainBrowser, plainBrowser, type Visit } from "../support/browser.js";
import { BOB_LOGIN } from "../support/company-org.js";
import { type CompanyWeb, startCompanyWeb } from "../support/company-server.js";

const CB = "http://127.0.0.1:4711/cb";

/** Signs somebody in to /me by its button. */
async function atMe(web: CompanyWeb, browser: PlainBrowser, login = ADMIN_LOGIN): Promise<Visit> {
  web.company.control.autoSignIn(login);
  const offer = await browser.get(`${web.publicUrl}/me`);
  return web.follow(browser, await browser.submit(offer, "/me/sign-in", {}));
}

/** The page after a person tried to sign in to a client. */
async function tried(web: CompanyWeb, login = ADMIN_LOGIN): Promise<Visit> {
  web.company.control.autoSignIn(login);
  const browser = plainBrowser();
  const { client_id } = await web.register();
  const page = await web.follow(browser, await browser.get((await web.begin({ client_id })).url), CB);
  return web.follow(browser, await browser.submit(page, page.url, { answer: "allow" }), CB);
}

/** Has a client ask for a removal. @returns the address of the question, and the call again */
async function question(web: CompanyWeb, login = ADMIN_LOGIN) {
  const signedIn = await web.signIn(login);
  const lab = web.company.org.addGroup({ profile: { name: "Lab" } });
  const call = async () =>
    (await signedIn.call("tools/call", { name: "delete_group", arguments: { group_id: lab.id } })).text;
  const address = /approve_url":"([^"]+)"/.exec((await call()).replaceAll("\\", ""))?.[1] ?? "";
  return { ...signedIn, lab, call, address };
}

test("S1: the session of the pages has a new cookie after each sign-in, and the one before is dead", async () => {
  const web = await startCompanyWeb();
  const browser = plainBrowser();
  browser.cookies.set("okta-mcp.pages", "f".repeat(43));
  await atMe(web, browser);
  const first = browser.cookies.get("okta-mcp.pages") ?? "";
  expect(first).not.toBe("f".repeat(43));
  web.company.clock.advanceSeconds(600);
  await web.follow(browser, await browser.get(`${web.publicUrl}/approve/none`));
  expect(browser.cookies.get("okta-mcp.pages")).not.toBe(first);
  const thief = plainBrowser();
  thief.cookies.set("okta-mcp.pages", first);
  expect((await thief.get(`${web.publicUrl}/me`)).html).not.toContain(ADMIN_LOGIN);
});

test("S3, S4: a login that was given to somebody else inherits nothing; the same person with another login is the same", async () => {
  const web = await startCompanyWeb();
  await web.signIn(ADMIN_LOGIN);
  const [before] = await web.store.people.findByLogin(ADMIN_LOGIN);
  const claims = (all: Record<string, unknown>) => ({
    ...all,
    preferred_username: "new@acme.example",
    email: "new@acme.example",
  });
  web.company.control.nextToken("id_token", { claims });
  await atMe(web, plainBrowser());
  expect((await web.store.people.findByLogin("new@acme.example")).map(({ id }) => id)).toEqual([before?.id]);
  const reused = (all: Record<string, unknown>) => ({ ...all, preferred_username: ADMIN_LOGIN, email: ADMIN_LOGIN });
  web.company.control.nextToken("id_token", { claims: reused });
  const page = await atMe(web, plainBrowser(), BOB_LOGIN);
  expect(page.html).toContain("no_role");
  const all = await web.store.people.findByLogin(ADMIN_LOGIN);
  expect(all.map(({ id }) => id)).not.toContain(before?.id);
});

test("S8: somebody whose groups have no role is refused, on record, and sees no tools", async () => {
  const web = await startCompanyWeb();
  const refused = await tried(web, BOB_LOGIN);
  expect(refused.status).toBe(403);
  expect(refused.html).toContain("<code>no_role</code>");
  const [entry] = await web.store.audit.page({ limit: 1 });
  expect(entry).toMatchObject({ action: "sign_in", outcome: "refused", detail: { code: "no_role" }, ip: "127.0.0.1" });
  expect(entry?.requestId).toBeTruthy();
});

const CLAIMS: [string, unknown][] = [
  ["absent", undefined],
  ["a text", "okta-mcp-helpdesk"],
  ["an object", { helpdesk: true }],
  ["names", ["okta-mcp-helpdesk", "admin"]],
  ["as many as a cut claim has", Array.from({ length: 100 }, (_, n) => `00gcut${String(n).padStart(14, "0")}`)],
];

test.each(CLAIMS)(
  "S9, S10: a groups claim that is %s gives no role, and the page says what the operator has to do",
  async (_, groups) => {
    const web = await startCompanyWeb({ roles: [{ name: "helpdesk", scopes: ["okta.users.read"] }] });
    web.company.control.nextToken("id_token", { claims: (all) => ({ ...all, groups, roles: ["helpdesk"] }) });
    const refused = await tried(web);
    expect(refused.html).toContain("<code>groups_claim_missing</code>");
  },
);

test("S9: 500 groups are 500 groups", async () => {
  const web = await startCompanyWeb({ roles: [{ name: "helpdesk", scopes: ["okta.users.read"] }] });
  const many = Array.from({ length: 500 }, (_, n) => `00gmany${String(n).padStart(13, "0")}`);
  web.company.control.nextToken("id_token", {
    claims: (all) => ({ ...all, groups: [...many, ...(all.groups as string[])] }),
  });
  expect((await tried(web)).location?.searchParams.get("code")).toBeTruthy();
});

test("P26: an error of Okta's has a stable code and what to do about it", async () => {
  const web = await startCompanyWeb();
  const app = web.company.org.apps.get(WEB_CLIENT_ID);
  if (app !== undefined) web.company.org.apps.unassignUser(app, web.company.person());
  expect((await tried(web)).html).toMatch(/not assigned[\s\S]*Ask who runs this server[\s\S]*<code>user_not_assigned</);
  const told = async (error: string, description?: string) => {
    web.company.control.nextAuthorizeError(error, description);
    return (await tried(web)).html;
  };
  expect(await told("access_denied", "Policy evaluation failed for this request.")).toContain(
    "<code>policy_denied</code>",
  );
  expect(await told("invalid_scope")).not.toContain("Okta API Scopes");
  expect(await told("server_error")).toContain("<code>okta_busy</code>");
});

test("P26: a wrong secret of this server's app is told to the operator, with no secret in it", async () => {
  const web = await startCompanyWeb({ files: { secret: "wrong".repeat(8) } });
  const { html, status } = await tried(web);
  expect(status).toBe(403);
  expect(html).toContain("<code>invalid_client</code>");
  expect(html).toContain("serve check");
  expect(`${html}${web.lines.join("")}`).not.toContain("wrongwrong");
});

test("S17: names with markup in them are text on every page", async () => {
  const web = await startCompanyWeb();
  const name = '<img src=x onerror="alert(1)">';
  const { browser } = await web.signIn(ADMIN_LOGIN, { clientName: name });
  const lab = web.company.org.addGroup({ profile: { name } });
  const { address, call } = await question(web);
  expect(lab.id).toBeTruthy();
  expect(await call()).toContain("needs_approval");
  for (const page of [await atMe(web, browser), await web.follow(browser, await browser.get(address))]) {
    expect(page.html).not.toContain("<img");
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(page.headers.get("cache-control")).toBe("no-store");
  }
});

test("S22: after a sign-out the session is dead, the page before shows nothing, and a client's silent sign-in is over", async () => {
  const web = await startCompanyWeb();
  const { browser, call } = await web.signIn(ADMIN_LOGIN);
  const me = await atMe(web, browser);
  expect(me.html).toContain("A test");
  const stolen = browser.cookies.get("okta-mcp.pages") ?? "";
  const out = await web.follow(browser, await browser.submit(me, "/me/sign-out", { where: "here" }));
  expect(out.html).toContain("You are signed out");
  expect(me.headers.get("cache-control")).toBe("no-store");
  browser.cookies.set("okta-mcp.pages", stolen);
  expect((await browser.get(`${web.publicUrl}/me`)).html).not.toContain(ADMIN_LOGIN);
  expect((await call("tools/list")).status).toBe(200);
  const { client_id } = await web.register();
  const page = await web.follow(browser, await browser.get((await web.begin({ client_id })).url), CB);
  expect(page.html).toContain("Continue with Okta");
});

test("S22: a sign-out at Okta too leads there with the ID token as a hint, and everywhere ends every client at once", async () => {
  const web = await startCompanyWeb();
  const { call } = await web.signIn(ADMIN_LOGIN);
  const browser = plainBrowser();
  const out = await browser.submit(await atMe(web, browser), "/me/sign-out", { where: "okta" });
  expect(out.location?.pathname).toBe("/oauth2/v1/logout");
  expect((await browser.get(out.location as URL)).status).toBe(200);
  expect((await call("tools/list")).status).toBe(200);
  await browser.submit(await atMe(web, browser), "/me/sign-out", { where: "everywhere" });
  expect((await call("tools/list")).status).toBe(401);
  const tokens = () => web.company.control.issued().filter(({ kind, revoked }) => kind === "refresh_token" && !revoked);
  await expect.poll(() => tokens().length).toBe(0);
});

test("one program's access ends by its button, and not by somebody else's form", async () => {
  const web = await startCompanyWeb({
    roles: [{ name: "all", members: [ADMIN_LOGIN, BOB_LOGIN], scopes: ["okta.users.read"] }],
  });
  const [one, two] = [await web.signIn(ADMIN_LOGIN), await web.signIn(ADMIN_LOGIN)];
  const [ada, bob] = [plainBrowser(), plainBrowser()];
  const [mine, his] = [await atMe(web, ada), await atMe(web, bob, BOB_LOGIN)];
  await bob.submit(his, "/me/revoke", { client: one.client_id });
  expect((await one.call("tools/list")).status).toBe(200);
  await ada.submit(mine, "/me/revoke", { client: one.client_id });
  expect((await one.call("tools/list")).status).toBe(401);
  expect((await two.call("tools/list")).status).toBe(200);
});

test("M6: a question is nobody else's, no GET answers it, and a double click is one answer", async () => {
  const web = await startCompanyWeb({
    roles: [{ name: "all", members: [ADMIN_LOGIN, BOB_LOGIN], scopes: ["okta.users.read", "okta.groups.manage"] }],
  });
  const { address, call, browser, lab } = await question(web);
  const bob = plainBrowser();
  web.company.control.autoSignIn(BOB_LOGIN);
  const his = await web.follow(bob, await bob.get(address));
  expect(his.status).toBe(403);
  expect(his.html).not.toContain("Lab");
  web.company.control.autoSignIn(ADMIN_LOGIN);
  const page = await web.follow(browser, await browser.get(address));
  expect(page.html).toContain(lab.id);
  await browser.get(`${address}?answer=yes`);
  expect(await call()).toContain("needs_approval");
  const clicks = await Promise.all([0, 1].map(() => browser.submit(page, page.url, { answer: "yes" })));
  expect(clicks.map(({ status }) => status)).toEqual([303, 303]);
  expect(await web.store.audit.page({ action: "approve", limit: 5 })).toHaveLength(1);
  const again = async () => (await browser.get(address)).html;
  expect(await again()).toContain('<h1 class="good">Approved</h1>');
  expect((await browser.submit(page, page.url, { answer: "no" })).status).toBe(303);
  expect(await again()).toContain("Approved</h1>");
  const calls = await Promise.all([call(), call()]);
  expect(calls.filter((text) => text.includes('\\"done\\":true'))).toHaveLength(1);
  expect(await again()).toContain("Approved and used");
  expect(await again()).toContain("Delete group &quot;Lab&quot;");
});

test("a question is shown to whoever typed in their password within five minutes, as auth_time proves", async () => {
  const web = await startCompanyWeb();
  const { address, browser } = await question(web);
  web.company.clock.advanceSeconds(200);
  await web.follow(browser, await browser.get(address));
  web.company.clock.advanceSeconds(200);
  const again = await browser.get(address);
  expect(again.location?.searchParams.get("max_age")).toBe("300");
});

test("/connect/okta does nothing by itself, says what is granted, and grants it by its button", async () => {
  const web = await startCompanyWeb();
  const { call, browser } = await web.signIn(ADMIN_LOGIN);
  const [person] = await web.store.people.findByLogin(ADMIN_LOGIN);
  await web.store.upstream.end(person?.id ?? "", "invalid_grant", { kind: "org" });
  const refused = await call("tools/call", { name: "list_users", arguments: {} });
  expect(refused.text).toContain("/connect/okta");
  const offer = await browser.get(`${web.publicUrl}/connect/okta`);
  expect(offer.status).toBe(200);
  const page = await web.follow(browser, await browser.submit(offer, "/connect/okta", {}));
  expect(page.html).toContain("Create, change and delete groups");
  expect(page.html).toContain("Let this server act for you");
  const granted = await web.follow(browser, await browser.submit(page, "/connect/okta", {}));
  expect(granted.html).toContain("may act for you at Okta");
  expect((await call("tools/call", { name: "list_users", arguments: {} })).text).toContain(ADMIN_LOGIN);
});

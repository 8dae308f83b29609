import { expect, test } from "vitest";
import { ADMIN_LOGIN } from "../../sandbox/facts.js";
import { addOAuthApp } from "../../sandbox/oauth-app.js";
import { type PlainBrowser, plainBrowser, type Visit } from "../support/browser.js";
import { BOB_LOGIN } from "../support/company-org.js";
import { type CompanyWeb, startCompanyWeb } from "../support/company-server.js";
import { appKey, DIRECTORY_CLIENT_ID } from "../support/company-tokens.js";

const PATH = "/admin/invitations";

/** A company to which nobody comes without an invitation, with an admin in front of its page of invitations. */
async function start() {
  const { pem, jwks } = appKey("directory");
  const web = await startCompanyWeb({
    roles: [{ name: "helpdesk", members: [ADMIN_LOGIN, BOB_LOGIN], scopes: ["okta.users.read"] }],
    admins: { members: [ADMIN_LOGIN] },
    files: { "directory.pem": pem },
    serve: {
      sign_on: { auto_create: false },
      directory: { client_id: DIRECTORY_CLIENT_ID, private_key_file: "directory.pem", key_id: "directory" },
    },
    arrange(org) {
      const how = { type: "service", auth: "private_key_jwt", jwks: jwks as never } as const;
      addOAuthApp(org, { id: DIRECTORY_CLIENT_ID, ...how, scopes: ["okta.users.read", "okta.groups.read"] });
    },
  });
  const { origin } = web.company;
  const invited = { issuer: origin, subject: web.company.person().id, login: ADMIN_LOGIN, by: "test" };
  await web.store.invitations.invite(invited);
  const browser = plainBrowser();
  web.company.control.autoSignIn(ADMIN_LOGIN);
  const login = await browser.get(`${web.publicUrl}/admin/login`);
  await web.follow(browser, await browser.submit(login, "/admin/login", { to: PATH }));
  const page = () => browser.get(`${web.publicUrl}${PATH}`);
  return { web, browser, page };
}

/** Sends one of the forms of a page, whose token is the nth on it. */
async function send(
  web: CompanyWeb,
  browser: PlainBrowser,
  page: Visit,
  action: string,
  fields: Record<string, string>,
) {
  const form = page.html.split(`action="${action}"`)[1] ?? "";
  const csrf = /name="csrf" value="([^"]+)"/.exec(form)?.[1] ?? "";
  return web.follow(browser, await browser.submit(page, action, { csrf, ...fields }));
}

const signIn = async (web: CompanyWeb, login: string) => {
  web.company.control.autoSignIn(login);
  const browser = plainBrowser();
  const page = await browser.get(`${web.publicUrl}/auth/sso/login/okta`);
  return (await web.follow(browser, await browser.submit(page, "/auth/sso/login/okta", {}))).html;
};

test("S7: an admin invites by login, sees it, takes it back; whoever is invited comes in", async () => {
  const { web, browser, page } = await start();
  const first = await page();
  expect(first.html).toContain("Nobody is invited.");
  const done = await send(web, browser, first, `${PATH}/invite`, { who: BOB_LOGIN });
  expect(done.html).toContain("may sign in from now on");
  expect(done.html).toContain(BOB_LOGIN);
  const [entry] = await web.store.audit.page({ action: "invite", limit: 1 });
  expect(entry).toMatchObject({ target: web.company.person(BOB_LOGIN).id, ip: "127.0.0.1" });
  const subject = web.company.person(BOB_LOGIN).id;
  const back = await send(web, browser, await page(), `${PATH}/withdraw`, { subject });
  expect(back.html).toContain("was taken back");
  expect(await signIn(web, BOB_LOGIN)).toContain("<code>not_invited</code>");
  await send(web, browser, await page(), `${PATH}/invite`, { who: subject });
  expect(await signIn(web, BOB_LOGIN)).toContain(BOB_LOGIN);
  const known = await send(web, browser, await page(), `${PATH}/invite`, { who: BOB_LOGIN });
  expect(new URL(known.url).pathname).toMatch(/^\/admin\/people\/per/);
});

test("a login that Okta does not have is told, and no other page's form invites anybody", async () => {
  const { web, browser, page } = await start();
  const none = await send(web, browser, await page(), `${PATH}/invite`, { who: '<b>"nobody"@acme.example' });
  expect(none.status).toBe(404);
  expect(none.html).toContain("nobody with exactly the login");
  expect(none.html).not.toContain("<b>");
  expect((await browser.submit(await page(), `${PATH}/invite`, { who: BOB_LOGIN, csrf: "x".repeat(43) })).status).toBe(
    403,
  );
  expect((await plainBrowser().get(`${web.publicUrl}${PATH}`)).location?.pathname).toBe("/admin/login");
  expect(await web.store.invitations.page({ limit: 5 })).toEqual([]);
});

import { expect, test } from "vitest";
import { ADMIN_LOGIN } from "../../sandbox/facts.js";
import { SIGN_IN_CAUSES, type SignInCause } from "../../src/upstream/sign-in-causes.js";
import { atAdmin, personOf, startAdmins } from "../support/admin-company.js";
import { startApiCompany } from "../support/api-company.js";
import { type PlainBrowser, plainBrowser, type Visit } from "../support/browser.js";
import { BOB_LOGIN } from "../support/company-org.js";
import { type CompanyWeb, type CompanyWebOptions, freePort, startCompanyWeb } from "../support/company-server.js";
import { startTokenWeb } from "../support/company-tokens.js";

const CB = "http://127.0.0.1:4711/cb";
const LOGIN = "/auth/sso/login/okta";

/** The page after somebody tried to sign in to the pages. */
async function atPages(web: CompanyWeb, login = ADMIN_LOGIN, browser = plainBrowser()): Promise<Visit> {
  web.company.control.autoSignIn(login);
  const page = await browser.get(`${web.publicUrl}${LOGIN}`);
  return web.follow(browser, await browser.submit(page, LOGIN, {}));
}

/** Signs Ada in to a company, where something of it is not right. */
async function after(spoil: (web: CompanyWeb) => unknown, options: CompanyWebOptions = {}, login = ADMIN_LOGIN) {
  const web = await startCompanyWeb(options);
  await spoil(web);
  return { web, page: await atPages(web, login) };
}

const claims = (change: Record<string, unknown>) => (web: CompanyWeb) =>
  web.company.control.nextToken("id_token", { claims: (all) => ({ ...all, ...change }) });
const refused = (error: string, description?: string) => (web: CompanyWeb) =>
  web.company.control.nextAuthorizeError(error, description);
const atToken = (fault: object) => (web: CompanyWeb) =>
  web.company.sandbox.next("POST", "/oauth2/v1/token", { ...fault, times: 5 } as never);
const signOn = (sign_on: Record<string, unknown>) => ({ serve: { sign_on } });
const nothing = () => {};

/** Opens a page of a company in which somebody is signed in. */
async function opened(path: string, options: CompanyWebOptions = {}, browser: PlainBrowser = plainBrowser()) {
  const web = await startCompanyWeb(options);
  await atPages(web, ADMIN_LOGIN, browser);
  return { web, page: await web.follow(browser, await browser.get(`${web.publicUrl}${path}`)) };
}

/** Opens an admin page, which may be about somebody who has signed in. */
async function asAdmin(of: string | ((id: string) => string), login = ADMIN_LOGIN) {
  const roles = [{ name: "all", members: [ADMIN_LOGIN, BOB_LOGIN], scopes: ["okta.users.read"] }];
  const web = await startAdmins({ roles });
  await atPages(web, login);
  const path = typeof of === "string" ? of : of((await personOf(web, login)).id);
  const browser = plainBrowser();
  return { web, browser, path, page: await atAdmin(web, browser, path) };
}

/** Each cause, as somebody meets it. */
const MET = {
  access_denied: () => after(refused("access_denied")),
  user_not_assigned: () => after(nothing, { app: { assigned: { people: [BOB_LOGIN] } } }),
  policy_denied: () => after(refused("access_denied", "Policy evaluation failed for this request.")),
  mfa_required: () => after(claims({ amr: ["pwd"], acr: undefined }), signOn({ second_factor: true })),
  domain_not_trusted: () => after(nothing, signOn({ trusted_domains: ["acme.com"] })),
  not_invited: () => after(nothing, signOn({ auto_create: false })),
  no_role: () => after(nothing, {}, BOB_LOGIN),
  async not_admin() {
    const web = await startCompanyWeb({ admins: { members: [ADMIN_LOGIN] } });
    web.company.control.autoSignIn(BOB_LOGIN);
    const browser = plainBrowser();
    const page = await browser.get(`${web.publicUrl}/admin/login`);
    return { web, page: await web.follow(browser, await browser.submit(page, "/admin/login", {})) };
  },
  not_found_here: () => asAdmin("/admin/people/nobody"),
  async not_confirmed() {
    const { web, browser, page, path } = await asAdmin((id) => `/admin/people/${id}/erase`, BOB_LOGIN);
    return { web, page: await browser.submit(page, path, { typed: "somebody else" }) };
  },
  last_admin: () => asAdmin((id) => `/admin/people/${id}/block`),
  async admin_link_ended() {
    const break_glass_port = await freePort();
    const sign_on = { break_glass: true, break_glass_port };
    const web = await startCompanyWeb({ admins: { members: [ADMIN_LOGIN] }, serve: { sign_on } });
    const browser = plainBrowser();
    const page = await browser.get(`http://127.0.0.1:${break_glass_port}/admin/link/${"x".repeat(43)}`);
    return { web, page: await browser.submit(page, "/admin/link", {}) };
  },
  blocked: () =>
    after(async (web) => {
      await atPages(web);
      const [ada] = await web.store.people.findByLogin(ADMIN_LOGIN);
      await web.store.people.setStatus(ada?.id ?? "", "blocked");
    }),
  groups_claim_missing: () => after(claims({ groups: undefined })),
  scope_not_granted: () => after(refused("invalid_scope")),
  invalid_client: () => after(nothing, { files: { secret: "wrong".repeat(8) } }),
  redirect_uri_mismatch: () =>
    after(refused("invalid_request", "The 'redirect_uri' parameter must be a Login redirect URI.")),
  issuer_mismatch: () => after(claims({ iss: "https://other.okta.com" })),
  clock_skew: () => after(({ company }) => company.control.skewTokens(-7_200)),
  id_token_invalid: () => after(claims({ nonce: "another" })),
  login_required: () => after(refused("login_required")),
  sign_in_ended: () => after(atToken({ status: 400, json: { error: "invalid_grant" } })),
  async state_expired() {
    const web = await startCompanyWeb();
    return { web, page: await plainBrowser().get(`${web.publicUrl}/auth/sso/callback/okta?state=x&code=y`) };
  },
  async another_browser() {
    const web = await startCompanyWeb();
    const [ada, mallory] = [plainBrowser(), plainBrowser()];
    await ada.get(`${web.publicUrl}${LOGIN}`);
    web.company.control.autoSignIn(ADMIN_LOGIN);
    const begun = await mallory.submit(await mallory.get(`${web.publicUrl}${LOGIN}`), LOGIN, {});
    const back = await mallory.get(begun.location as URL);
    return { web, page: await ada.get(back.location as URL) };
  },
  async another_person() {
    const web = await startCompanyWeb();
    const browser = plainBrowser();
    const { client_id } = await web.register();
    web.company.control.autoSignIn(ADMIN_LOGIN);
    const page = await web.follow(browser, await browser.get((await web.begin({ client_id })).url), CB);
    const first = await browser.submit(page, page.url, { answer: "allow" });
    const back = await browser.get(first.location as URL);
    const second = await browser.get(back.location as URL);
    web.company.control.endSessions();
    web.company.control.autoSignIn(BOB_LOGIN);
    return { web, page: await web.follow(browser, await browser.get(second.location as URL), CB) };
  },
  async form_not_ours() {
    const web = await startCompanyWeb();
    const browser = plainBrowser();
    const page = await browser.get(`${web.publicUrl}${LOGIN}`);
    return { web, page: await browser.submit(page, LOGIN, { csrf: "x".repeat(43) }) };
  },
  no_such_question: () => opened("/approve/none"),
  async too_many_requests() {
    const web = await startCompanyWeb({ serve: { limits: { oauth_per_address: 1 } } });
    const browser = plainBrowser();
    await browser.get(`${web.publicUrl}${LOGIN}`);
    return { web, page: await browser.get(`${web.publicUrl}${LOGIN}`) };
  },
  async sso_disabled() {
    const web = await startTokenWeb(signOn({ enabled: false }));
    return { web, page: await plainBrowser().get(`${web.publicUrl}${LOGIN}`) };
  },
  async api_not_there() {
    const { web, atPages } = await startApiCompany();
    return { web, page: await (await atPages(ADMIN_LOGIN)).get(`${web.publicUrl}/connect/payroll`) };
  },
  async api_token_wrong() {
    const { web, atPages, link } = await startApiCompany();
    const ada = await atPages(ADMIN_LOGIN);
    web.company.control.nextToken("access_token", { claims: (all) => ({ ...all, aud: "https://payroll.example" }) });
    return { web, page: await link(ADMIN_LOGIN, ada) };
  },
  okta_busy: () => after(atToken({ status: 503 })),
  okta_unreachable: () => after(atToken({ fault: "reset" })),
  okta_refused: () => after(refused("unheard_of")),
} satisfies Record<SignInCause, () => Promise<{ web: Pick<CompanyWeb, "publicUrl" | "lines">; page: Visit }>>;

/** A text as a page has it. */
const asMarkup = (text: string) =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");

test.each(Object.entries(MET))(
  "a person meets %s, with what they do and what whoever runs the server does",
  async (code, meet) => {
    const { web, page } = await meet();
    if (code === "sso_disabled") {
      expect(page.status).toBe(404);
      expect(JSON.parse(page.html)).toMatchObject({
        error: code,
        error_description: SIGN_IN_CAUSES.sso_disabled.means,
      });
      return;
    }
    expect(page.html).toContain(`<code>${code}</code>`);
    const { operator } = SIGN_IN_CAUSES[code as SignInCause];
    expect(page.html).toContain(asMarkup(operator.replaceAll("{public_url}", publicUrlOf(web.publicUrl, code, page))));
    expect(web.lines.join("")).toContain(`fault=${code}`);
  },
);

/** Links of the machine have an address of their own. */
const publicUrlOf = (publicUrl: string, code: string, { url }: Visit) =>
  code === "admin_link_ended" ? new URL(url).origin : publicUrl;

test("a wrong redirect URI is told with the exact one, a wrong issuer with both, and a wrong clock with its seconds", async () => {
  const redirect = await MET.redirect_uri_mismatch();
  expect(redirect.page.html).toContain(`Register exactly ${redirect.web.publicUrl}/auth/sso/callback/okta under`);
  const issuer = await MET.issuer_mismatch();
  expect(issuer.web.lines.join("")).toMatch(/comes from .*other\.okta\.com.* and the settings say .*127\.0\.0\.1/);
  const clock = await MET.clock_skew();
  expect(clock.page.html).toMatch(/Okta&#39;s is 7\d{3} seconds behind this server&#39;s/);
});

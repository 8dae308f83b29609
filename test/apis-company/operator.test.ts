import { expect, test } from "vitest";
import { ADMIN_LOGIN, HR_SERVICE_CLIENT_ID } from "../../sandbox/facts.js";
import type { LoadedApi } from "../../src/apis/loaded-api.js";
import { rightsOf } from "../../src/operator/who.js";
import { atAdmin } from "../support/admin-company.js";
import { type ApiCompanyOptions, STAFF, startApiCompany } from "../support/api-company.js";
import { plainBrowser } from "../support/browser.js";
import { BOB_LOGIN } from "../support/company-org.js";
import { checkContextOf, findingsOf } from "../support/serve-check.js";

/** The findings about the API of a company, by what they are about. */
async function findings(options: ApiCompanyOptions = {}, change: (api: LoadedApi) => LoadedApi = (api) => api) {
  const { web } = await startApiCompany(options);
  const all = await findingsOf(web, { apis: web.loadedApis.map(change) });
  const ofApi = all.filter(({ about }) => about.startsWith("API hr"));
  return Object.fromEntries(ofApi.map(({ about, state, code, message }) => [about, { state, code, message }]));
}

const withAuth = (change: object) => (api: LoadedApi) => ({ ...api, auth: { ...api.auth, ...change } }) as LoadedApi;

test("a check says of each API what its tools, its authorization server, its redirect URI and its app are", async () => {
  expect(await findings()).toMatchObject({
    "API hr": { state: "ok" },
    "API hr: authorization server": { state: "ok" },
    "API hr: redirect URI": { state: "ok" },
    "API hr: app": { state: "ok" },
  });
});

test("a check gets a token where an app calls, and holds it against the settings", async () => {
  const options = { auth: { kind: "client_credentials", client_id: HR_SERVICE_CLIENT_ID } };
  expect(await findings(options)).toMatchObject({ "API hr: app": { state: "ok" } });
  const wrong = await findings(options, withAuth({ audience: "https://payroll.example" }));
  expect(wrong["API hr: app"]).toMatchObject({ state: "wrong" });
  expect(wrong["API hr: app"]?.message).toContain("https://payroll.example");
});

test.each<[string, object, string, string]>([
  ["another issuer", { issuer: "http://127.0.0.1:1/oauth2/aus1" }, "API hr: authorization server", "okta_unreachable"],
  [
    "an unknown app",
    { client: { clientId: "0oaNobody", clientSecret: "s" } },
    "API hr: redirect URI",
    "invalid_client",
  ],
  [
    "a wrong secret",
    { client: { clientId: "0oaSandboxHrWeb000001", clientSecret: "no" } },
    "API hr: app",
    "invalid_client",
  ],
  ["a scope that is not there", { scopes: ["hr.read", "hr.admin"] }, "API hr: redirect URI", "scope_not_granted"],
])("a check names %s", async (_what, change, about, code) => {
  expect((await findings({}, withAuth(change)))[about]).toMatchObject({ code });
});

test("a check names an issuer that says that it is another one", async () => {
  const { web } = await startApiCompany();
  const apis = web.loadedApis.map(withAuth({ issuer: `${web.company.origin}/oauth2/ausNobody00000000001` }));
  const found = await findingsOf(web, { apis });
  expect(found.find(({ about }) => about === "API hr: authorization server")).toMatchObject({
    state: "wrong",
    code: "issuer_mismatch",
  });
});

test("who a person is told to be has the tools of APIs, and whether they are linked", async () => {
  const roles = [...STAFF, { name: "readers", members: [BOB_LOGIN], scopes: ["okta.users.read"] }];
  const { web, atPages, link } = await startApiCompany({ roles });
  await link(ADMIN_LOGIN, await atPages(ADMIN_LOGIN));
  await atPages(BOB_LOGIN);
  const [ada] = await rightsOf(checkContextOf(web), web.store, ADMIN_LOGIN);
  const [bob] = await rightsOf(checkContextOf(web), web.store, BOB_LOGIN);
  expect(ada?.apis).toEqual([{ name: "hr", kind: "user_grant", roles: ["staff"], linked: true }]);
  expect(bob?.apis).toEqual([{ name: "hr", kind: "user_grant", roles: ["staff"], linked: false }]);
  expect(ada?.tools.find(({ name }) => name === "hr_list_employees")).toMatchObject({ role: "staff", api: "hr" });
});

test("admins see the tools of APIs by role, and the APIs that somebody has linked", async () => {
  const { web, atPages, link, personId } = await startApiCompany({ admins: { members: [ADMIN_LOGIN] } });
  await link(ADMIN_LOGIN, await atPages(ADMIN_LOGIN));
  web.company.control.autoSignIn(ADMIN_LOGIN);
  const browser = plainBrowser();
  expect((await atAdmin(web, browser, "/admin/roles")).html).toContain("hr_request_time_off");
  const page = await atAdmin(web, browser, `/admin/people/${await personId(ADMIN_LOGIN)}`);
  expect(page.html).toContain("Linked APIs");
  expect(page.html).toContain("hr.read, hr.write");
  expect(page.html).toContain("link_api");
});

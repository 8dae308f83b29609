import { onTestFinished } from "vitest";
import { ADMIN_LOGIN, HR_AUDIENCE, HR_SERVER_ID, HR_WEB_CLIENT_ID } from "../../sandbox/facts.js";
import type { Org } from "../../sandbox/org.js";
import { hrDocument } from "../../sandbox/practice-api/document.js";
import { startPracticeApi } from "../../sandbox/practice-api/practice-api.js";
import { addPracticeApps } from "../../sandbox/practice-api/practice-apps.js";
import { type PlainBrowser, plainBrowser, type Visit } from "./browser.js";
import { BOB_LOGIN } from "./company-org.js";
import { type CompanyWeb, type CompanyWebOptions, freePort, startCompanyWeb } from "./company-server.js";

export const HR_SECRET = "h".repeat(40);
export const HR_SCOPES = ["hr.read", "hr.write"];

export interface ApiCompanyOptions extends CompanyWebOptions {
  /** Members of `auth` that replace those of the test's own, or are left out where undefined. */
  auth?: Record<string, unknown>;
  /** Members of the API's entry that replace those of the test's own. */
  api?: Record<string, unknown>;
  /** The name of the API. */
  apiName?: string;
}

/** Starts the server of a company; by default one that people sign in to here. */
type Start<Web extends CompanyWeb> = (options: CompanyWebOptions) => Promise<Web>;

const NUMBERS = { [ADMIN_LOGIN]: "10000", [BOB_LOGIN]: "10001" };

/** The ids of the people at HR. */
export const GPIDS = { [ADMIN_LOGIN]: "GP010000", [BOB_LOGIN]: "GP010001" };

/** The roles of the tests: both people in staff, which has no right at Okta. */
export const STAFF = [{ name: "staff", members: [ADMIN_LOGIN, BOB_LOGIN], scopes: [] as string[] }];

/** The entry of the practice API in serve.json. */
function entryOf(origin: string, apiOrigin: string, { auth, api }: ApiCompanyOptions): Record<string, unknown> {
  return {
    document: "hr.json",
    base_url: apiOrigin,
    auth: {
      kind: "user_grant",
      issuer: `${origin}/oauth2/${HR_SERVER_ID}`,
      client_id: HR_WEB_CLIENT_ID,
      client_secret_file: "hr-secret",
      scopes: HR_SCOPES,
      audience: HR_AUDIENCE,
      ...auth,
    },
    operations: [{ match: { method: "GET", path: "/**" } }, { id: "request_time_off" }, { id: "withdraw_time_off" }],
    roles: ["staff"],
    ...api,
  };
}

/** Starts a company whose server has the practice API, as people link it. */
export async function startApiCompany<Web extends CompanyWeb = CompanyWeb>(
  options: ApiCompanyOptions = {},
  start: Start<Web> = startCompanyWeb as Start<CompanyWeb> as Start<Web>,
) {
  const { apiName: name = "hr" } = options;
  const apiPort = await freePort();
  const apiOrigin = `http://127.0.0.1:${apiPort}`;
  const made: { org?: Org } = {};
  const { serve } = options;
  const web = await start({
    roles: STAFF,
    ...options,
    files: {
      "hr-secret": HR_SECRET,
      "hr.json": JSON.stringify(hrDocument("http://127.0.0.1/issuer", apiOrigin)),
      ...options.files,
    },
    arrange(org, publicUrl) {
      made.org = org;
      for (const [login, employeeNumber] of Object.entries(NUMBERS)) {
        Object.assign(org.users.findByLogin(login)?.profile ?? {}, { employeeNumber });
      }
      addPracticeApps(org, {
        webRedirectUris: [`${publicUrl}/connect/${name}/callback`],
        webSecret: HR_SECRET,
        serviceSecret: HR_SECRET,
      });
      options.arrange?.(org, publicUrl);
    },
    serve: (origin) => ({
      apis: { [name]: entryOf(origin, apiOrigin, options) },
      ...(typeof serve === "function" ? serve(origin) : serve),
    }),
  });
  if (made.org === undefined) throw new Error("There is no org.");
  const api = await startPracticeApi(made.org, { port: apiPort });
  onTestFinished(api.close);
  return { web, api, org: made.org, ...linking(web, name) };
}

/** What people do on the pages of the API. */
function linking(web: CompanyWeb, name: string) {
  const path = `/connect/${name}`;

  /** Signs somebody in to the pages, in a browser. */
  async function atPages(login: string, browser: PlainBrowser = plainBrowser()): Promise<PlainBrowser> {
    web.company.control.autoSignIn(login);
    const page = await browser.get(`${web.publicUrl}/me`);
    await web.follow(browser, await browser.submit(page, "/me/sign-in", {}));
    return browser;
  }

  /** Links the API for somebody who is signed in to the pages. @returns the last page */
  async function link(login: string, browser: PlainBrowser): Promise<Visit> {
    web.company.control.autoSignIn(login);
    const page = await browser.get(`${web.publicUrl}${path}`);
    return web.follow(browser, await browser.submit(page, path, { answer: "link" }));
  }

  async function personId(login: string): Promise<string> {
    const [person] = await web.store.people.findByLogin(login);
    if (person === undefined) throw new Error(`${login} was never here.`);
    return person.id;
  }
  const grantOf = async (login: string) => web.store.upstream.find(await personId(login), `api:${name}`);
  return { path, atPages, link, personId, grantOf };
}

import { ADMIN_LOGIN } from "../../sandbox/facts.js";
import type { PlainBrowser, Visit } from "./browser.js";
import { BOB_LOGIN } from "./company-org.js";
import { type CompanyWeb, type CompanyWebOptions, startCompanyWeb } from "./company-server.js";

/** The name of the cookie of admins. */
export const ADMIN_COOKIE = "okta-mcp.admin";

/** Starts a company in which Ada is an admin. */
export const startAdmins = (options: CompanyWebOptions = {}) =>
  startCompanyWeb({ admins: { members: [ADMIN_LOGIN] }, ...options });

/** Opens an admin page, by signing in where it asks for that. */
export async function atAdmin(
  web: CompanyWeb,
  browser: PlainBrowser,
  path = "/admin",
  login = ADMIN_LOGIN,
): Promise<Visit> {
  web.company.control.autoSignIn(login);
  const page = await web.follow(browser, await browser.get(`${web.publicUrl}${path}`));
  if (!page.html.includes('action="/admin/login"')) return page;
  return web.follow(browser, await browser.submit(page, "/admin/login", {}));
}

/** The text of a page, without its markup. */
export const textOf = ({ html }: Visit) => html.replace(/<[^>]+>/g, " ").replace(/\s+/g, " ");

/** The person who was last seen with a login. */
export async function personOf({ store }: CompanyWeb, login: string) {
  const [person] = await store.people.findByLogin(login);
  if (person === undefined) throw new Error(`Nobody has signed in as ${login}.`);
  return person;
}

/** A company in which Ada and Bob have roles, clients, a change and a question that waits. */
export async function startBusyAdmins(
  names: { client?: string; group?: string } = {},
  options: CompanyWebOptions = {},
) {
  const web = await startAdmins({
    roles: [
      {
        name: "helpdesk",
        members: [ADMIN_LOGIN, BOB_LOGIN],
        scopes: ["okta.users.read", "okta.groups.manage"],
        limits: { removals_per_day: 10 },
      },
      { name: "viewer", members: [BOB_LOGIN], scopes: ["okta.users.read"], read_only: true, may_undo: "own" },
    ],
    ...options,
  });
  const { client = "Claude", group = "Lab" } = names;
  const bob = await web.signIn(BOB_LOGIN, { clientName: client });
  await bob.call("tools/call", { name: "create_group", arguments: { profile: { name: group } } });
  const lab = web.company.org.groups.all().find(({ profile }) => profile.name === group);
  const asked = await bob.call("tools/call", { name: "delete_group", arguments: { group_id: lab?.id ?? "" } });
  return { ...web, bob, approveUrl: /approve_url":"([^"]+)"/.exec(asked.text.replaceAll("\\", ""))?.[1] ?? "" };
}

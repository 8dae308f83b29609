import { describe, expect, test } from "vitest";
import { ADMIN_LOGIN } from "../../sandbox/facts.js";
import { addOAuthApp } from "../../sandbox/oauth-app.js";
import { plainBrowser, type Visit } from "../support/browser.js";
import { BOB_LOGIN } from "../support/company-org.js";
import { type CompanyWeb, startCompanyWeb } from "../support/company-server.js";
import { appKey, DIRECTORY_CLIENT_ID } from "../support/company-tokens.js";

const CB = "http://127.0.0.1:4711/cb";

/** Bob alone is in the group of the second role. */
const ROLES = [
  { name: "helpdesk", scopes: ["okta.users.read"] },
  { name: "admin", members: [BOB_LOGIN], scopes: ["okta.groups.manage"] },
];

/** A company's server whose people sign in here, with a service app that reads their groups. */
async function startWithDirectory() {
  const { pem, jwks } = appKey("directory");
  return startCompanyWeb({
    roles: ROLES,
    files: { "directory.pem": pem },
    serve: {
      directory: { client_id: DIRECTORY_CLIENT_ID, private_key_file: "directory.pem", key_id: "directory" },
    },
    arrange(org) {
      addOAuthApp(org, {
        id: DIRECTORY_CLIENT_ID,
        type: "service",
        auth: "private_key_jwt",
        jwks: jwks as never,
        scopes: ["okta.users.read"],
      });
    },
  });
}

const groupsOf = ({ company }: CompanyWeb) => `/api/v1/users/${company.person().id}/groups`;

/** The next ID token has another groups claim. */
const claims = ({ company }: CompanyWeb, groups: unknown) =>
  company.control.nextToken("id_token", { claims: (all) => ({ ...all, groups, roles: ["admin"] }) });

/** The page after Ada tried to sign in to a client. */
async function tried(web: CompanyWeb): Promise<Visit> {
  web.company.control.autoSignIn(ADMIN_LOGIN);
  const browser = plainBrowser();
  const { client_id } = await web.register();
  const page = await web.follow(browser, await browser.get((await web.begin({ client_id })).url), CB);
  return web.follow(browser, await browser.submit(page, page.url, { answer: "allow" }), CB);
}

describe("S9: where the ID token does not tell all groups, the directory is asked", () => {
  test.each<[string, unknown]>([
    ["absent", undefined],
    ["a text", "okta-mcp-admin"],
    ["an object", { admin: true }],
    ["names", ["okta-mcp-admin"]],
    ["as long as a cut claim", Array.from({ length: 100 }, (_, n) => `00gcut${String(n).padStart(14, "0")}`)],
  ])(
    "S9: with a claim that is %s, the sign-in goes through with the role of the groups at the org",
    async (_, groups) => {
      const web = await startWithDirectory();
      claims(web, groups);
      const { call } = await web.signIn();
      expect(web.company.sandbox.count("GET", groupsOf(web))).toBeGreaterThan(0);
      const { text } = await call("tools/list");
      expect(text).toContain('"name":"list_users"');
      expect(text).not.toContain('"name":"create_group"');
    },
  );

  test("S9: while the directory does not answer, the sign-in is refused with its code, and goes through later", async () => {
    const web = await startWithDirectory();
    claims(web, undefined);
    web.company.sandbox.next("GET", groupsOf(web), { status: 403, json: { errorCode: "E0000006" } });
    const refused = await tried(web);
    expect(refused.html).toContain("<code>okta_unreachable</code>");
    expect(refused.status).toBe(503);
    expect(refused.location).toBeUndefined();
    const [entry] = await web.store.audit.page({ limit: 1 });
    expect(entry).toMatchObject({ action: "sign_in", outcome: "refused", detail: { code: "okta_unreachable" } });
    expect(await web.store.people.findByLogin(ADMIN_LOGIN)).toEqual([]);
    claims(web, undefined);
    expect((await tried(web)).location?.searchParams.get("code")).toBeTruthy();
  });

  test("S9: somebody whose groups at the org have no role is refused, whatever the claim says", async () => {
    const web = await startWithDirectory();
    const { groups } = web.company.org;
    const helpdesk = groups.all().find(({ profile }) => profile.name === "okta-mcp-helpdesk");
    if (helpdesk === undefined) throw new Error("the org lacks the role's group");
    groups.removeMember(helpdesk, web.company.person());
    claims(web, ["okta-mcp-helpdesk", "okta-mcp-admin"]);
    expect((await tried(web)).html).toContain("<code>no_role</code>");
  });
});

import { expect, test } from "vitest";
import { ADMIN_LOGIN } from "../../sandbox/facts.js";
import { addOAuthApp } from "../../sandbox/oauth-app.js";
import { atAdmin, startAdmins } from "../support/admin-company.js";
import { plainBrowser } from "../support/browser.js";
import { appKey, DIRECTORY_CLIENT_ID } from "../support/company-tokens.js";

/** An admin of a company with a service app that reads groups, signed in; nobody has a client. */
async function signedIn() {
  const { pem, jwks } = appKey("directory");
  const web = await startAdmins({
    admins: { members: [ADMIN_LOGIN], idle_minutes: 60, hours: 24 },
    files: { "directory.pem": pem },
    serve: { directory: { client_id: DIRECTORY_CLIENT_ID, private_key_file: "directory.pem", key_id: "directory" } },
    arrange(org) {
      const app = {
        id: DIRECTORY_CLIENT_ID,
        type: "service",
        auth: "private_key_jwt",
        scopes: ["okta.users.read"],
      } as const;
      addOAuthApp(org, { ...app, jwks: jwks as never });
    },
  });
  const browser = plainBrowser();
  expect((await atAdmin(web, browser)).status).toBe(200);
  const groupsPath = `/api/v1/users/${web.company.person().id}/groups`;
  return {
    ...web,
    groupsPath,
    open: () => browser.get(`${web.publicUrl}/admin`),
    read: () => web.company.sandbox.count("GET", groupsPath),
    leave() {
      const { groups } = web.company.org;
      const admins = groups.all().find(({ profile }) => profile.name === "okta-mcp-admins");
      if (admins !== undefined) groups.removeMember(admins, web.company.person());
    },
  };
}

test("S15: an admin whom Okta takes out of the group loses the pages within five minutes, without a new sign-in", async () => {
  const { open, leave, read, company } = await signedIn();
  leave();
  company.clock.advanceSeconds(200);
  expect((await open()).status).toBe(200);
  expect(read()).toBe(0);
  company.clock.advanceSeconds(101);
  const refused = await open();
  expect([refused.status, refused.html.includes("<code>not_admin</code>")]).toEqual([403, true]);
  expect(read()).toBe(1);
});

test("S15: while Okta does not answer, the last groups count for an hour and no longer, and it is not asked at each request", async () => {
  const { open, company, read, groupsPath } = await signedIn();
  company.sandbox.next("GET", groupsPath, { status: 403, json: { errorCode: "E0000006" }, times: 50 } as never);
  company.clock.advanceSeconds(400);
  for (let times = 0; times < 3; times += 1) expect((await open()).status).toBe(200);
  expect(read()).toBe(1);
  company.clock.advanceSeconds(3_000);
  expect((await open()).status).toBe(200);
  company.clock.advanceSeconds(250);
  const refused = await open();
  expect([refused.status, refused.html.includes("<code>okta_unreachable</code>")]).toEqual([503, true]);
});

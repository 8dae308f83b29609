import { expect, test } from "vitest";
import { ADMIN_LOGIN } from "../../sandbox/facts.js";
import { addOAuthApp } from "../../sandbox/oauth-app.js";
import { rightsOf } from "../../src/operator/who.js";
import { BOB_LOGIN } from "../support/company-org.js";
import { startCompanyWeb } from "../support/company-server.js";
import { checkContextOf } from "../support/serve-check.js";
import { keyFile } from "../support/serve-keys.js";

const ROLES = [
  { name: "reader", scopes: ["okta.users.read"], members: [ADMIN_LOGIN, BOB_LOGIN], read_only: true },
  {
    name: "helpdesk",
    scopes: ["okta.users.manage", "okta.groups.manage"],
    exclude_tools: ["delete_*"],
    limits: { writes_per_day: 20 },
    may_undo: "all",
  },
  { name: "admin", scopes: ["okta.policies.manage"], groups: ["00gNobody0000000001"] },
];

test("each tool of a person has the role that it runs under, each missing one its reason", async () => {
  const web = await startCompanyWeb({ roles: ROLES });
  await web.signIn();
  const [ada, ...others] = await rightsOf(checkContextOf(web), web.store, ADMIN_LOGIN.toUpperCase());
  expect(others).toEqual([]);
  expect(ada).toMatchObject({
    login: ADMIN_LOGIN,
    status: "active",
    groups_from: "last_sign_in",
    roles: [
      { name: "reader", act_as: "user", not_granted: [] },
      { name: "helpdesk", act_as: "user", not_granted: [], may_undo: "all" },
    ],
    roles_not_held: ["admin"],
    limits: { writes: { perDay: 20 } },
    notes: [],
  });
  const roleOf = (name: string) => ada?.tools.find((tool) => tool.name === name)?.role;
  expect(roleOf("get_user")).toBe("reader");
  expect(roleOf("update_user")).toBe("helpdesk");
  const why = (name: string) => ada?.missing_tools.find((tool) => tool.name === name)?.why;
  expect(why("delete_group")).toBe(
    "role reader: read_only leaves only tools on that read; role helpdesk: exclude_tools excludes delete_*",
  );
  expect(why("list_policies")).toContain("role helpdesk: scopes has no okta.policies.read");
});

test("what is told of a person is what the server gives their client", async () => {
  const web = await startCompanyWeb({ roles: ROLES });
  const ada = await web.signIn();
  const { message } = await ada.call("tools/list");
  const listed = (message.result.tools as { name: string }[]).map(({ name }) => name);
  const [told] = await rightsOf(checkContextOf(web), web.store, ADMIN_LOGIN);
  const names = told?.tools.map(({ name }) => name) ?? [];
  expect(listed.length).toBeGreaterThan(0);
  expect(names).toEqual(expect.arrayContaining(listed));
});

test("somebody unknown is nobody; with a directory app Okta tells of somebody who never signed in", async () => {
  const web = await startCompanyWeb({ roles: ROLES });
  expect(await rightsOf(checkContextOf(web), web.store, BOB_LOGIN)).toEqual([]);
  const { entry, jwks } = keyFile(web.folder, "directory.pem", "dir-1");
  addOAuthApp(web.company.org, {
    id: "0oaDirectory000000001",
    type: "service",
    auth: "private_key_jwt",
    jwks,
    scopes: ["okta.users.read", "okta.groups.read"],
  });
  const context = checkContextOf(web, { serve: { directory: { client_id: "0oaDirectory000000001", ...entry } } });
  const [bob] = await rightsOf(context, web.store, BOB_LOGIN);
  expect(bob).toMatchObject({ status: "never_signed_in", groups_from: "okta", roles: [{ name: "reader" }] });
  expect(await rightsOf(context, web.store, "nobody@acme-robotics.example")).toEqual([]);
});

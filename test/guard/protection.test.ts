import { describe, expect, test } from "vitest";
import * as z from "zod";
import { ADMIN_LOGIN, DEVICE_CLIENT_ID } from "../../sandbox/facts.js";
import type { GuardFile } from "../../src/guard/schema.js";
import { defineTool } from "../../src/tool.js";
import { ALL_SCOPES, accepts, type ConnectOptions, connect } from "../support/client.js";
import { guardRules } from "./support.js";

type Protect = NonNullable<GuardFile["protect"]>;

const ADA = { login: "ada@acme.example", email: "ada@acme.example", firstName: "Ada", lastName: "Lovelace" };

/** Ada, her group, an app and a policy, and a person who says yes to everything. */
async function guarded(protect: Protect, options: ConnectOptions = {}) {
  const connected = await connect({ person: accepts, guard: guardRules({ protect }), ...options });
  const { org } = connected;
  const ada = org.addUser({ profile: ADA });
  const bob = org.addUser({ profile: { login: "bob@acme.example", firstName: "Bob", lastName: "Other" } });
  const lab = org.addGroup({ profile: { name: "Lab" } }, [ada]);
  const wiki = org.addApp({ label: "Wiki" });
  /** A call that must be refused by a rule before anybody was asked and anything changed. */
  const refused = async (tool: string, args: { [key: string]: unknown }) => {
    const { error } = await connected.call(tool, args);
    expect(error, `${tool} ${JSON.stringify(args)}`).toMatchObject({ code: "protected", retry: "never" });
    expect(connected.asked).toEqual([]);
    expect(connected.writes()).toEqual([]);
    return error;
  };
  return { ...connected, ada, bob, lab, wiki, refused };
}

describe("a protected user", () => {
  test("is not touched by any tool, and the refusal names the rule, its place and its reason", async () => {
    const { refused, ada, lab } = await guarded({ users: [{ login: "ada@acme.example", reason: "break glass" }] });
    for (const [tool, args] of [
      ["update_user", { profile: { nickName: "A" } }],
      ["update_user", { credentials: { password: { value: "correct horse 1" } } }],
      ["deactivate_user", {}],
      ["delete_deactivated_user", {}],
      ["add_user_to_group", { group_id: lab.id }],
      ["remove_user_from_group", { group_id: lab.id }],
    ] as const) {
      const error = await refused(tool, { user_id: ada.id, ...args });
      expect(error?.message).toMatch(
        /protected by protect\.users\[0\] \(login ada@acme\.example\) in \/.*guard\.json\. Reason: break glass/,
      );
      expect(error?.data).toMatchObject({ rule: "protect.users[0]", reason: "break glass", target: { type: "user" } });
    }
  });

  test("may be read", async () => {
    const { get, ada } = await guarded({ users: [{ pattern: "*" }] });
    expect((await get("get_user", { user_id: ada.id })).id).toBe(ada.id);
    expect((await get("list_users")).items).toHaveLength(3);
  });

  test.each<[string, (ada: { id: string }) => Protect["users"]]>([
    ["id", ({ id }) => [{ id }]],
    ["login", () => [{ login: "ADA@acme.example" }]],
    ["login in wide letters", () => [{ login: "ａｄａ@acme.example" }]],
    ["name", () => [{ name: "ada  LOVELACE" }]],
    ["pattern for the login", () => [{ pattern: "ada@*" }]],
    ["pattern for the name", () => [{ pattern: "* Lovelace" }]],
  ])("is known by its %s, whatever the call names it by", async (_, rules) => {
    const { org, ada: person } = await guarded({});
    // The same ids come again with the same seed.
    const client = await guarded({ users: rules(person) });
    expect(client.ada.id).toBe(org.users.find("ada@acme.example")?.id);
    for (const user_id of [client.ada.id, "ada@acme.example", "ADA@Acme.Example"]) {
      await client.refused("deactivate_user", { user_id });
    }
    expect((await client.call("deactivate_user", { user_id: client.bob.id })).isError).toBe(false);
  });

  test("cannot be reached as me", async () => {
    const { refused } = await guarded({ users: [{ login: ADMIN_LOGIN }] });
    await refused("update_user", { user_id: "me", profile: { nickName: "x" } });
  });

  test("is not touched where nobody can tell who it is", async () => {
    const scopes = ["okta.groups.manage"];
    const byName = await guarded({ users: [{ name: "Ada Lovelace" }] }, { scopes });
    const error = await byName.refused("add_user_to_group", { group_id: byName.lab.id, user_id: byName.bob.id });
    expect(error?.message).toContain("may not be read");
    expect(error?.fix).toContain("okta.users.read");
    const byId = await guarded({ users: [{ id: byName.ada.id }] }, { scopes });
    await byId.refused("add_user_to_group", { group_id: byId.lab.id, user_id: byId.ada.id });
    await byId.refused("add_user_to_group", { group_id: byId.lab.id, user_id: "ada@acme.example" });
    const added = await byId.call("add_user_to_group", { group_id: byId.lab.id, user_id: byId.bob.id });
    expect(added.isError, "an id tells enough").toBe(false);
  });

  test("is not touched while Okta cannot say who it is", async () => {
    const { call, sandbox, ada, writes } = await guarded({ users: [{ name: "Somebody Else" }] });
    sandbox.next("GET", `/api/v1/users/${ada.id}`, { status: 503, times: 8 });
    const { error } = await call("update_user", { user_id: ada.id, profile: { nickName: "x" } });
    expect(error?.code).toBe("okta_down");
    expect(writes()).toEqual([]);
  });

  test("who is not there is not found", async () => {
    const { call, writes } = await guarded({ users: [{ name: "X" }] });
    const { error } = await call("update_user", { user_id: "nobody@acme.example", profile: { nickName: "x" } });
    expect(error?.code).toBe("not_found");
    expect(writes()).toEqual([]);
  });
});

describe("a protected group", () => {
  test.each<[string, Protect["groups"]]>([
    ["name", [{ name: "lab" }]],
    ["pattern", [{ pattern: "L?b*" }]],
  ])("known by %s is not changed, filled or emptied", async (_, groups) => {
    const { refused, lab, ada, bob, call, org } = await guarded({ groups });
    await refused("update_group", { group_id: lab.id, profile: { name: "Lab", description: "x" } });
    await refused("delete_group", { group_id: lab.id });
    await refused("add_user_to_group", { group_id: lab.id, user_id: bob.id });
    await refused("remove_user_from_group", { group_id: lab.id, user_id: ada.id });
    await refused("create_user", { profile: { ...ADA, login: "new@acme.example" }, group_ids: [lab.id] });
    const other = org.addGroup({ profile: { name: "Kitchen" } });
    expect((await call("add_user_to_group", { group_id: other.id, user_id: bob.id })).isError).toBe(false);
  });

  test("known by its id needs no further scope", async () => {
    const { lab } = await guarded({});
    const { refused } = await guarded({ groups: [{ id: lab.id }] }, { scopes: ["okta.groups.manage"] });
    await refused("delete_group", { group_id: lab.id });
  });

  test("lends nothing to a name that only looks alike", async () => {
    const { call, org, bob } = await guarded({ groups: [{ name: "Admins" }] });
    const twin = org.addGroup({ profile: { name: "\u0410dmins" } });
    expect((await call("add_user_to_group", { group_id: twin.id, user_id: bob.id })).isError).toBe(false);
  });
});

test("a protected app is not changed, switched or deleted", async () => {
  const { refused, wiki } = await guarded({ apps: [{ name: "Wiki" }] });
  await refused("update_application", { app_id: wiki.id, app_config: { label: "Wiki 2" } });
  await refused("activate_application", { app_id: wiki.id });
  await refused("deactivate_application", { app_id: wiki.id });
  await refused("delete_application", { app_id: wiki.id });
});

test("a protected policy is not changed, nor its rules; so with device assurance", async () => {
  const { refused, get } = await guarded({ policies: [{ pattern: "Default*" }, { name: "Laptops" }] });
  const { items } = (await get("list_policies", { type: "ACCESS_POLICY" })) as {
    items: { id: string; name: string }[];
  };
  const policy_id = items.find(({ name }) => name.startsWith("Default"))?.id;
  await refused("update_policy", { policy_id, policy_data: { type: "ACCESS_POLICY", name: "x" } });
  await refused("create_policy_rule", { policy_id, rule_data: { type: "ACCESS_POLICY", name: "x" } });
  await refused("delete_policy_rule", { policy_id, rule_id: "rul1" });
});

test("a protected device assurance policy is not deleted", async () => {
  const { get } = await connect({ seed: 1 });
  const { items } = (await get("list_device_assurance_policies")) as { items: { id: string; name: string }[] };
  const [first] = items;
  const { refused } = await guarded({ policies: [{ name: String(first?.name) }] }, { seed: 1 });
  await refused("delete_device_assurance_policy", { device_assurance_id: first?.id });
});

describe("without a guard file, the server protects", () => {
  const unguarded = (options: ConnectOptions = {}) => guarded({}, options);

  test("whoever is signed in from being deactivated or deleted, by any of their names", async () => {
    const { refused, org } = await unguarded();
    const me = org.users.find(ADMIN_LOGIN);
    for (const user_id of [me?.id, ADMIN_LOGIN, ADMIN_LOGIN.toUpperCase(), "me"]) {
      const error = await refused("deactivate_user", { user_id });
      expect(error?.message).toContain("signed-in admin");
      await refused("delete_deactivated_user", { user_id });
    }
  });

  test("whoever signed in by a device, too", async () => {
    const { refused, org, session, control, ada, call } = await unguarded({ signIn: "device" });
    control.autoApprove(true);
    await (await session.startSignIn()).done;
    await refused("deactivate_user", { user_id: org.users.find(ADMIN_LOGIN)?.id });
    expect((await call("deactivate_user", { user_id: ada.id })).isError).toBe(false);
  });

  test("not what the signed-in admin may do to the own profile and groups", async () => {
    const { call, org, lab } = await unguarded();
    const me = org.users.find(ADMIN_LOGIN);
    expect((await call("update_user", { user_id: me?.id, profile: { nickName: "Boss" } })).isError).toBe(false);
    expect((await call("add_user_to_group", { group_id: lab.id, user_id: me?.id })).isError).toBe(false);
    expect((await call("remove_user_from_group", { group_id: lab.id, user_id: me?.id })).isError).toBe(false);
  });

  test("the app that it signs in with from every change", async () => {
    const { refused, org } = await unguarded();
    const own = org.addApp({ label: "okta-mcp", credentials: { oauthClient: { client_id: DEVICE_CLIENT_ID } } });
    await refused("update_application", { app_id: own.id, app_config: { label: "x", signOnMode: "OPENID_CONNECT" } });
    await refused("deactivate_application", { app_id: own.id });
    const error = await refused("delete_application", { app_id: own.id });
    expect(error?.message).toContain("signs in with");
    await refused("delete_application", { app_id: DEVICE_CLIENT_ID });
  });

  test("every app that signs in with OAuth, where the token does not tell its app and no setting does", async () => {
    const { refused, call, org, logged } = await unguarded({ opaqueToken: true, clientId: undefined });
    const own = org.addApp({ label: "okta-mcp", credentials: { oauthClient: { client_id: DEVICE_CLIENT_ID } } });
    const other = org.addApp({ label: "Portal", credentials: { oauthClient: { client_id: "0oaOther" } } });
    for (const { id } of [own, other]) {
      await refused("update_application", { app_id: id, app_config: { label: "x", signOnMode: "OPENID_CONNECT" } });
      await refused("deactivate_application", { app_id: id });
      const error = await refused("delete_application", { app_id: id });
      expect(error?.message).toContain("does not tell which app it was issued to");
      expect(error?.fix).toContain("OKTA_CLIENT_ID");
    }
    expect(logged.join("")).toContain("OKTA_ACCESS_TOKEN does not tell which app it was issued to");
    // An app that nobody can get a token for is not the one that has ours.
    const wiki = org.addApp({ label: "Wiki" });
    expect((await call("deactivate_application", { app_id: wiki.id })).isError).toBe(false);
  });

  test("nothing that has to be told at the start where no app can be changed", async () => {
    const readsApps = { scopes: ["okta.apps.read", "okta.users.manage"] };
    const { logged } = await unguarded({ opaqueToken: true, clientId: undefined, ...readsApps });
    expect(logged.join("")).not.toContain("does not tell which app");
  });

  test("with such a token the app that the setting names, and no other", async () => {
    const { refused, call, org, logged } = await unguarded({ opaqueToken: true });
    const own = org.addApp({ label: "okta-mcp", credentials: { oauthClient: { client_id: DEVICE_CLIENT_ID } } });
    const other = org.addApp({ label: "Portal", credentials: { oauthClient: { client_id: "0oaOther" } } });
    await refused("deactivate_application", { app_id: own.id });
    expect((await call("deactivate_application", { app_id: other.id })).isError).toBe(false);
    expect(logged.join("")).not.toContain("does not tell which app");
  });

  test("the app that the token was issued to, whatever app the setting names", async () => {
    const { refused, org, session } = await unguarded({ clientId: "0oaLeftOver" });
    const own = org.addApp({ label: "okta-mcp", credentials: { oauthClient: { client_id: DEVICE_CLIENT_ID } } });
    await refused("deactivate_application", { app_id: own.id });
    expect(await session.status()).toMatchObject({ clientId: DEVICE_CLIENT_ID });
  });

  test("Everyone", async () => {
    const { refused, org, ada } = await unguarded();
    const group_id = org.groups.all().find(({ type }) => type === "BUILT_IN")?.id;
    await refused("update_group", { group_id, profile: { name: "Everyone" } });
    await refused("delete_group", { group_id });
    await refused("remove_user_from_group", { group_id, user_id: ada.id });
    await refused("add_user_to_group", { group_id, user_id: ada.id });
    await refused("add_user_to_group", { group_id, user_id: ada.id, dry_run: true });
    await refused("create_user", { profile: { ...ADA, login: "new@acme.example" }, group_ids: [group_id] });
  });

  test("members and profile of a group that an app imports, and the app is named", async () => {
    const { refused, call, org, ada } = await unguarded();
    const source = org.addApp({ label: "Plant Directory" });
    const plant = org.addGroup({ type: "APP_GROUP", appId: source.id, profile: { name: "Plant" } }, [ada]);
    for (const [tool, args] of [
      ["add_user_to_group", { user_id: ADMIN_LOGIN }],
      ["remove_user_from_group", { user_id: ada.id }],
      ["remove_user_from_group", { user_id: ada.id, dry_run: true }],
      ["update_group", { profile: { name: "Plant", description: "x" } }],
    ] as const) {
      const error = await refused(tool, { group_id: plant.id, ...args });
      expect(error?.message, tool).toContain("The group Plant (type APP_GROUP) comes from Plant Directory,");
      expect(error?.fix, tool).toContain("in Plant Directory");
      expect(error?.data, tool).toMatchObject({ rule: "built in: imported group", source: "Plant Directory" });
    }
    await refused("create_user", { profile: { ...ADA, login: "new@acme.example" }, group_ids: [plant.id] });
    const wiki = org.addApp({ label: "Wiki" });
    const args = { app_id: wiki.id, group_id: plant.id };
    expect((await call("assign_group_to_application", args)).error?.code, "an app for it").not.toBe("protected");
    expect((await call("delete_group", { group_id: plant.id })).isError, "Okta lets it be deleted").toBe(false);
  });

  test("such a group where its app may not be read, too", async () => {
    const { refused, org, ada } = await unguarded({ scopes: ["okta.groups.manage"] });
    const source = org.addApp({ label: "Plant Directory" });
    const plant = org.addGroup({ type: "APP_GROUP", appId: source.id, profile: { name: "Plant" } });
    const error = await refused("add_user_to_group", { group_id: plant.id, user_id: ada.id });
    expect(error?.message).toContain("(type APP_GROUP) comes from another system,");
  });

  test("nothing of a user who comes into a group that may not be read", async () => {
    const { call, lab } = await unguarded({ scopes: ["okta.users.manage"] });
    const added = await call("create_user", { profile: { ...ADA, login: "new@acme.example" }, group_ids: [lab.id] });
    expect(added.isError, added.text).toBe(false);
  });

  test("system policies and default rules from being deactivated or deleted", async () => {
    const { refused, get } = await unguarded({ seed: 1 });
    const list = (await get("list_policies", { type: "OKTA_SIGN_ON" })) as { items: { id: string; system: boolean }[] };
    const policy_id = list.items.find(({ system }) => system)?.id;
    const rules = (await get("list_policy_rules", { policy_id })) as { items: { id: string; system: boolean }[] };
    const rule_id = rules.items.find(({ system }) => system)?.id;
    expect([policy_id, rule_id]).not.toContain(undefined);
    for (const [tool, rule] of [
      ["deactivate_policy", "built in: system policy"],
      ["delete_policy", "built in: system policy"],
      ["deactivate_policy_rule", "built in: system rule"],
      ["delete_policy_rule", "built in: system rule"],
    ] as const) {
      const args = tool.endsWith("_rule") ? { policy_id, rule_id } : { policy_id };
      expect((await refused(tool, args))?.data, tool).toMatchObject({ rule });
    }
  });
});

describe("the last look before a request leaves", () => {
  const said = {
    name: "tidy_up",
    title: "Tidy up",
    description: "Tidy up.",
    scope: "okta.groups.manage",
    effect: "removes",
  } as const;
  const remover = defineTool({
    ...said,
    input: z.strictObject({ which: z.string() }),
    impact: async (_, { which }) => ({ target: { type: "group", name: "some group", id: which }, details: [] }),
    run: ({ okta }, a) => okta.groups.deleteGroup({ groupId: a.which }),
  });

  test("sees what a tool does besides what its arguments say", async () => {
    const { call, writes, lab } = await guarded(
      { groups: [{ name: "Lab" }] },
      { tools: { odd: { remover } }, scopes: ALL_SCOPES },
    );
    expect((await call("tidy_up", { which: lab.id })).error).toMatchObject({ code: "protected" });
    expect(writes()).toEqual([]);
  });

  test("sees what has become protected while a person was asked", async () => {
    const byId = defineTool({
      ...said,
      input: z.strictObject({ group_id: z.string() }),
      impact: async (_, a) => ({ target: { type: "group", name: "some group", id: a.group_id }, details: [] }),
      run: ({ okta }, a) => okta.groups.deleteGroup({ groupId: a.group_id }),
    });
    const client = await guarded(
      { groups: [{ name: "Lab (keep)" }] },
      {
        tools: { odd: { byId } },
        person: (question) => {
          client.org.groups.change(client.lab, { name: "Lab (keep)" });
          return accepts(question);
        },
      },
    );
    const { error } = await client.call("tidy_up", { group_id: client.lab.id });
    expect(client.asked).toHaveLength(1);
    expect(error).toMatchObject({ code: "protected", data: { rule: "protect.groups[0]" } });
    expect(client.writes()).toEqual([]);
  });

  test("lets a tool that reads send nothing that could change anything", async () => {
    const nosy = { ...remover, name: "list_secretly", effect: "reads" as const, impact: undefined };
    const { call, writes, lab } = await guarded({}, { tools: { odd: { nosy } } });
    expect((await call("list_secretly", { which: lab.id })).error).toMatchObject({ code: "bug" });
    expect(writes()).toEqual([]);
  });
});

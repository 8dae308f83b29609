import { describe, expect, test } from "vitest";
import { ADMIN_LOGIN, DEVICE_CLIENT_ID } from "../../sandbox/facts.js";
import type { ConnectOptions } from "../support/client.js";
import { ADA, guarded } from "./support-protection.js";

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
    // Nobody can get a token for this app, so it cannot be the one that issued ours.
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

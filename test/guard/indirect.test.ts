import { describe, expect, test } from "vitest";
import { POLICIES } from "../../sandbox/state/default-policies.js";
import { guarded, type Protect, VAULT } from "./support-indirect.js";

describe("a protected group is filled by a group rule", () => {
  test("and no membership of another group moves anybody into it", async () => {
    const { refused, done, lab, vault, bob, ada, rule, org } = await guarded(VAULT);
    rule("Keepers", `isMemberOfGroup("${lab.id}")`, [vault.id]);
    await refused("add_user_to_group", { group_id: lab.id, user_id: bob.id });
    await refused("remove_user_from_group", { group_id: lab.id, user_id: ada.id });
    const kitchen = org.addGroup({ profile: { name: "Kitchen" } });
    await done("add_user_to_group", { group_id: kitchen.id, user_id: bob.id });
  });

  test("and no name of another group does", async () => {
    const { refused, done, lab, vault, rule } = await guarded(VAULT);
    rule("Keepers", 'isMemberOfGroupName("Keepers")', [vault.id]);
    await refused("update_group", { group_id: lab.id, profile: { name: "Keepers" } });
    await done("update_group", { group_id: lab.id, profile: { name: "Lab", description: "x" } });
    await done("update_group", { group_id: lab.id, profile: { name: "Laboratory", description: "x" } });
  });

  test("and no protected user is moved by the name of a group either", async () => {
    const { refused, lab, rule, org } = await guarded({ users: [{ login: "ada@acme.example" }] });
    const kitchen = org.addGroup({ profile: { name: "Kitchen" } });
    rule("Cooks", 'isMemberOfGroupName("Lab")', [kitchen.id]);
    await refused("update_group", { group_id: lab.id, profile: { name: "Laboratory" } });
  });

  test.each<[string, string, { [attribute: string]: string | null }, "refused" | "done"]>([
    ["into it", 'user.department == "Keys"', { department: "Keys" }, "refused"],
    ["out of it", 'user.department == "Sales"', { department: "Cellar" }, "refused"],
    ["out of it by an empty value", 'user.department == "Sales"', { department: null }, "refused"],
    ["into it by another spelling", "user.department=='KEYS'", { department: "keys" }, "refused"],
    ["nowhere by another value", 'user.department == "Keys"', { department: "Cellar" }, "done"],
    ["nowhere by another attribute", 'user.department == "Sales"', { nickName: "Bo" }, "done"],
    ["nowhere by the value that is there", 'user.department != "Keys"', { department: "Sales" }, "done"],
    ["perhaps", 'user.department == "Keys" && user.title == "x"', { title: "y" }, "refused"],
    ["perhaps, by a function", 'String.stringContains(user.department, "Key")', { department: "Keyboards" }, "refused"],
    ["perhaps, behind an escape", 'user.title == "a\\\\" || user.department == "Keys"', { department: "x" }, "refused"],
    ["perhaps, by an attribute that nobody sees", 'user.getInternalProperty("x") == "y"', { nickName: "z" }, "refused"],
    ["perhaps, by any attribute", 'user["department"] == "Keys"', { nickName: "z" }, "refused"],
    ["nowhere, by a function of other attributes", "String.len(user.title) > 3", { nickName: "z" }, "done"],
    ["nowhere, by groups alone", 'isMemberOfGroup("00gOther")', { department: "Keys" }, "done"],
  ])("and a profile moves its person %s", async (_, expression, profile, outcome) => {
    const { refused, done, vault, bob, rule, names, org } = await guarded(VAULT);
    rule("Keepers", expression, [vault.id]);
    // Okta applies a rule to everybody when it is switched on; this change makes the sandbox apply it to Bob.
    org.users.change(bob, {}, { eventType: "user.account.update_profile", displayMessage: "x" });
    const before = names(vault);
    if (outcome === "done") {
      await done("update_user", { user_id: bob.id, profile });
      expect(names(vault)).toEqual(before);
      return;
    }
    const error = await refused("update_user", { user_id: bob.id, profile });
    expect(error?.message).toContain("the group is filled by the group rule Keepers, which may look at");
    expect(names(vault)).toEqual(before);
  });

  test("and no new user comes into it", async () => {
    const { refused, done, vault, rule } = await guarded(VAULT);
    rule("Keepers", 'user.department == "Keys"', [vault.id]);
    const profile = { login: "new@acme.example", email: "new@acme.example", firstName: "New", lastName: "Doe" };
    await refused("create_user", { profile: { ...profile, department: "Keys" } });
    await done("create_user", { profile: { ...profile, department: "Cellar" } });
    rule("Nobody", 'user.department != "Cellar"', [vault.id]);
    const error = await refused("create_user", { profile: { ...profile, login: "next@acme.example" } });
    expect(error?.message).toContain("group rule Nobody, which may be true of the new user");
  });

  test("and nobody is changed where the rules may not be read", async () => {
    const { refused, done, bob } = await guarded(VAULT, { scopes: ["okta.users.manage"] });
    const error = await refused("update_user", { user_id: bob.id, profile: { department: "Keys" } });
    expect(error?.message).toContain("without naming it, cannot be told");
    expect(error?.fix).toContain("okta.groups.read");
    // An update that changes nothing moves nobody.
    await done("update_user", { user_id: bob.id, profile: { department: "Sales" } });
  });
});

describe("the members of a protected group", () => {
  test("stay in it, whatever takes people out of groups", async () => {
    const { refused, done, org, ada, bob, vault } = await guarded(VAULT);
    org.groups.addMember(vault, ada);
    await refused("remove_user_from_group", { group_id: vault.id, user_id: ada.id });
    const error = await refused("deactivate_user", { user_id: ada.id });
    expect(error?.message).toContain("the group has this user for a member");
    await done("deactivate_user", { user_id: bob.id });
    org.groups.addMember(vault, bob);
    await refused("delete_deactivated_user", { user_id: bob.id });
  });

  test("are themselves no more protected than others: their profile, credentials and other groups change", async () => {
    const { done, org, ada, lab, vault } = await guarded(VAULT);
    org.groups.addMember(vault, ada);
    await done("update_user", { user_id: ada.id, profile: { nickName: "A" } });
    await done("update_user", { user_id: ada.id, credentials: { password: { value: "correct horse 1" } } });
    await done("remove_user_from_group", { group_id: lab.id, user_id: ada.id });
    await done("add_user_to_group", { group_id: lab.id, user_id: ada.id });
  });

  test("are not kept by Everyone, which Okta fills itself", async () => {
    const { done, bob } = await guarded({ groups: [{ name: "Everyone" }] });
    await done("deactivate_user", { user_id: bob.id });
    await done("delete_deactivated_user", { user_id: bob.id });
  });
});

test("a user who is deleted is named by no protected policy", async () => {
  const { refused, done, org, ada, bob } = await guarded({ policies: [{ pattern: "Strict*" }] });
  const conditions = { people: { users: { exclude: [ada.id] } } };
  const strict = org.area(POLICIES).insert({ given: { type: "OKTA_SIGN_ON", name: "Strict" } });
  org.area(POLICIES).insertRule(strict, { given: { type: "SIGN_ON", name: "Night", conditions } });
  for (const user of [ada, bob]) org.users.setStatus(user, "DEPROVISIONED", { eventType: "x", displayMessage: "x" });
  await refused("delete_deactivated_user", { user_id: ada.id });
  await done("delete_deactivated_user", { user_id: bob.id });
});

describe("an app that is deleted", () => {
  /** Opens an org with an app that imported a group, of which Ada is a member. */
  async function directory(protect: Protect) {
    const client = await guarded(protect);
    const app = client.org.addApp({ label: "Plant" });
    client.org.apps.change({ ...app, status: "INACTIVE" }, { eventType: "x", displayMessage: "x" });
    const given = { type: "APP_GROUP", appId: app.id, profile: { name: "Plant people" } } as const;
    const plant = client.org.addGroup(given, [client.ada]);
    return { ...client, app, plant };
  }

  test.each<[string, Protect]>([
    ["a protected group", { groups: [{ name: "Plant people" }] }],
    ["a protected user out of a group", { users: [{ login: "ada@acme.example" }] }],
  ])("takes no %s with it", async (_, protect) => {
    const { refused, app, plant, org } = await directory(protect);
    await refused("delete_application", { app_id: app.id });
    expect(org.groups.get(plant.id)).toBeDefined();
  });

  test("is deleted with its groups where nothing of that is protected", async () => {
    const { done, app, plant, org } = await directory({ users: [{ login: "bob@acme.example" }], ...VAULT });
    await done("delete_application", { app_id: app.id });
    expect(org.groups.get(plant.id)).toBeUndefined();
  });

  test("stays where it brought more groups than are looked at, whatever is protected", async () => {
    const { refused, app, org } = await directory(VAULT);
    for (let count = 0; count < 50; count += 1)
      org.addGroup({ type: "APP_GROUP", appId: app.id, profile: { name: `Shift ${count}` } });
    const error = await refused("delete_application", { app_id: app.id });
    expect(error?.message).toContain("more than 50 groups");
  });

  test("has rules and policies read once, however many groups it brought", async () => {
    const { done, app, org, sent } = await directory({ policies: [{ name: "Strict" }], ...VAULT });
    for (const name of ["Shift 1", "Shift 2", "Shift 3"])
      org.addGroup({ type: "APP_GROUP", appId: app.id, profile: { name } });
    const before = sent().length;
    await done("delete_application", { app_id: app.id });
    const read = sent().slice(before);
    // They are read once before the person is asked and once after.
    expect(read.filter((request) => request.startsWith("GET /api/v1/groups/rules"))).toHaveLength(2);
    expect(read.filter((request) => /^GET \/api\/v1\/policies\?.*type=PASSWORD/.test(request))).toHaveLength(2);
  });

  test("is named by no protected policy", async () => {
    const { refused, app, org } = await directory({ policies: [{ name: "Strict" }] });
    const conditions = { app: { include: [{ type: "APP", id: app.id }] } };
    const strict = org.area(POLICIES).insert({ given: { type: "MFA_ENROLL", name: "Strict" } });
    org.area(POLICIES).insertRule(strict, { given: { type: "MFA_ENROLL", name: "r", conditions } });
    await refused("delete_application", { app_id: app.id });
  });
});

test("a device assurance policy that a protected policy asks for is neither replaced nor deleted", async () => {
  const { refused, done, org, get } = await guarded({ policies: [{ name: "Strict" }] }, { seed: 1 });
  const { items } = (await get("list_device_assurance_policies")) as { items: { id: string; name: string }[] };
  const [used, other] = items;
  if (used === undefined || other === undefined) throw new Error("There have to be two.");
  const conditions = { device: { assurance: { include: [used.id] } } };
  const strict = org.area(POLICIES).insert({ given: { type: "ACCESS_POLICY", name: "Strict" } });
  org.area(POLICIES).insertRule(strict, { given: { type: "ACCESS_POLICY", name: "r", conditions } });
  for (const one of [used, other]) {
    const args = { device_assurance_id: one.id, policy_data: { ...one, name: `${one.name} 2` } };
    if (one === used) await refused("replace_device_assurance_policy", args);
    else await done("replace_device_assurance_policy", args);
  }
  await refused("delete_device_assurance_policy", { device_assurance_id: used.id });
});

describe("a policy", () => {
  test("is neither deleted nor switched off, by whatever tool, while a protected app has it", async () => {
    const { refused, org, wiki, done } = await guarded({ apps: [{ name: "Wiki" }] });
    const store = org.area(POLICIES);
    const [used, other] = ["Strict", "Other"].map((name) => store.insert({ given: { type: "ACCESS_POLICY", name } }));
    if (used === undefined || other === undefined) throw new Error("There have to be two.");
    store.assign(used, wiki);
    const args = { policy_id: used.id };
    const policy_data = { type: "ACCESS_POLICY", name: "Strict", status: "INACTIVE" };
    expect((await refused("delete_policy", args))?.message).toContain("the application has this policy");
    await refused("deactivate_policy", args);
    await refused("update_policy", { ...args, policy_data });
    await done("update_policy", {
      ...args,
      policy_data: { ...policy_data, status: "ACTIVE", priority: used.priority },
    });
    await done("delete_policy", { policy_id: other.id });
  });

  test("fills no protected group by its rules, nor ceases to", async () => {
    const { refused, done, org, vault, lab } = await guarded(VAULT);
    const store = org.area(POLICIES);
    const [policy] = store.ofType("PROFILE_ENROLLMENT");
    if (policy === undefined) throw new Error("There has to be one.");
    const rule = (group: { id: string }) => ({
      type: "PROFILE_ENROLLMENT",
      name: "New",
      actions: { profileEnrollment: { access: "ALLOW", targetGroupIds: [group.id] } },
    });
    const own = store.insert({ given: { type: "PROFILE_ENROLLMENT", name: "Own" } });
    const filling = store.insertRule(own, { given: rule(vault) });
    const other = store.insertRule(own, { given: { ...rule(lab), name: "Lab" } });
    const place = { policy_id: own.id, rule_id: filling.id };
    await refused("create_policy_rule", { policy_id: own.id, rule_data: { ...rule(vault), name: "More" } });
    await refused("update_policy_rule", { ...place, rule_data: rule(lab), allow_removals: true });
    await refused("update_policy_rule", { policy_id: own.id, rule_id: other.id, rule_data: rule(vault) });
    for (const tool of ["deactivate_policy_rule", "delete_policy_rule"]) await refused(tool, place);
    for (const tool of ["deactivate_policy", "delete_policy"]) await refused(tool, { policy_id: own.id });
    await done("delete_policy_rule", { policy_id: own.id, rule_id: other.id });
  });
});

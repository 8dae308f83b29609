import { describe, expect, test } from "vitest";
import { POLICIES } from "../../sandbox/state/default-policies.js";
import { groupRuleArea } from "../../sandbox/state/group-rules.js";
import { guarded, VAULT } from "./support-indirect.js";

describe("a group that is deleted", () => {
  test("takes no protected user with it", async () => {
    const { refused, lab, ada, names } = await guarded({
      users: [{ login: "ada@acme.example", reason: "break glass" }],
    });
    const error = await refused("delete_group", { group_id: lab.id });
    expect(error?.message).toMatch(
      /The user 00u\w+ is protected by protect\.users\[0\] .*The call does not name it, but the user is a member of the group Lab, which goes\. Reason: break glass/,
    );
    expect(error?.data).toMatchObject({ rule: "protect.users[0]", target: { type: "user", id: ada.id } });
    expect(names(lab)).toEqual(["ada"]);
  });

  test("takes none with it who stands on a late page of the members", async () => {
    const { refused, add, org, lab } = await guarded({ users: [{ name: "last Doe" }] });
    org.maxPageItems = 7;
    for (let n = 0; n < 40; n += 1) org.groups.addMember(lab, add(`p${n}`));
    org.groups.addMember(lab, add("last"));
    await refused("delete_group", { group_id: lab.id });
  });

  test("is deleted where its members are not protected, and nothing else is read than what rules are about", async () => {
    const { done, lab, sent } = await guarded(
      { users: [{ login: "bob@acme.example" }] },
      { scopes: ["okta.groups.manage", "okta.users.read"] },
    );
    await done("delete_group", { group_id: lab.id });
    expect(sent().filter((line) => line.includes("/policies"))).toEqual([]);
  });

  test("stays where its members cannot be read, or are too many", async () => {
    const { call, refused, sandbox, lab, writes, org } = await guarded({ users: [{ id: "00uAAAAAAAAAAAAAAAAA" }] });
    sandbox.next("GET", "/api/v1/groups/{groupId}/users", {
      status: 403,
      json: { errorCode: "E0000006", errorSummary: "You do not have permission" },
    });
    const { error } = await call("delete_group", { group_id: lab.id });
    expect(error).toMatchObject({ code: "protected", data: { rule: "protect.users" } });
    expect(error?.message).toContain("without naming it, cannot be told");
    const many = Array.from({ length: 10_001 }, (_, n) => org.addUser({ profile: { login: `m${n}@acme.example` } }));
    const crowd = org.addGroup({ profile: { name: "Crowd" } }, many);
    expect((await refused("delete_group", { group_id: crowd.id }))?.message).toContain("more than 10000 items");
    expect(writes()).toEqual([]);
  });

  test("takes none of a protected app's assignments", async () => {
    const { refused, done, lab, vault } = await guarded({ apps: [{ name: "Wiki" }] });
    const error = await refused("delete_group", { group_id: lab.id });
    expect(error?.message).toContain("the application is assigned to the group Lab, which goes");
    await done("delete_group", { group_id: vault.id });
  });

  test.each(["policy", "rule"])("is named by no protected policy: by the %s", async (by) => {
    const { refused, done, org, lab, vault } = await guarded({ policies: [{ name: "Strict" }] });
    const conditions = { people: { groups: { include: [lab.id] } } };
    const store = org.area(POLICIES);
    const given = { type: "OKTA_SIGN_ON", name: "Strict", ...(by === "policy" ? { conditions } : {}) };
    const strict = store.insert({ given });
    if (by === "rule") store.insertRule(strict, { given: { type: "SIGN_ON", name: "Night", conditions } });
    const error = await refused("delete_group", { group_id: lab.id });
    expect(error?.message).toContain(
      `the policy ${by === "rule" ? "in its rule Night " : ""}names the group Lab, which goes`,
    );
    await done("delete_group", { group_id: vault.id });
  });

  test("stays where policies may not be read that may name it", async () => {
    const { refused, lab } = await guarded({ policies: [{ name: "Strict" }] }, { scopes: ["okta.groups.manage"] });
    expect((await refused("delete_group", { group_id: lab.id }))?.message).toContain("cannot be told");
  });

  test("stays where a feature is off only as far as it has policies", async () => {
    const { done, lab, sandbox } = await guarded({ policies: [{ name: "Strict" }] });
    sandbox.next("GET", "/api/v1/policies", {
      status: 401,
      json: {
        errorCode: "E0000015",
        errorSummary: "You do not have permission to access the feature you are requesting",
      },
    });
    await done("delete_group", { group_id: lab.id });
  });

  test.each<[string, (lab: { id: string }) => string]>([
    ["isMemberOfGroup", ({ id }) => `isMemberOfGroup("${id}")`],
    ["isMemberOfAnyGroup", ({ id }) => `user.department == "x" || isMemberOfAnyGroup("00gOther", "${id}")`],
    ["its name", () => 'isMemberOfGroupName("LAB")'],
    ["the start of its name", () => 'isMemberOfGroupNameStartsWith("La")'],
    [
      "the start of its name, behind a text with an escape",
      () => 'user.title == "a\\\\" || isMemberOfGroupNameStartsWith("La")',
    ],
    ["a way that nobody here knows", () => 'user.isMemberOf({"group.profile.name": "x"})'],
  ])("moves nobody into or out of a protected group by a rule that asks for it: %s", async (_, expression) => {
    const { refused, lab, vault, rule } = await guarded(VAULT);
    rule("Keepers", expression(lab), [vault.id]);
    const error = await refused("delete_group", { group_id: lab.id });
    expect(error?.message).toContain(
      "the group is filled by the group rule Keepers, which has to do with the group Lab",
    );
  });

  test("stops no rule that fills a protected group as well, nor one that follows", async () => {
    const { refused, lab, vault, rule, org } = await guarded(VAULT);
    const between = org.addGroup({ profile: { name: "Between" } });
    rule("Both", 'user.department == "Lab"', [lab.id, vault.id]);
    await refused("delete_group", { group_id: lab.id });
    org.area(groupRuleArea).length = 0;
    rule("First", `isMemberOfGroup("${lab.id}")`, [between.id]);
    rule("Second", `isMemberOfGroup("${between.id}")`, [vault.id]);
    await refused("delete_group", { group_id: lab.id });
  });

  test("is deleted where rules do something else, or nothing", async () => {
    const { done, lab, vault, rule } = await guarded(VAULT);
    rule("Sellers", 'user.department == "Sales"', [vault.id]);
    rule("Off", `isMemberOfGroup("${lab.id}")`, [vault.id], { status: "INACTIVE" });
    rule("Others", 'isMemberOfAnyGroup("00gOther") && !isMemberOfGroupName("Other")', [vault.id]);
    await done("delete_group", { group_id: lab.id });
  });
});

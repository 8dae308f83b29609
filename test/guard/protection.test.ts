import { describe, expect, test } from "vitest";
import * as z from "zod";
import { ADMIN_LOGIN } from "../../sandbox/facts.js";
import { defineTool } from "../../src/tool.js";
import { ALL_SCOPES, accepts, connect } from "../support/client.js";
import { PEERS } from "../support/peers.js";
import { ADA, guarded, type Protect } from "./support-protection.js";

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
    // The same seed gives the same ids again.
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

  test.each(PEERS)(
    "sees what has become protected while a person was asked by a client of the sort %s",
    async (peer) => {
      const byId = defineTool({
        ...said,
        input: z.strictObject({ group_id: z.string() }),
        impact: async (_, a) => ({ target: { type: "group", name: "some group", id: a.group_id }, details: [] }),
        run: ({ okta }, a) => okta.groups.deleteGroup({ groupId: a.group_id }),
      });
      const client = await guarded(
        { groups: [{ name: "Lab (keep)" }] },
        {
          peer,
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
    },
  );

  test("lets a tool that reads send nothing that could change anything", async () => {
    const nosy = { ...remover, name: "list_secretly", effect: "reads" as const, impact: undefined };
    const { call, writes, lab } = await guarded({}, { tools: { odd: { nosy } } });
    expect((await call("list_secretly", { which: lab.id })).error).toMatchObject({ code: "bug" });
    expect(writes()).toEqual([]);
  });
});

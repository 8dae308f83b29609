import { describe, expect, test } from "vitest";
import type { Org } from "../../sandbox/org.js";
import { POLICIES } from "../../sandbox/state/default-policies.js";
import { adminGroupArea, groupRuleArea } from "../../sandbox/state/group-rules.js";
import { accepts, type ConnectOptions, connect, declines } from "../support/client.js";

const addPerson = (org: Org, name: string, more: { [key: string]: string } = {}) =>
  org.addUser({
    profile: { login: `${name}@acme.example`, email: `${name}@acme.example`, firstName: name, lastName: "T", ...more },
  });

const ids = (data: { items?: unknown }) => (data.items as { id: string }[]).map(({ id }) => id);

describe("list_groups", () => {
  test("sends what was asked for, as it was asked for", async () => {
    const { get, sandbox } = await connect();
    await get("list_groups", {
      search: 'profile.name sw "E" and type eq "BUILT_IN"',
      limit: 10_000,
      expand: "stats",
      sort_by: "profile.name",
      sort_order: "asc",
    });
    const url = new URL(sandbox.requests.at(-1)?.path ?? "", sandbox.origin);
    expect(url.pathname).toBe("/api/v1/groups");
    expect(Object.fromEntries(url.searchParams)).toEqual({
      search: 'profile.name sw "E" and type eq "BUILT_IN"',
      limit: "10000",
      expand: "stats",
      sortBy: "profile.name",
      sortOrder: "asc",
    });
  });

  test("keeps custom attributes, unknown fields and unknown types", async () => {
    const { get, org, sandbox } = await connect();
    const lab = org.addGroup({ profile: { name: "Lab", costCentre: 4711, tags: ["a", "b"] } });
    sandbox.next("GET", "/api/v1/groups", {
      rewrite: (reply) => ({
        ...reply,
        json: (reply.json as object[]).map((group) => ({ ...group, type: "AGENT_GROUP", newField: { deep: true } })),
      }),
    });
    const { items } = await get("list_groups", { q: "Lab" });
    expect(items).toEqual([
      expect.objectContaining({
        id: lab.id,
        type: "AGENT_GROUP",
        newField: { deep: true },
        profile: expect.objectContaining({ name: "Lab", costCentre: 4711, tags: ["a", "b"] }),
      }),
    ]);
    expect(items).toEqual([expect.not.objectContaining({ _links: expect.anything() })]);
  });

  test("pages, and follows every page with fetch_all", async () => {
    const { get, org, sent } = await connect();
    for (const name of ["A", "B", "C", "D"]) org.addGroup({ profile: { name } });
    const first = await get("list_groups", { limit: 2 });
    expect(first).toMatchObject({ total_fetched: 2, has_more: true });
    const rest = await get("list_groups", { limit: 2, after: first.next_cursor, fetch_all: true });
    expect(rest).toMatchObject({ total_fetched: 3, has_more: false, next_cursor: null });
    expect(new Set([...ids(first), ...ids(rest)]).size).toBe(5);
    expect(sent()).toHaveLength(3);
  });
});

describe("get_group", () => {
  test("shows one group whole", async () => {
    const { get, org, sent } = await connect();
    const lab = org.addGroup({ profile: { name: "Lab", costCentre: 4711 } });
    expect(await get("get_group", { group_id: lab.id })).toMatchObject({
      id: lab.id,
      type: "OKTA_GROUP",
      profile: { name: "Lab", costCentre: 4711 },
    });
    expect(sent()).toEqual([`GET /api/v1/groups/${lab.id}`]);
  });

  test("names the tool that finds the right id", async () => {
    const { call } = await connect();
    const { error, text } = await call("get_group", { group_id: "00gNobody" });
    expect(error?.code).toBe("not_found");
    expect(text).toContain("list_groups");
  });
});

describe("list_group_apps", () => {
  test("shows assigned applications, page by page", async () => {
    const { get, org, sent } = await connect();
    const lab = org.addGroup({ profile: { name: "Lab" } });
    const apps = ["Wiki", "Mail", "Chat"].map((label) =>
      org.addApp({ label, signOnMode: "FUTURE" }, { groups: [lab] }),
    );
    const first = await get("list_group_apps", { group_id: lab.id, limit: 2 });
    expect(first.items).toContainEqual(expect.objectContaining({ label: "Wiki", signOnMode: "FUTURE" }));
    const all = await get("list_group_apps", { group_id: lab.id, limit: 2, fetch_all: true });
    expect(ids(all)).toEqual(apps.map(({ id }) => id));
    expect(sent()[0]).toBe(`GET /api/v1/groups/${lab.id}/apps?limit=2`);
  });
});

/** Opens an org whose group schema has custom attributes. */
async function withAttributes(options: ConnectOptions = {}) {
  const connected = await connect(options);
  const { groupAttributes } = connected.org;
  groupAttributes.set("costCentre", { title: "Cost centre", type: "integer" });
  groupAttributes.set("colour", { title: "Colour", type: "string" });
  groupAttributes.set("tags", { title: "Tags", type: "array", items: { type: "string" } });
  return connected;
}

describe("create_group", () => {
  test("sends the profile untouched", async () => {
    const { get, org, lastBody, writes } = await withAttributes();
    const profile = { name: "Лаборатория “X”", description: "line\nbreak", costCentre: 4711, tags: ["a"] };
    const created = await get("create_group", { profile });
    expect(lastBody()).toEqual({ profile });
    expect(writes()).toEqual(["POST /api/v1/groups"]);
    expect(org.groups.get(String(created.id))?.profile).toEqual(profile);
  });

  test("says where the name is taken", async () => {
    const { call, org } = await connect();
    org.addGroup({ profile: { name: "Lab" } });
    const { error } = await call("create_group", { profile: { name: "Lab" } });
    expect(error?.code).toBe("conflict");
    expect(error?.message).toContain("already exists");
  });
});

describe("update_group", () => {
  test("names what would be lost, and changes nothing", async () => {
    const { call, org, writes } = await connect();
    const lab = org.addGroup({ profile: { name: "Lab", description: "All of it", costCentre: 4711 } });
    const { error } = await call("update_group", { group_id: lab.id, profile: { name: "Laboratory" } });
    expect(error).toMatchObject({
      code: "would_remove",
      data: { would_be_lost: ["profile.description", "profile.costCentre"] },
    });
    expect(error?.message).toContain("profile.description, profile.costCentre");
    expect(error?.fix).toContain("allow_removals: true");
    expect(writes()).toEqual([]);
    expect(lab.profile.name).toBe("Lab");
  });

  test("replaces the profile where nothing is lost", async () => {
    const { get, org, lastBody, writes } = await withAttributes();
    const lab = org.addGroup({ profile: { name: "Lab", description: "", costCentre: 4711 } });
    await get("update_group", { group_id: lab.id, profile: { name: "Laboratory", costCentre: 4712, colour: "red" } });
    expect(writes()).toEqual([`PUT /api/v1/groups/${lab.id}`]);
    expect(lastBody()).toEqual({ profile: { name: "Laboratory", costCentre: 4712, colour: "red" } });
    expect(org.groups.get(lab.id)?.profile).toMatchObject({ name: "Laboratory", costCentre: 4712, colour: "red" });
  });

  test("clears an attribute by null once that is wanted and a person agreed", async () => {
    const { get, call, org, asked, lastBody } = await withAttributes({ person: accepts });
    const lab = org.addGroup({ profile: { name: "Lab", costCentre: 4711 } });
    const args = { group_id: lab.id, profile: { name: "Lab", costCentre: null } };
    expect((await call("update_group", args)).error?.data).toEqual({ would_be_lost: ["profile.costCentre"] });
    await get("update_group", { ...args, allow_removals: true });
    expect(asked[0]?.message).toContain("- profile.costCentre is emptied, now 4711");
    expect(lastBody()).toEqual({ profile: { name: "Lab", costCentre: null } });
  });

  test("drops settings where that is wanted", async () => {
    const { get, org, writes } = await connect({ person: accepts });
    const lab = org.addGroup({ profile: { name: "Lab", costCentre: 4711 } });
    await get("update_group", { group_id: lab.id, profile: { name: "Lab" }, allow_removals: true });
    expect(writes()).toEqual([`PUT /api/v1/groups/${lab.id}`]);
    expect(org.groups.get(lab.id)?.profile).not.toHaveProperty("costCentre");
  });

  test("is not stopped by a field of the group that nobody can write", async () => {
    const { get, org, sandbox } = await connect();
    const lab = org.addGroup({ profile: { name: "Lab" } });
    sandbox.next("GET", "/api/v1/groups/{groupId}", {
      rewrite: (reply) => ({ ...reply, json: { ...(reply.json as object), newReadOnlyThing: { set: "by Okta" } } }),
    });
    await get("update_group", { group_id: lab.id, profile: { name: "Laboratory" } });
  });
});

const WAY_BACK =
  "undo_change can only make a new group of this name with its members; apps, policies, rules and admin rights stay gone";

describe("delete_group", () => {
  test("shows its name, its members and the apps it gives, then deletes it", async () => {
    const { get, org, asked, writes } = await connect({ person: accepts });
    const lab = org.addGroup({ profile: { name: "Lab" } }, [addPerson(org, "a"), addPerson(org, "b")]);
    for (const label of ["Wiki", "Mail"]) org.addApp({ label }, { groups: [lab] });
    expect(await get("delete_group", { group_id: lab.id })).toEqual({ done: true, group_id: lab.id });
    expect(asked[0]?.message.split("\n")).toEqual([
      `Delete group: group "Lab" (${lab.id})`,
      "- 2 members: a@acme.example, b@acme.example",
      "- 2 apps assigned through it: Wiki, Mail",
      "- no group rule or policy names it",
      `- ${WAY_BACK}`,
    ]);
    expect(writes()).toEqual([`DELETE /api/v1/groups/${lab.id}`]);
    expect(org.groups.get(lab.id)).toBeUndefined();
  });

  test("says of an app's group that there is no way back", async () => {
    const { call, org, asked } = await connect({ person: declines });
    const { id } = org.addGroup({
      type: "APP_GROUP",
      appId: org.addApp({ label: "AD" }).id,
      profile: { name: "Plant" },
    });
    await call("delete_group", { group_id: id });
    expect(asked[0]?.message).toContain("undo_change cannot bring it back: its application has to send it again");
  });

  test("counts honestly where there is too much to count", async () => {
    const { call, org, asked, sandbox } = await connect({ person: declines });
    const people = Array.from({ length: 1001 }, (_, index) => addPerson(org, `p${index}`));
    const lab = org.addGroup({ profile: { name: "Lab" } }, people);
    await call("delete_group", { group_id: lab.id });
    expect(asked[0]?.message).toContain("- 1001 members: p0@acme.example, p1@acme.example");
    expect(asked[0]?.message).toContain("a new group of this name with the first 500 of its members;");
    expect(sandbox.requests.filter(({ path }) => path.includes("/users?"))).toHaveLength(1);
  });

  describe("tells what refers to the group", () => {
    /** Opens an org with a group that rules, a policy and a policy rule refer to, and that gives admin rights. */
    async function named(options: Parameters<typeof connect>[0] = {}) {
      const connected = await connect({ person: declines, ...options });
      const { org } = connected;
      const people = Array.from({ length: 57 }, (_, n) => addPerson(org, `p${n}`));
      const lab = org.addGroup({ profile: { name: "Lab" } }, people);
      const assignUserToGroups = { groupIds: [lab.id] };
      org
        .area(groupRuleArea)
        .push(
          { id: "0pr1", type: "group_rule", name: "Chemists", status: "ACTIVE", actions: { assignUserToGroups } },
          { id: "0pr2", name: "Others", conditions: { expression: { value: `isMemberOfAnyGroup("00gOther")` } } },
          { id: "0pr3", name: "Nested", conditions: { expression: { value: `isMemberOfAnyGroup("${lab.id}")` } } },
        );
      org.area(adminGroupArea).add(lab.id);
      const conditions = { people: { groups: { include: [lab.id] } } };
      const store = org.area(POLICIES);
      store.insert({ given: { type: "PASSWORD", name: "Long", conditions } });
      const strict = store.insert({ given: { type: "ACCESS_POLICY", name: "Strict" } });
      store.insertRule(strict, { given: { type: "ACCESS_POLICY", name: "Night", conditions } });
      return { ...connected, lab };
    }
    const FIVE = "57 members: p0@acme.example, p1@acme.example, p2@acme.example, p3@acme.example, p4@acme.example …";
    const REFERENCES = [
      "its members have ADMIN RIGHTS through it, which they lose",
      "named by 2 group rules: Chemists, Nested",
      "named by 2 policies and policy rules: Night of Strict, Long",
      WAY_BACK,
    ];

    test("to a person", async () => {
      const { call, lab, asked } = await named();
      await call("delete_group", { group_id: lab.id });
      const [, members, , ...references] = asked[0]?.message.split("\n- ") ?? [];
      expect(members).toBe(FIVE);
      expect(references).toEqual(REFERENCES);
    });

    test("in a preview, which stays small", async () => {
      const { get, lab } = await named();
      const preview = await get("delete_group", { group_id: lab.id, dry_run: true });
      expect(preview.needs_confirmation).toEqual({
        details: [FIVE, "0 apps assigned through it", ...REFERENCES],
      });
      expect(preview.difference).toContainEqual({ field: "member_ids", before: "57 items" });
      expect(JSON.stringify(preview).length).toBeLessThan(2_500);
    });

    test("and what could not be looked at", async () => {
      const { call, lab, asked, sandbox } = await named({ scopes: ["okta.groups.manage"] });
      sandbox.next("GET", "/api/v1/groups/rules", { status: 403, json: { errorCode: "E0000006", errorSummary: "No" } });
      await call("delete_group", { group_id: lab.id });
      const lines = asked[0]?.message.split("\n- ") ?? [];
      expect(lines.at(-2)).toMatch(/^could not be looked at, so that they may name it: group rules, policies of type/);
      expect(lines).toContain(REFERENCES[0]);
      expect(asked[0]?.message).not.toContain("no group rule or policy");
    });
  });

  test("keeps away from Okta's own groups, before anybody is asked", async () => {
    const { call, org, asked, writes } = await connect({ person: accepts });
    const everyone = org.groups.all().find(({ type }) => type === "BUILT_IN");
    const { error } = await call("delete_group", { group_id: everyone?.id });
    expect(error?.code).toBe("protected");
    expect(error?.message).toContain("always protected");
    expect([...asked, ...writes()]).toEqual([]);
    expect(org.groups.get(everyone?.id ?? "")).toBeDefined();
  });
});

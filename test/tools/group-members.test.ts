import { describe, expect, test } from "vitest";
import type { Org } from "../../sandbox/org.js";
import { accepts, connect } from "../support/client.js";

const addPerson = (org: Org, name: string, more: { [key: string]: string } = {}) =>
  org.addUser({
    profile: { login: `${name}@acme.example`, email: `${name}@acme.example`, firstName: name, lastName: "T", ...more },
  });

const ids = (data: { items?: unknown }) => (data.items as { id: string }[]).map(({ id }) => id);

describe("list_group_users", () => {
  test("shows members with status and custom attributes, page by page", async () => {
    const { get, org, sent } = await connect();
    const people = ["a", "b", "c"].map((name) => addPerson(org, name, { clearance: "high" }));
    const lab = org.addGroup({ profile: { name: "Lab" } }, people);
    const first = await get("list_group_users", { group_id: lab.id, limit: 2 });
    const rest = await get("list_group_users", { group_id: lab.id, limit: 2, after: first.next_cursor });
    expect([...ids(first), ...ids(rest)].sort()).toEqual(people.map(({ id }) => id).sort());
    expect(first.items).toContainEqual(
      expect.objectContaining({ status: "ACTIVE", profile: expect.objectContaining({ clearance: "high" }) }),
    );
    expect(sent()[0]).toBe(`GET /api/v1/groups/${lab.id}/users?limit=2`);
    expect(await get("list_group_users", { group_id: lab.id, fetch_all: true })).toMatchObject({ total_fetched: 3 });
  });
});

describe("add_user_to_group", () => {
  test("adds one user and asks nobody", async () => {
    const { get, org, asked, writes } = await connect({ person: accepts });
    const [lab, ada] = [org.addGroup({ profile: { name: "Lab" } }), addPerson(org, "ada")];
    const result = await get("add_user_to_group", { group_id: lab.id, user_id: ada.id });
    expect(result).toEqual({ done: true, group_id: lab.id, user_id: ada.id });
    expect(writes()).toEqual([`PUT /api/v1/groups/${lab.id}/users/${ada.id}`]);
    expect(org.groups.membersOf(lab)).toEqual([ada]);
    expect(asked).toEqual([]);
  });

  test("is refused for a group that Okta fills itself", async () => {
    const { call, org } = await connect();
    const everyone = org.groups.all().find(({ type }) => type === "BUILT_IN");
    const { error } = await call("add_user_to_group", { group_id: everyone?.id, user_id: addPerson(org, "ada").id });
    expect(error?.code).toBe("protected");
  });
});

describe("remove_user_from_group", () => {
  test("shows who leaves which group, then does it", async () => {
    const { get, org, asked, writes } = await connect({ person: accepts });
    const ada = addPerson(org, "ada");
    const lab = org.addGroup({ profile: { name: "Lab" } }, [ada]);
    org.addApp({ label: "Wiki" }, { groups: [lab] });
    await get("remove_user_from_group", { group_id: lab.id, user_id: ada.id });
    expect(asked[0]?.message.split("\n")).toEqual([
      `Remove user from group: membership "ada@acme.example in Lab" (${ada.id})`,
      "- group Lab: 1 member, 1 app assigned through it: Wiki",
      "- loses any access the group gives",
    ]);
    expect(writes()).toEqual([`DELETE /api/v1/groups/${lab.id}/users/${ada.id}`]);
    expect(org.groups.membersOf(lab)).toEqual([]);
  });

  test("needs no scope to read users", async () => {
    const { get, org, asked, sent } = await connect({ scopes: ["okta.groups.manage"], person: accepts });
    const ada = addPerson(org, "ada");
    const lab = org.addGroup({ profile: { name: "Lab" } }, [ada]);
    await get("remove_user_from_group", { group_id: lab.id, user_id: ada.id });
    expect(asked[0]?.message).toContain(`membership "${ada.id} in Lab"`);
    expect(sent().some((line) => line.startsWith("GET /api/v1/users"))).toBe(false);
  });
});

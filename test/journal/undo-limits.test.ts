import { describe, expect, test } from "vitest";
import { ALL_TOOLS } from "../../src/catalogue/choice.js";
import { guardRules } from "../guard/support.js";
import { linesOf } from "../guard/support-policies.js";
import { recording } from "./support.js";

const limited = (removals: number, writes?: number) => ({
  guard: guardRules({
    limits: {
      removals: { per_session: removals },
      ...(writes === undefined ? {} : { writes: { per_session: writes } }),
    },
  }),
});

const WIKI = {
  app_config: {
    name: "bookmark",
    label: "Wiki",
    signOnMode: "BOOKMARK",
    settings: { app: { url: "https://wiki.acme.example" } },
  },
};

/** Opens an org with a group. `change` updates the group and returns the id of the change. */
async function described(options: Parameters<typeof recording>[0]) {
  const recorded = await recording(options);
  const { id } = recorded.org.addGroup({ profile: { name: "Lab" } });
  const change = async (profile: { [attribute: string]: string }, more = {}) => {
    await recorded.get("update_group", { group_id: id, profile, ...more });
    return (await recorded.latest()).id;
  };
  const profile = () => recorded.org.groups.get(id)?.profile;
  return { ...recorded, change, profile };
}

describe("the limit on removals", () => {
  test("holds for an undo that drops settings, before anybody is asked and anything leaves", async () => {
    const { change, call, profile, asked, writes } = await described(limited(0));
    const change_id = await change({ name: "Lab", description: "Test benches" });
    const sent = writes().length;
    for (const args of [{ change_id }, { change_id, force: true }]) {
      const { error } = await call("undo_change", args);
      expect(error).toMatchObject({ code: "protected", data: { rule: "limits.removals.per_session", limit: 0 } });
    }
    expect(profile()).toMatchObject({ description: "Test benches" });
    expect(asked).toEqual([]);
    expect(writes()).toHaveLength(sent);
  });

  test("lets an undo go on that drops nothing", async () => {
    const { change, get, profile } = await described(limited(0));
    await get("undo_change", { change_id: await change({ name: "Laboratory" }) });
    expect(profile()).toMatchObject({ name: "Lab" });
  });

  test("is used up by an undo that drops settings", async () => {
    const { change, call, get, profile } = await described(limited(1));
    await get("undo_change", { change_id: await change({ name: "Lab", description: "One" }) });
    expect(profile()?.description).toBeFalsy();
    const change_id = await change({ name: "Lab", description: "Two" });
    expect((await call("undo_change", { change_id })).error).toMatchObject({
      data: { rule: "limits.removals.per_session" },
    });
    expect(profile()).toMatchObject({ description: "Two" });
  });

  test("is not used up by an undo that drops nothing", async () => {
    const { change, get, org } = await described(limited(1));
    for (const name of ["One", "Two"]) await get("undo_change", { change_id: await change({ name }) });
    const other = org.addGroup({ profile: { name: "Other" } });
    expect((await get("delete_group", { group_id: other.id })).isError).toBeUndefined();
  });

  test("counts every call of an undo before the first is made", async () => {
    const recorded = await recording(limited(1));
    const { get, call, latest, writes, asked, org } = recorded;
    const profile = { login: "bo@acme.example", email: "bo@acme.example", firstName: "Bo", lastName: "Li" };
    const { id } = await get("create_user", { profile, activate: false });
    const change_id = (await latest()).id;
    const sent = writes().length;
    const { error } = await call("undo_change", { change_id });
    expect(error).toMatchObject({ code: "protected", data: { rule: "limits.removals.per_session" } });
    expect(error?.message).toContain("of which 1 is left, and this takes 2");
    expect(org.users.get(String(id))?.status).toBe("STAGED");
    expect(asked).toEqual([]);
    expect(writes()).toHaveLength(sent);
  });
});

test("the limit on writes counts every call of an undo before the first is made", async () => {
  const { get, call, latest, writes } = await recording(limited(9, 2));
  await get("create_application", WIKI);
  const sent = writes().length;
  const { error } = await call("undo_change", { change_id: (await latest()).id });
  expect(error).toMatchObject({ code: "protected", data: { rule: "limits.writes.per_session" } });
  expect(writes()).toHaveLength(sent);
});

test("an undo of which one call is off makes none of them", async () => {
  const choice = { ...ALL_TOOLS, exclude: [{ patterns: ["delete_*"], where: "deny_tools" }] };
  const { get, call, latest, writes, asked } = await recording({ choice });
  await get("create_application", WIKI);
  const sent = writes().length;
  const { error } = await call("undo_change", { change_id: (await latest()).id });
  expect(error?.message).toContain("that takes the tool delete_application, which is not on here");
  expect(asked).toEqual([]);
  expect(writes()).toHaveLength(sent);
});

test("an undo that drops settings is a removal on record, and its question tells which", async () => {
  const { change, get, asked, latest } = await described({});
  await get("undo_change", { change_id: await change({ name: "Lab", description: "One" }) });
  expect(linesOf(asked[0]?.message)).toContain("profile.description: 'One' becomes nothing");
  expect(await latest()).toMatchObject({ tool: "update_group", effect: "removes" });
});

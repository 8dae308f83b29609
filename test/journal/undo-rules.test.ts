import { describe, expect, test } from "vitest";
import { connect, declines } from "../support/client.js";
import { recording } from "./support.js";

const bo = { login: "bo@acme.example", email: "bo@acme.example", firstName: "Bo", lastName: "Li", title: "Baker" };

/** Changes a user's title, and returns the id of that change. */
async function promoted(options: Parameters<typeof recording>[0] = {}) {
  const recorded = await recording(options);
  const user = recorded.org.addUser({ profile: bo });
  await recorded.get("update_user", { user_id: user.id, profile: { title: "Chef" } });
  const change_id = (await recorded.latest()).id;
  const profile = () => recorded.org.users.get(user.id)?.profile;
  return { ...recorded, user, change_id, profile };
}

describe("an object that has changed since", () => {
  test("is left alone, and the fields are named; with force it is put back all the same", async () => {
    const { call, get, user, change_id, profile, writes } = await promoted();
    Object.assign(user.profile, { title: "Head chef" });
    const before = writes();
    const { error } = await call("undo_change", { change_id });
    expect(error).toMatchObject({
      code: "conflict",
      message: expect.stringContaining("has changed since: profile.title."),
      fix: expect.stringContaining("force"),
      data: { changed_since: [{ field: "profile.title", before: "Chef", after: "Head chef" }] },
    });
    expect(writes()).toEqual(before);
    expect(profile()).toMatchObject({ title: "Head chef" });
    await get("undo_change", { change_id, force: true });
    expect(profile()).toMatchObject({ title: "Baker" });
  });

  test("is put back without further ado when only its times have changed", async () => {
    const { get, org, user, change_id, profile } = await promoted();
    user.lastLogin = org.timestamp(0);
    user.lastUpdated = org.timestamp(0);
    await get("undo_change", { change_id });
    expect(profile()).toMatchObject({ title: "Baker" });
  });

  test("is not put back when it is gone", async () => {
    const { call, get, latest, newGroup, org } = await recording();
    const group_id = await newGroup();
    await get("update_group", { group_id, profile: { name: "Sales", description: "More" } });
    const change_id = (await latest()).id;
    const group = org.groups.get(group_id);
    if (group) org.groups.remove(group);
    expect((await call("undo_change", { change_id })).error?.message).toContain("is not there any more");
  });
});

describe("what undo says before it does anything", () => {
  test("shows a person what becomes of which field, and does nothing when they decline", async () => {
    const { call, asked, change_id, profile, latest } = await promoted({ person: declines });
    expect((await call("undo_change", { change_id })).error?.code).toBe("declined");
    const message = String(asked[0]?.message);
    expect(message).toContain(`Undo change: change "update_user ${bo.login}" (${change_id})`);
    expect(message).toContain("- profile.title: 'Chef' becomes 'Baker'");
    expect(message).toMatch(/- by update_user \(user_id \S+\)/);
    expect(profile()).toMatchObject({ title: "Chef" });
    expect(await latest()).toMatchObject({ tool: "undo_change", outcome: "refused", error: { code: "declined" } });
  });

  test("tells of what is made again what it will be, not what it was", async () => {
    const { call, get, latest, newGroup, org, asked } = await recording();
    const group_id = await newGroup();
    for (const login of ["a@acme.example", "b@acme.example", "c@acme.example"]) {
      const { id } = org.addUser({ profile: { ...bo, login } });
      await get("add_user_to_group", { group_id, user_id: id });
    }
    await get("delete_group", { group_id });
    const change_id = (await latest()).id;
    asked.length = 0;
    await get("undo_change", { change_id });
    expect(asked[0]?.message.split("\n").slice(2)).toEqual([
      "- by create_group, then add_user_to_group 3 times",
      "- profile.description: nothing becomes 'Sells'",
      "- profile.name: nothing becomes 'Sales'",
      expect.stringContaining("- The group gets a new id"),
    ]);
    // The fix names the change on which the other ones depend.
    const { items } = (await get("list_changes", { tool: "create_group", limit: 1 })) as { items: [{ id: string }] };
    const { error } = await call("undo_change", { change_id });
    expect(error?.fix).toContain(`Look at ${items[0].id} with`);
  });

  test("works with a value to give back where the client cannot ask; the value is good for this state only", async () => {
    const { call, get, user, change_id, profile, latest } = await promoted({ person: undefined });
    const first = await call("undo_change", { change_id });
    expect(first.error?.code).toBe("needs_confirmation");
    Object.assign(user.profile, { department: "Kitchen" });
    const stale = await call("undo_change", { change_id, force: true, confirmation: first.error?.data.confirmation });
    expect(stale.error?.code).toBe("needs_confirmation");
    await get("undo_change", { change_id, force: true, confirmation: stale.error?.data.confirmation });
    expect(profile()).toMatchObject({ title: "Baker", department: "Kitchen" });
    expect(await latest()).toMatchObject({ tool: "update_user", confirmed: "one_time_value", undo_of: change_id });
  });

  test("previews the calls it would make", async () => {
    const { get, change_id, user, profile, asked } = await promoted();
    expect(await get("undo_change", { change_id, dry_run: true })).toMatchObject({
      dry_run: true,
      undoes: change_id,
      calls: [
        {
          tool: "update_user",
          request: { method: "POST", path: `/api/v1/users/${user.id}`, body: { profile: { title: "Baker" } } },
          difference: [{ field: "profile.title", before: "Chef", after: "Baker" }],
        },
      ],
    });
    expect(asked).toEqual([]);
    expect(profile()).toMatchObject({ title: "Chef" });
  });
});

describe("a change that was undone", () => {
  test("is marked, is not undone twice, and comes back by undoing the undo", async () => {
    const { call, get, change_id, profile } = await promoted();
    const { changes } = await get("undo_change", { change_id });
    const [undo] = changes as [string];
    expect(await get("get_change", { change_id })).toMatchObject({ undone_by: [undo], undo: { possible: false } });
    expect(await get("get_change", { change_id: undo })).toMatchObject({
      undo_of: change_id,
      undo: { possible: true },
    });
    for (const force of [false, true]) {
      const { error } = await call("undo_change", { change_id, force });
      expect(error).toMatchObject({ code: "conflict", fix: expect.stringContaining(undo) });
    }
    await get("undo_change", { change_id: undo });
    expect(profile()).toMatchObject({ title: "Chef" });
  });

  test("is undone once, however many ask at the same time", async () => {
    const { call, change_id, writes, changes } = await promoted({ confirmMode: "never" });
    const before = writes().length;
    const all = await Promise.all(Array.from({ length: 8 }, () => call("undo_change", { change_id, force: true })));
    expect(all.filter(({ isError }) => !isError)).toHaveLength(1);
    expect(new Set(all.flatMap(({ error }) => error?.code ?? []))).toEqual(new Set(["conflict"]));
    expect(writes()).toHaveLength(before + 1);
    const done = (await changes()).filter(({ undo_of, outcome }) => undo_of === change_id && outcome === "done");
    expect(done).toHaveLength(1);
  });
});

describe("what cannot be undone", () => {
  test("a change that did nothing, and one that nobody made", async () => {
    const { call, latest, newGroup } = await recording({ person: declines });
    const group_id = await newGroup();
    await call("delete_group", { group_id });
    const refused = (await latest()).id;
    expect((await call("undo_change", { change_id: refused })).error?.message).toContain("it changed nothing");
    expect((await call("undo_change", { change_id: "chgNobody" })).error).toMatchObject({
      code: "not_found",
      fix: expect.stringContaining("list_changes"),
    });
  });

  test("new credentials, of which Okta does not show the old ones; a profile changed with them comes back", async () => {
    const { call, get, latest, user, profile } = await promoted();
    const credentials = { password: { value: "Tr0ub4dor-and-3" } };
    await get("update_user", { user_id: user.id, credentials });
    const alone = await call("undo_change", { change_id: (await latest()).id });
    expect(alone.error?.message).toContain("Okta shows no credentials");
    await get("update_user", { user_id: user.id, credentials, profile: { title: "Cook" } });
    const undone = await get("undo_change", { change_id: (await latest()).id });
    expect(undone.notes).toEqual([expect.stringContaining("the new ones stay")]);
    expect(profile()).toMatchObject({ title: "Chef" });
  });

  test("a change whose answer was lost, unless it is forced", async () => {
    const { call, get, latest, newGroup, sandbox, org } = await recording();
    const group_id = await newGroup();
    sandbox.next("PUT", `/api/v1/groups/${group_id}`, { fault: "reset", performed: true, times: 4 });
    await call("update_group", { group_id, profile: { name: "Sales", description: "More" } });
    const change = await latest();
    expect(change.outcome).toBe("unknown");
    const { error } = await call("undo_change", { change_id: change.id });
    expect(error).toMatchObject({ code: "conflict", message: expect.stringContaining("nobody knows") });
    await get("undo_change", { change_id: change.id, force: true });
    expect(org.groups.get(group_id)?.profile).toMatchObject({ description: "Sells" });
  });

  test("a change of what is protected today", async () => {
    const { call, journal, org, changes, writes } = await recording();
    const everyone = org.groups.all().find((group) => group.profile.name === "Everyone") ?? expect.unreachable();
    await journal.append({
      v: 1,
      id: "chgOfThePast",
      at: "2026-01-01T00:00:00.000Z",
      org: org.origin,
      actor: { user: null, client_id: null, method: "device" },
      tool: "update_group",
      effect: "changes",
      arguments: { group_id: everyone.id, profile: everyone.profile },
      confirmed: "not_needed",
      requests: [],
      outcome: "done",
      before: { profile: { name: "All of us" } },
      after: { profile: everyone.profile },
    });
    expect((await call("undo_change", { change_id: "chgOfThePast" })).error?.code).toBe("protected");
    expect(writes()).toEqual([]);
    expect((await changes()).map(({ tool, outcome }) => [tool, outcome])).toEqual([
      // An undo makes no call where one of its calls would be refused.
      ["undo_change", "refused"],
      ["update_group", "done"],
    ]);
  });

  test("a change whose tool is left out by the settings", async () => {
    const { journal, change_id } = await promoted();
    const exclude = [{ patterns: ["update_user"], where: "OKTA_MCP_EXCLUDE_TOOLS" }];
    const { call } = await recording({ journal, choice: { readOnly: undefined, include: undefined, exclude } });
    const { error } = await call("undo_change", { change_id });
    expect(error?.message).toContain("the tool update_user is not on here");
  });
});

describe("an undo of several calls", () => {
  test("says how far it came when one of them fails, and what is left", async () => {
    const { call, latest, get, sandbox, org } = await recording();
    const created = await get("create_user", { profile: bo });
    const change_id = (await latest()).id;
    sandbox.next("DELETE", `/api/v1/users/${created.id}`, {
      status: 403,
      json: { errorCode: "E0000006", errorSummary: "No" },
    });
    const { error } = await call("undo_change", { change_id });
    expect(await latest()).toMatchObject({ tool: "undo_change", outcome: "failed", error: { code: "forbidden" } });
    expect(error).toMatchObject({
      code: "forbidden",
      message: expect.stringContaining("only half-way: 1 of its calls"),
      data: { left: [{ tool: "delete_deactivated_user", arguments: { user_id: created.id } }] },
    });
    expect(org.users.get(String(created.id))?.status).toBe("DEPROVISIONED");
    expect(await get("get_change", { change_id })).toMatchObject({ undone_by: [expect.any(String)] });
  });

  test("brings back the members of a group that are still there, and names the others", async () => {
    const { get, latest, newGroup, org } = await recording();
    const group_id = await newGroup();
    const users = ["a", "b", "c"].map((name) =>
      org.addUser({ profile: { ...bo, login: `${name}@acme.example`, email: `${name}@acme.example` } }),
    );
    for (const user of users) await get("add_user_to_group", { group_id, user_id: user.id });
    await get("delete_group", { group_id });
    const change_id = (await latest()).id;
    const [gone] = users;
    if (gone) org.users.remove(gone);
    const undone = await get("undo_change", { change_id });
    expect(undone).toMatchObject({
      undone: change_id,
      new_id: expect.stringMatching(/^00g/),
      failed: [{ call: { tool: "add_user_to_group", arguments: { user_id: gone?.id } }, error: { code: "not_found" } }],
      notes: [expect.stringContaining("new id")],
    });
    const { items } = await get("list_group_users", { group_id: undone.new_id });
    expect((items as { id: string }[]).map(({ id }) => id).sort()).toEqual(
      users
        .slice(1)
        .map(({ id }) => id)
        .sort(),
    );
  });
});

test("of a group with many members undo brings back the first, and the others are on record", async () => {
  const { get, latest, org, asked } = await recording({ maxResultChars: 100_000 });
  const users = Array.from({ length: 1003 }, (_, n) =>
    org.addUser({ profile: { ...bo, login: `u${n}@acme.example` } }),
  );
  const { id } = org.addGroup({ profile: { name: "Many" } }, users);
  await get("delete_group", { group_id: id });
  const change_id = (await latest()).id;
  const { before } = (await get("get_change", { change_id, fields: ["before.member_ids"] })) as {
    before: { member_ids: string[] };
  };
  expect(before.member_ids.toSorted()).toEqual(users.map((user) => user.id).sort());
  const { calls, notes } = await get("undo_change", { change_id, dry_run: true });
  expect(calls).toHaveLength(501);
  expect(notes).toEqual([
    expect.stringContaining("new id"),
    expect.stringMatching(/^The first 500 of 1003 members come back; the others are in before\.member_ids/),
  ]);
  expect(asked.map(({ message }) => message)).toEqual([expect.stringContaining("- 1003 members")]);
});

describe("who sees what", () => {
  test("undo_change is on only where a tool that writes is", async () => {
    const readers = await connect({ scopes: ["okta.users.read"] });
    expect(await readers.listed()).toEqual(expect.arrayContaining(["list_changes", "get_change"]));
    expect(await readers.listed()).not.toContain("undo_change");
    expect(await (await connect({ scopes: ["okta.users.manage"] })).listed()).toContain("undo_change");
  });

  test("a session that may not read users does not read their changes either, nor undo them", async () => {
    const { journal, change_id } = await promoted();
    const { get, call, writes } = await recording({ journal, scopes: ["okta.groups.manage"] });
    const listed = await get("list_changes");
    const change = await get("get_change", { change_id });
    for (const text of [JSON.stringify(listed), JSON.stringify(change)]) {
      expect(text).toContain("okta.users.read");
      expect(text).not.toMatch(/Chef|Baker|bo@acme/);
    }
    const { error, text } = await call("undo_change", { change_id });
    expect(error?.code).toBe("conflict");
    expect(text).not.toMatch(/Chef|Baker|bo@acme/);
    expect(writes()).toEqual([]);
  });

  test("list_changes filters by time, tool, object and outcome, and goes on page by page", async () => {
    let now = Date.parse("2026-11-01T00:00:00Z");
    const { get, call, newGroup } = await recording({ now: () => now });
    const ids: string[] = [];
    for (const name of ["A", "B", "C"]) {
      ids.push(await newGroup({ name }));
      now += 3_600_000;
    }
    await call("update_group", { group_id: ids[1], profile: {} });
    const list = async (query: object) =>
      ((await get("list_changes", { ...query })).items as { target: string; tool: string }[]).map(
        ({ tool, target }) => `${tool} ${target}`,
      );
    const all = ["update_group null", "create_group C", "create_group B", "create_group A"];
    expect(await list({})).toEqual(all);
    expect(await list({ since: "2026-11-01T01:00:00Z", until: "2026-11-01T02:00:00Z" })).toEqual(all.slice(1, 3));
    expect(await list({ tool: "create_group" })).toEqual(all.slice(1));
    expect(await list({ target_id: ids[1] })).toEqual([all[0], all[2]]);
    expect(await list({ outcome: "refused" })).toEqual([all[0]]);
    const first = await get("list_changes", { limit: 3 });
    expect(first).toMatchObject({ total_fetched: 3, has_more: true });
    expect(await list({ limit: 3, after: first.next_cursor })).toEqual(all.slice(3));
    expect(await list({ limit: 4 })).toEqual(all);
    expect(await get("list_changes", { limit: 4 })).toMatchObject({ has_more: false });
  });
});

import { describe, expect, test } from "vitest";
import type { Group } from "../../sandbox/state/model.js";
import { recording } from "../journal/support.js";
import { ALL_SCOPES, accepts } from "../support/client.js";

/** Opens an org with a user in more groups than one page of Okta holds. `last` is a group on the second page. */
async function joiner(scopes: readonly string[] = ALL_SCOPES) {
  const opened = await recording({ person: accepts, scopes });
  const { org } = opened;
  const login = "joiner@acme.example";
  const user = org.addUser({ profile: { login, email: login, firstName: "Jo", lastName: "Iner" } });
  let last: Group | undefined;
  for (let n = 0; n < 250; n += 1) {
    last = org.groups.add({ profile: { name: `Group ${n}` } });
    org.groups.addMember(last, user);
  }
  if (last === undefined) expect.unreachable();
  return { ...opened, user, login, last };
}

describe("a user in 250 groups", () => {
  test("is known to be a member of the last one", async () => {
    const { get, user, last, latest, call, org } = await joiner();
    const args = { group_id: last.id, user_id: user.id };
    expect((await get("add_user_to_group", { ...args, dry_run: true })).difference).toEqual([]);
    await get("add_user_to_group", args);
    const { error } = await call("undo_change", { change_id: (await latest()).id });
    expect(error).toMatchObject({ code: "conflict", message: expect.stringContaining("was in the group before") });
    expect(org.groups.membersOf(last)).toHaveLength(1);
  });

  test("is said to be a member of 250 groups", async () => {
    const { get, user } = await joiner();
    const preview = await get("deactivate_user", { user_id: user.id, dry_run: true });
    expect(preview.needs_confirmation).toMatchObject({
      details: expect.arrayContaining([expect.stringMatching(/^member of 25\d groups$/)]),
    });
  });
});

describe("membership where the user's own groups may not be read", () => {
  const SCOPES = ["okta.groups.read", "okta.groups.manage"];

  test("is looked for among all members, by id and by login in any case", async () => {
    const { get, user, login, last, org } = await joiner(SCOPES);
    org.maxPageItems = 1;
    for (const user_id of [user.id, login, login.toUpperCase()]) {
      const { difference } = await get("add_user_to_group", { group_id: last.id, user_id, dry_run: true });
      expect(difference, user_id).toEqual([]);
    }
  });

  test("is not known by a part of a login, which only Okta compares", async () => {
    const { get, last } = await joiner(SCOPES);
    const preview = await get("add_user_to_group", { group_id: last.id, user_id: "joiner", dry_run: true });
    expect(preview).not.toHaveProperty("difference");
    expect(preview.warnings).toContainEqual(expect.stringContaining("The present state is not known"));
  });
});

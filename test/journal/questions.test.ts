import { describe, expect, test } from "vitest";
import { accepts, cannotShowIt, declines } from "../support/client.js";
import { PEERS, repeatsCalls } from "../support/peers.js";
import { recording } from "./support.js";

describe.each(PEERS)("a write that a client of the sort %s has to ask about", (peer) => {
  test("is on record where its question could not be shown, as far as the server learns of it", async () => {
    const { call, changes, newGroup, writes } = await recording({ peer, person: cannotShowIt });
    const group_id = await newGroup();
    const before = writes();
    const outcome = await call("delete_group", { group_id }).catch((error: Error) => error.message);
    const [latest, ...earlier] = await changes();
    if (repeatsCalls(peer)) {
      expect(outcome).toContain("no window");
      expect([latest?.tool, earlier.length]).toEqual(["create_group", 0]);
    } else {
      expect(latest).toMatchObject({ tool: "delete_group", outcome: "refused", confirmed: "not_given", requests: [] });
    }
    expect(writes()).toEqual(before);
  });

  test("is on record once, however many requests it took", async () => {
    const { call, get, changes, newGroup } = await recording({ peer });
    const group_id = await newGroup();
    await get("delete_group", { group_id });
    await call("delete_group", { group_id });
    expect((await changes()).map(({ tool, outcome }) => [tool, outcome])).toEqual([
      ["delete_group", "refused"],
      ["delete_group", "done"],
      ["create_group", "done"],
    ]);
  });
});

test.each(PEERS)("an undo by a client of the sort %s is one question, whose answer decides", async (peer) => {
  let answer = declines;
  const { call, get, asked, latest, newGroup, org } = await recording({ peer, person: (question) => answer(question) });
  const group_id = await newGroup();
  const change_id = (await latest()).id;
  expect((await call("undo_change", { change_id })).error?.code).toBe("declined");
  expect(org.groups.get(group_id)).toBeDefined();
  answer = accepts;
  const undone = await get("undo_change", { change_id });
  expect(org.groups.get(group_id)).toBeUndefined();
  expect(asked).toHaveLength(2);
  expect(await get("get_change", { change_id })).toMatchObject({ undone_by: undone.changes });
});

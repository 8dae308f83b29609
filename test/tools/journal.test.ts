import { expect, test } from "vitest";
import { recording } from "../journal/support.js";

test("list_changes, get_change and undo_change find a change, show it whole and take it back", async () => {
  const { get, newGroup, org, asked } = await recording();
  const group_id = await newGroup({ name: "Sales", description: "Sells" });
  await get("update_group", { group_id, profile: { name: "Sales", description: "Sells more" } });
  const { items } = await get("list_changes", { tool: "update_group", target_id: group_id });
  expect(items).toMatchObject([{ tool: "update_group", outcome: "done", target: "Sales", ids: [group_id] }]);
  const [{ id: change_id }] = items as [{ id: string }];
  expect(await get("get_change", { change_id })).toMatchObject({
    difference: [{ field: "profile.description", before: "Sells", after: "Sells more" }],
    undo: { possible: true },
  });
  expect(await get("undo_change", { change_id })).toMatchObject({ undone: change_id, changes: [expect.any(String)] });
  expect(asked).toHaveLength(1);
  expect(org.groups.get(group_id)?.profile).toMatchObject({ description: "Sells" });
});

test("get_change and undo_change name the tool that finds the right id", async () => {
  const { call } = await recording();
  for (const tool of ["get_change", "undo_change"]) {
    const { error } = await call(tool, { change_id: "chgNobody" });
    expect(error).toMatchObject({ code: "not_found", fix: expect.stringContaining("list_changes") });
  }
});

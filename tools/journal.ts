import * as z from "zod";
import { defineTool } from "../src/tool.js";
import { windowAt } from "./shared/kit.js";
import { after, id, time } from "./shared/params.js";

const changeId = id("Find it with list_changes.");

export const listChanges = defineTool({
  name: "list_changes",
  purpose: "find change",
  title: "List changes",
  description: "List recorded writes, newest first.",
  scope: null,
  about: "all",
  effect: "reads",
  input: z.strictObject({
    since: time("Start at this time: ISO 8601 or e.g. -7d, today."),
    until: time("End at this time, given like since."),
    tool: z.string().min(1).optional().describe("List calls of this tool alone."),
    target_id: z.string().min(1).optional().describe("List changes of the object with this id."),
    outcome: z
      .enum(["done", "refused", "failed", "unknown", "not_refused"])
      .optional()
      .describe("List changes that ended like this."),
    limit: z.number().int().min(1).max(200).optional().describe("Ask for 1 to 200 items a page."),
    after,
  }),
  run({ changes, list, now }, a) {
    // Without an end, changes that are recorded meanwhile would join the list.
    const { since, until } = windowAt(a, now());
    const query = { ...a, since, until: a.until === undefined ? undefined : until };
    return list((cursor) => changes.page(query, cursor), a);
  },
});

export const getChange = defineTool({
  name: "get_change",
  purpose: "show change",
  title: "Get change",
  description: "Get a write with what it changed.",
  scope: null,
  about: "all",
  effect: "reads",
  input: z.strictObject({ change_id: changeId }),
  run: ({ changes }, a) => changes.get(a.change_id),
});

export const undoChange = defineTool({
  name: "undo_change",
  purpose: "undo change",
  title: "Undo change",
  description: "Take a write back as far as Okta allows.",
  scope: null,
  about: "writes",
  effect: "removes",
  input: z.strictObject({
    change_id: changeId,
    force: z.boolean().default(false).describe("Undo it even if the object has changed since."),
  }),
  impact: ({ changes }, a) => changes.describeUndo(a.change_id, a.force),
  run: ({ changes }, a) => changes.undo(a.change_id, a.force),
});

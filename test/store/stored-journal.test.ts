import { expect, test } from "vitest";
import { type Change, findChange, type Journal } from "../../src/journal/change.js";
import { MemoryJournal } from "../../src/journal/memory-journal.js";
import { Recorder } from "../../src/journal/recorder.js";
import type { OktaRequest } from "../../src/okta/request.js";
import type { JournalReader } from "../../src/store/stored-journal.js";
import { firstLine } from "../journal/lines.js";
import { atOnce, eachDatabase, openTestStore } from "./stores.js";

const ADA: JournalReader = {
  person: "per1",
  client: "c1",
  role: "helpdesk",
  act_as: "user",
  request_id: "q1",
  sees: "own",
};
const BOB: JournalReader = { person: "per2", sees: "own" };
const BOSS: JournalReader = { person: "per3", role: "boss", sees: "all" };

async function changesIn(journal: Journal): Promise<Change[]> {
  const changes: Change[] = [];
  for await (const change of journal.changes()) changes.push(change);
  return changes;
}

const idsIn = async (journal: Journal) => (await changesIn(journal)).map(({ id }) => id);

eachDatabase("the journal in the database", (database) => {
  const open = async () => {
    const { store } = await openTestStore({ database });
    return { for: (reader: JournalReader) => store.journalFor(reader), store };
  };

  test("puts changes together like the journal of one process, and says who made them", async () => {
    const { for: journalFor } = await open();
    const journals: Journal[] = [journalFor(BOSS), new MemoryJournal()];
    const exact = { count: 12345678901234567890n.toString() };
    for (const journal of journals) {
      await journal.check();
      for (const id of ["one", "two", "three"]) await journal.append(firstLine({ id, arguments: exact }));
      await journal.append({ id: "two", outcome: "done", after: { a: 1 } });
      await journal.append(firstLine({ id: "undo", undo_of: "two", undo_run: "run" }));
      await journal.append({ id: "undo", outcome: "done" });
    }
    const [stored, memory] = await Promise.all(journals.map(changesIn));
    expect(stored?.map(({ caller: _, ...change }) => change)).toEqual(memory);
    expect(stored?.map(({ caller }) => caller)).toEqual(Array(4).fill({ person: "per3", role: "boss" }));
    for (const id of ["one", "two", "three", "undo", "none"]) {
      const [found, expected] = await Promise.all(journals.map((journal) => findChange(journal, id)));
      expect(found && { ...found, caller: undefined }, id).toEqual(expected && { ...expected, caller: undefined });
    }
  });

  test("shows each person their own changes, and whoever may see all of them all", async () => {
    const { for: journalFor } = await open();
    await journalFor(ADA).append(firstLine({ id: "a1" }));
    await journalFor(BOB).append(firstLine({ id: "b1" }));
    await journalFor(ADA).append({ id: "a1", outcome: "done" });
    expect(await changesIn(journalFor(ADA))).toMatchObject([
      {
        id: "a1",
        outcome: "done",
        caller: { person: "per1", client: "c1", role: "helpdesk", act_as: "user", request_id: "q1" },
      },
    ]);
    expect(await idsIn(journalFor(BOB))).toEqual(["b1"]);
    expect(await idsIn(journalFor(BOSS))).toEqual(["b1", "a1"]);
    expect(await findChange(journalFor(BOB), "a1")).toBeUndefined();
    expect(await findChange(journalFor(BOSS), "a1")).toMatchObject({ caller: { person: "per1" } });
  });

  test("tells a person that somebody else has taken their change back, or tried to", async () => {
    const { for: journalFor } = await open();
    for (const id of ["a1", "a2"]) await journalFor(ADA).append(firstLine({ id }));
    await journalFor(BOSS).append(firstLine({ id: "u1", undo_of: "a1", undo_run: "r1" }));
    await journalFor(BOSS).append({ id: "u1", outcome: "done" });
    await journalFor(BOSS).append(firstLine({ id: "u2", undo_of: "a2", undo_run: "r2" }));
    await journalFor(BOSS).append({ id: "u2", outcome: "failed" });
    const changes = await changesIn(journalFor(ADA));
    expect(changes.map(({ id, undone_by }) => [id, undone_by])).toEqual([
      ["a2", undefined],
      ["a1", ["u1"]],
    ]);
    expect(await findChange(journalFor(ADA), "a1")).toMatchObject({ undone_by: ["u1"] });
    expect(await findChange(journalFor(ADA), "a2")).not.toHaveProperty("undone_by");
  });

  test("stops whoever takes a change back second, also where the first is not shown to them", async () => {
    const { for: journalFor } = await open();
    await journalFor(ADA).append(firstLine({ id: "a1" }));
    const undoBy = async (reader: JournalReader, run: string) => {
      const recorder = new Recorder({
        journal: journalFor(reader),
        tool: { name: "update_group", effect: "changes" },
        who: async () => ({ org: "https://acme.okta.com", actor: firstLine().actor }),
        mask: (value) => value,
        toolFor: () => undefined,
        hiddenNames: [],
        undo: { of: "a1", run },
        log: { error: () => {} },
        now: Date.now,
      });
      await recorder.beforeSend({
        method: "PUT",
        template: "/api/v1/groups/{groupId}",
        path: "/api/v1/groups/00g1",
        query: new URLSearchParams(),
      } as OktaRequest);
    };
    await undoBy(BOSS, "r1");
    await undoBy(BOSS, "r1");
    await expect(undoBy(ADA, "r2")).rejects.toMatchObject({ code: "conflict" });
  });

  test("keeps every line of many writers at once, in one order for all, over many pages", async () => {
    const { for: journalFor } = await open();
    await atOnce(300, async (n) => {
      const journal = journalFor(n % 2 ? ADA : BOB);
      await journal.append(firstLine({ id: `c${n}` }));
      await journal.append({ id: `c${n}`, outcome: "done" });
    });
    const all = await changesIn(journalFor(BOSS));
    expect(new Set(all.map(({ id }) => id)).size).toBe(300);
    expect(all.every(({ outcome }) => outcome === "done")).toBe(true);
    expect(await idsIn(journalFor(BOSS))).toEqual(all.map(({ id }) => id));
    expect(await idsIn(journalFor(ADA))).toHaveLength(150);
  });
});

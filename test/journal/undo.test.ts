import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { MemoryJournal } from "../../src/journal/memory-journal.js";
import { catalogue } from "../support/catalogue.js";
import { accepts, connect } from "../support/client.js";
import { ALL_SCENARIOS, SCENARIOS } from "./scenarios/index.js";
import { images, still } from "./scenarios/scenario.js";

/** A time at which the certificates of the fixtures are valid. */
const IN_DATE = () => Date.parse("2030-01-01T00:00:00Z");

async function open() {
  const folder = images();
  copyFileSync(fileURLToPath(new URL("../fixtures/certificates/leaf.key", import.meta.url)), join(folder, "login.key"));
  const journal = new MemoryJournal();
  const org = await connect({ journal, person: accepts, fileRoots: [folder], now: IN_DATE });
  const latest = async (tool: string) =>
    (((await org.get("list_changes", { tool, limit: 1 })).items as { id: string }[])[0] ?? expect.unreachable()).id;
  return { ...org, journal, latest };
}

test("there is a scenario for every tool that writes", () => {
  const writers = catalogue.entries.filter(({ effect, scope }) => effect !== "reads" && scope !== null);
  expect(Object.keys(SCENARIOS).sort()).toEqual(writers.map(({ name }) => name).sort());
});

describe.each(ALL_SCENARIOS)("$name", ({ tool, arrange, undo }) => {
  test("a dry run sends nothing that changes anything, and tells what it would", async () => {
    const org = await open();
    const { args, look } = await arrange(org);
    const before = org.writes();
    const seen = still(await look());
    const recorded = (await org.get("list_changes")).total_fetched;
    const preview = await org.get(tool, { ...args, dry_run: true });
    expect(org.writes()).toEqual(before);
    if (typeof seen !== "number") expect(still(await look())).toEqual(seen);
    expect(preview).toMatchObject({
      dry_run: true,
      request: { method: expect.stringMatching(/^(POST|PUT|DELETE|PATCH)$/) },
    });
    expect(preview.warnings, "the present state is known").toBeUndefined();
    expect(preview.difference).toBeInstanceOf(Array);
    expect((await org.get("list_changes")).total_fetched).toBe(recorded);
    // The call sends the same request that the dry run has shown.
    await org.get(tool, args);
    const { method, path } = preview.request as { method: string; path: string };
    expect(
      org
        .writes()
        .slice(before.length)
        .map((line) => line.split("?")[0]),
    ).toEqual([`${method} ${path}`]);
  });

  test("a dry run says the same where Okta's pages have one item each", async () => {
    const org = await open();
    const { args } = await arrange(org);
    const preview = await org.get(tool, { ...args, dry_run: true });
    org.org.maxPageItems = 1;
    expect(await org.get(tool, { ...args, dry_run: true })).toEqual(preview);
  });

  if (undo instanceof RegExp) {
    test("cannot be undone, and says why and what to do instead", async () => {
      const org = await open();
      const { args } = await arrange(org);
      await org.get(tool, args);
      const change_id = await org.latest(tool);
      const { error } = await org.call("undo_change", { change_id });
      expect(error?.code).toBe("conflict");
      expect(error?.message).toMatch(undo);
      expect(await org.get("get_change", { change_id })).toMatchObject({
        undo: { possible: false, why: expect.stringMatching(undo) },
      });
    });
    return;
  }

  test("is undone: everything is as it was", async () => {
    const org = await open();
    const { args, look } = await arrange(org);
    const newIds = undo === "with new ids";
    const before = still(await look(), newIds);
    await org.get(tool, args);
    const changed = still(await look(), newIds);
    expect(changed).not.toEqual(before);
    const change_id = await org.latest(tool);
    const writes = org.writes().length;
    const preview = await org.get("undo_change", { change_id, dry_run: true });
    expect(preview).toMatchObject({ dry_run: true, undoes: change_id });
    expect((preview.calls as unknown[])[0]).toMatchObject({ request: { method: expect.any(String) } });
    expect(org.writes()).toHaveLength(writes);
    const undone = await org.get("undo_change", { change_id });
    expect(still(await look(), newIds)).toEqual(before);
    expect(await org.get("get_change", { change_id })).toMatchObject({ undone_by: undone.changes });
    const again = await org.call("undo_change", { change_id, force: true });
    expect(again.error).toMatchObject({ code: "conflict", message: expect.stringContaining("already") });
  });
});

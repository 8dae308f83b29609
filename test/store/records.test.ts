import { expect, test } from "vitest";
import { exportAudit, exportJournal } from "../../src/store/record-export.js";
import { firstLine } from "../journal/lines.js";
import { eachDatabase, openTestStore, personWith, sqlIn } from "./stores.js";

const HOUR_MS = 3_600_000;
const MANY = 50_000;

async function textOf(chunks: AsyncIterable<string>): Promise<string> {
  let text = "";
  for await (const chunk of chunks) text += chunk;
  return text;
}

const objectsIn = (text: string) =>
  text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);

eachDatabase("the two records of a company's server", (database) => {
  test("accesses are found by everything that can be asked for, page by page", async () => {
    const { store, pass, nowMs } = await openTestStore({ database });
    const { id } = await store.people.signedIn(personWith());
    for (let n = 0; n < 12; n++) {
      const [actor, client] = n % 3 === 0 ? [id, "c1"] : [undefined, "c2"];
      await store.audit.add({ actor, client, action: n % 2 ? "call" : "sign_in", outcome: n % 4 ? "done" : "refused" });
      pass(HOUR_MS);
    }
    const idsOf = async (query: object) => (await store.audit.page({ limit: 50, ...query })).map((entry) => entry.id);
    expect(await idsOf({})).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
    expect(await idsOf({ actor: id })).toEqual([10, 7, 4, 1]);
    expect(await idsOf({ actor: [id, "nobody"], before: 7 })).toEqual([4, 1]);
    expect(await idsOf({ action: "call", outcome: "done", client: "c2" })).toEqual([12, 8, 6, 2]);
    const beganMs = nowMs() - 12 * HOUR_MS;
    expect(await idsOf({ sinceMs: beganMs + 2 * HOUR_MS, untilMs: beganMs + 4 * HOUR_MS })).toEqual([5, 4, 3]);
    expect((await store.audit.page({ actor: id, limit: 1 }))[0]).toMatchObject({ login: "ada@acme.example" });
    const paged: number[] = [];
    for (let before: number | undefined; ; ) {
      const page = await store.audit.page({ limit: 5, before });
      paged.push(...page.map((entry) => entry.id));
      before = page.at(-1)?.id;
      if (page.length < 5) break;
    }
    expect(paged).toEqual(await idsOf({}));
  });

  test("changes of everybody are found by everything that can be asked for, page by page", async () => {
    const { store, pass, nowMs } = await openTestStore({ database });
    const ada = await store.people.signedIn(personWith());
    const bob = { person: "per-of-nobody-known", client: "c2", sees: "own" } as const;
    const beganMs = nowMs();
    for (let n = 1; n <= 250; n++) {
      const reader = n % 2 ? ({ person: ada.id, client: "c1", role: "helpdesk", sees: "own" } as const) : bob;
      const journal = store.journalFor(reader);
      await journal.append(firstLine({ id: `c${n}`, tool: n % 5 ? "update_group" : "delete_group" }));
      if (n % 10) await journal.append({ id: `c${n}`, outcome: n % 3 ? "done" : "failed" });
      pass(1_000);
    }
    await store.journalFor(bob).append(firstLine({ id: "undo", undo_of: "c249", undo_run: "r" }));
    await store.journalFor(bob).append({ id: "undo", outcome: "done" });
    const page = (query: object) => store.companyJournal.page({ limit: 1_000, ...query });
    const idsOf = async (query: object) => (await page(query)).changes.map(({ change }) => change.id);
    const all = await idsOf({});
    expect(all).toHaveLength(251);
    expect(all.slice(0, 3)).toEqual(["undo", "c250", "c249"]);
    expect(await idsOf({ person: ada.id })).toHaveLength(125);
    expect(await idsOf({ person: [ada.id, bob.person], client: "c2" })).toHaveLength(126);
    expect(await idsOf({ tool: "delete_group", outcome: "unknown" })).toHaveLength(25);
    expect(await idsOf({ tool: "delete%", outcome: "unknown" })).toEqual([]);
    expect(await idsOf({ sinceMs: beganMs + 3_000, untilMs: beganMs + 5_000 })).toEqual(["c6", "c5", "c4"]);
    const [newest, , undone] = (await page({ limit: 3 })).changes;
    expect(newest).toMatchObject({ change: { caller: { person: bob.person } } });
    expect(newest).not.toHaveProperty("login");
    expect(undone).toMatchObject({ login: "ada@acme.example", change: { undone_by: ["undo"], outcome: "failed" } });
    const paged: string[] = [];
    for (let after: string | undefined; ; ) {
      const { changes, next } = await page({ limit: 60, after });
      paged.push(...changes.map(({ change }) => change.id));
      after = next;
      if (next === undefined) break;
    }
    expect(paged).toEqual(all);
    expect(await idsOf({ after: "no such change" })).toEqual([]);
  });

  test("an export has every value, and a spreadsheet none that it would run", async () => {
    const { store } = await openTestStore({ database });
    const login = '=HYPERLINK("https://evil.example")';
    const { id } = await store.people.signedIn(personWith({ login }));
    await store.audit.add({ actor: id, action: "sign_in", outcome: "refused", detail: { code: "no_role", n: [-1] } });
    const reader = { person: id, sees: "own" } as const;
    const change = firstLine({
      id: "chg1",
      target: "＝cmd|' /C calc'!A0",
      arguments: { group_id: "00g1", secret: "*" },
    });
    await store.journalFor(reader).append(change);
    const all = { limit: 100 };
    expect(await textOf(exportAudit(store, all, "csv"))).toBe(
      `\uFEFF"id","at","actor","login","action","target","outcome","client","ip","request_id","detail"\r\n` +
        `"1","2026-09-21T14:13:20.000Z","${id}","'=HYPERLINK(""https://evil.example"")","sign_in","","refused","","","","{""code"":""no_role"",""n"":[-1]}"\r\n`,
    );
    expect(objectsIn(await textOf(exportAudit(store, all, "ndjson")))).toMatchObject([
      { actor: id, login, detail: { code: "no_role", n: [-1] } },
    ]);
    expect(await textOf(exportJournal(store, all, "csv", "summary"))).toContain(`"'＝cmd|' /C calc'!A0","00g1",`);
    const [summary] = objectsIn(await textOf(exportJournal(store, all, "ndjson", "summary")));
    expect(summary).toMatchObject({ id: "chg1", ids: ["00g1"], caller: { person: id, login } });
    expect(summary).not.toHaveProperty("arguments");
    const [whole] = objectsIn(await textOf(exportJournal(store, all, "ndjson", "whole")));
    expect(whole).toMatchObject({ arguments: change.arguments, outcome: "unknown" });
  });

  test(`${MANY} rows are exported a few at a time, and a page of them is found at once`, async () => {
    const { store, dir } = await openTestStore({ database });
    const numbers = `with recursive n(n) as (select 1 union all select n + 1 from n where n < ${MANY})`;
    await sqlIn(
      dir,
      database,
      `${numbers} insert into audit (at, actor, action, outcome) select n, 'per' || (n % 5000), 'call', 'done' from n`,
    );
    const line = JSON.stringify(firstLine()).replace('"chg1"', `"' || n || '"`);
    await sqlIn(
      dir,
      database,
      `${numbers} insert into journal (change_id, is_first, line, written_at, person) select n, 1, '${line}', n, 'per' || (n % 5000) from n`,
    );
    const timed = async (action: () => Promise<unknown>) => {
      const started = performance.now();
      await action();
      return performance.now() - started;
    };
    expect(await timed(() => store.audit.page({ actor: "per7", limit: 50 }))).toBeLessThan(500);
    expect(await timed(() => store.companyJournal.page({ person: "per7", limit: 50 }))).toBeLessThan(500);
    // A server on the other side of a connection takes its time for each step.
    const limit = database === "postgresql" ? MANY / 10 : Number.MAX_SAFE_INTEGER;
    for (const chunks of [exportAudit(store, { limit }, "csv"), exportJournal(store, { limit }, "ndjson", "whole")]) {
      let [lines, longest] = [0, 0];
      for await (const chunk of chunks) {
        lines += chunk.split("\n").length - 1;
        longest = Math.max(longest, chunk.length);
      }
      expect(lines).toBeGreaterThanOrEqual(Math.min(limit, MANY));
      expect(longest).toBeLessThan(80_000);
    }
  }, 60_000);
});

import { expect, test } from "vitest";
import { firstLine } from "../journal/lines.js";
import { eachDatabase, openTestStore, sqlIn } from "./stores.js";

const DAY_MS = 86_400_000;
const NEVER = { journal: undefined, audit: undefined };
const READER = { person: "per1", sees: "all" } as const;

eachDatabase("old records", (database) => {
  /** A store with an entry and a change of each of the last days, and a way past it into its database. */
  async function openWithDays(days: number) {
    const opened = await openTestStore({ database });
    const { store, dir, pass } = opened;
    for (let day = 0; day < days; day++) {
      await store.audit.add({ action: `day${day}`, outcome: "done" });
      await store.journalFor(READER).append(firstLine({ id: `c${day}` }));
      await store.journalFor(READER).append({ id: `c${day}`, outcome: "done" });
      pass(DAY_MS);
    }
    const actions = async () => (await store.audit.page({ limit: 100 })).map(({ action }) => action);
    const changes = async () =>
      (await store.companyJournal.page({ limit: 100 })).changes.map(({ change }) => change.id);
    const run = (text: string) => sqlIn(dir, database, text);
    return { ...opened, run, actions, changes };
  }

  test("stay for ever where nothing says how long they are kept", async () => {
    const { store, actions, changes } = await openWithDays(3);
    expect(await store.dropOldRecords(NEVER)).toEqual([]);
    expect(await actions()).toHaveLength(3);
    expect(await changes()).toHaveLength(3);
  });

  test("are dropped once they are older than they are kept, each record by its own days, and an entry tells so", async () => {
    const { store, nowMs, actions, changes } = await openWithDays(6);
    const dropped = await store.dropOldRecords({ journal: 3, audit: 5 });
    const [first, third] = [nowMs() - 6 * DAY_MS, nowMs() - 4 * DAY_MS];
    expect(dropped).toEqual([
      { table: "journal", rows: 6, fromMs: first, toMs: third },
      { table: "audit", rows: 1, fromMs: first, toMs: first },
    ]);
    expect(await changes()).toEqual(["c5", "c4", "c3"]);
    expect(await actions()).toEqual(["records_dropped", "records_dropped", "day5", "day4", "day3", "day2", "day1"]);
    const [entry] = await store.audit.page({ limit: 1, before: (await store.audit.page({ limit: 1 }))[0]?.id });
    expect(entry).toMatchObject({
      target: "journal",
      outcome: "done",
      detail: { rows: 6, from: new Date(first).toISOString(), to: new Date(third).toISOString(), kept_days: 3 },
    });
  });

  test("are dropped by one instance once an hour", async () => {
    const { store, pass } = await openWithDays(6);
    const turns = await Promise.all([1, 2, 3, 4].map(() => store.dropOldRecords({ ...NEVER, audit: 5 })));
    expect(turns.flat()).toHaveLength(1);
    pass(59 * 60_000);
    expect(await store.dropOldRecords({ ...NEVER, journal: 1 })).toEqual([]);
    pass(60_000);
    expect(await store.dropOldRecords({ ...NEVER, journal: 1 })).toMatchObject([{ table: "journal", rows: 12 }]);
  });

  test("are dropped in batches, and the count is whole although the server ends in between", async () => {
    const { store, run, pass, nowMs, actions } = await openWithDays(0);
    const many = `with recursive n(n) as (select 1 union all select n + 1 from n where n < 1700)`;
    await run(
      `${many} insert into audit (at, action, outcome) select ${nowMs() - 40 * DAY_MS} + n, 'old', 'done' from n`,
    );
    const stopping = new AbortController();
    const dropping = store.dropOldRecords({ ...NEVER, audit: 30 }, stopping.signal);
    await expect
      .poll(async () => (await store.audit.page({ limit: 2_000 })).length, { interval: 0 })
      .toBeLessThan(1_700);
    stopping.abort();
    expect(await dropping).toEqual([]);
    const left = (await store.audit.page({ limit: 2_000 })).length;
    expect(left).toBeGreaterThan(0);
    expect(await actions()).not.toContain("records_dropped");
    pass(3_600_000);
    expect(await store.dropOldRecords({ ...NEVER, audit: 30 })).toMatchObject([{ rows: 1_700 }]);
    expect(await actions()).toEqual(["records_dropped"]);
    expect((await store.audit.page({ limit: 1 }))[0]).toMatchObject({ detail: { rows: 1_700, kept_days: 30 } });
  });

  test("are all that can be dropped: the database refuses every other change of both records, before and after", async () => {
    const { store, run } = await openWithDays(3);
    const refused = async () => {
      for (const table of ["audit", "journal"]) {
        await expect(run(`delete from ${table}`), table).rejects.toThrow(/stay as they are/);
        await expect(run(`delete from ${table} where id = (select max(id) from ${table})`), table).rejects.toThrow(
          /stay as they are/,
        );
      }
      await expect(run("update audit set outcome = 'refused'")).rejects.toThrow(/stay as they are/);
      await expect(run("update journal set line = '{}'")).rejects.toThrow(/stay as they are/);
    };
    await refused();
    // The rows that may go are those before the moment that the same transaction names.
    await store.dropOldRecords({ journal: 2, audit: 2 });
    expect(await run("select key from meta where key like 'dropp%'")).toEqual([]);
    await run("insert into meta (key, value) values ('dropping_audit', '1')");
    await expect(run("delete from audit")).rejects.toThrow(/stay as they are/);
    await run("delete from meta where key = 'dropping_audit'");
    await refused();
  });
});

import { sql, type Transaction } from "kysely";
import type { StoreParts } from "./store-parts.js";
import type { Tables } from "./tables.js";

/** The days for which the records are kept; undefined for ever. */
export interface KeptDays {
  journal: number | undefined;
  audit: number | undefined;
}

/** What was dropped of one record. */
export interface DroppedRecords {
  table: keyof KeptDays;
  rows: number;
  /** The times of the oldest and of the newest row that was dropped, in epoch milliseconds. */
  fromMs: number;
  toMs: number;
}

type Parts = Pick<StoreParts, "db" | "now">;

const DAY_MS = 86_400_000;
/** All instances together look for old rows once in this time. */
const EVERY_MS = 60 * 60_000;
/** The rows that are dropped in one transaction, so that nobody waits long for it. */
const BATCH = 500;
const LAST_LOOK = "records_looked_at";

/** When each record's rows were written. */
const WRITTEN = { audit: "at", journal: "written_at" } as const;

/**
 * Drops the rows of the records that are older than they are kept, in batches. Of all instances one does it, once an
 * hour. An entry of the record of accesses tells what was dropped; it comes with the last batch, so that a server that
 * ends in between loses no count.
 * @param signal stops it between two batches; the next turn goes on
 */
export async function dropOldRecords(parts: Parts, kept: KeptDays, signal?: AbortSignal): Promise<DroppedRecords[]> {
  const isKeptForEver = kept.journal === undefined && kept.audit === undefined;
  if (isKeptForEver || !(await takesItsTurn(parts))) return [];
  const dropped: DroppedRecords[] = [];
  for (const table of ["journal", "audit"] as const) {
    const days = kept[table];
    const found = days === undefined ? undefined : await dropBefore(parts, { table, days, signal });
    if (found !== undefined) dropped.push(found);
  }
  return dropped;
}

/** True for one instance in an hour. */
async function takesItsTurn({ db, now }: Parts): Promise<boolean> {
  const nowMs = now();
  await db
    .insertInto("meta")
    .values({ key: LAST_LOOK, value: "0" })
    .onConflict((conflict) => conflict.column("key").doNothing())
    .execute();
  const { numUpdatedRows } = await db
    .updateTable("meta")
    .set({ value: String(nowMs) })
    .where("key", "=", LAST_LOOK)
    .where(sql<number>`cast(value as bigint)`, "<=", nowMs - EVERY_MS)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

async function dropBefore(
  { db, now }: Parts,
  { table, days, signal }: { table: keyof KeptDays; days: number; signal: AbortSignal | undefined },
): Promise<DroppedRecords | undefined> {
  const beforeMs = now() - days * DAY_MS;
  while (signal?.aborted !== true) {
    const told = await db.transaction().execute(async (transaction) => {
      const batch = await dropBatch(transaction, table, beforeMs);
      const all = await added(transaction, table, batch);
      if (batch !== undefined && batch.rows >= BATCH) return undefined;
      if (all !== undefined) await tell(transaction, { ...all, days, atMs: now() });
      return { all };
    });
    if (told !== undefined) return told.all;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return undefined;
}

/** Drops some of the oldest rows. The database refuses it unless the transaction says up to when rows are dropped. */
async function dropBatch(
  transaction: Transaction<Tables>,
  table: keyof KeptDays,
  beforeMs: number,
): Promise<DroppedRecords | undefined> {
  const { ref } = transaction.dynamic;
  const written = ref<string>(WRITTEN[table]);
  const old = await transaction
    .selectFrom(table)
    .select(["id", sql<number>`${sql.ref(WRITTEN[table])}`.as("written")])
    .where(written, "<", beforeMs)
    .orderBy(written)
    .limit(BATCH)
    .execute();
  const [oldest, newest] = [old[0], old.at(-1)];
  if (oldest === undefined || newest === undefined) return undefined;
  const ids = old.map(({ id }) => id);
  await declared(transaction, `dropping_${table}`, String(beforeMs), () =>
    transaction.deleteFrom(table).where("id", "in", ids).execute(),
  );
  return { table, rows: old.length, fromMs: oldest.written, toMs: newest.written };
}

/** Says in the database what the transaction is about to do, for as long as it does it. Nobody else sees it. */
export async function declared(
  transaction: Transaction<Tables>,
  key: string,
  value: string,
  action: () => Promise<unknown>,
): Promise<void> {
  await transaction.insertInto("meta").values({ key, value }).execute();
  await action();
  await transaction.deleteFrom("meta").where("key", "=", key).execute();
}

/** What was dropped so far, with a batch more; undefined where nothing was. */
async function added(
  transaction: Transaction<Tables>,
  table: keyof KeptDays,
  batch: DroppedRecords | undefined,
): Promise<DroppedRecords | undefined> {
  const key = `dropped_${table}`;
  const row = await transaction.selectFrom("meta").select("value").where("key", "=", key).executeTakeFirst();
  const before = row && (JSON.parse(row.value) as DroppedRecords);
  if (batch === undefined) return before;
  const all = {
    table,
    rows: (before?.rows ?? 0) + batch.rows,
    fromMs: Math.min(before?.fromMs ?? batch.fromMs, batch.fromMs),
    toMs: Math.max(before?.toMs ?? batch.toMs, batch.toMs),
  };
  const value = JSON.stringify(all);
  await transaction
    .insertInto("meta")
    .values({ key, value })
    .onConflict((conflict) => conflict.column("key").doUpdateSet({ value }))
    .execute();
  return all;
}

/** Keeps on record what was dropped, and begins to count anew. */
async function tell(
  transaction: Transaction<Tables>,
  { table, rows, fromMs, toMs, days, atMs }: DroppedRecords & { days: number; atMs: number },
): Promise<void> {
  const [from, to] = [fromMs, toMs].map((ms) => new Date(ms).toISOString());
  await transaction
    .insertInto("audit")
    .values({
      at: atMs,
      action: "records_dropped",
      target: table,
      outcome: "done",
      detail: JSON.stringify({ rows, from, to, kept_days: days }),
    })
    .execute();
  await transaction.deleteFrom("meta").where("key", "=", `dropped_${table}`).execute();
}

import type { Kysely } from "kysely";

/** What the record of accesses and the journal are looked through by, always from the newest on. */
const LOOKUPS: readonly (readonly [table: string, ...columns: string[]])[] = [
  ["audit", "actor", "id"],
  ["audit", "action", "id"],
  ["audit", "client", "id"],
  ["journal", "is_first", "id"],
  ["journal", "person", "is_first", "id"],
  ["journal", "client", "is_first", "id"],
  ["journal", "written_at"],
];

/** Makes pages of both quick to find, whatever they are filtered by. */
export async function indexRecords(db: Kysely<unknown>): Promise<void> {
  for (const [table, ...columns] of LOOKUPS) {
    await db.schema
      .createIndex(`${table}_by_${columns.join("_")}`)
      .on(table)
      .columns(columns)
      .execute();
  }
}

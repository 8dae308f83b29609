import type { Kysely } from "kysely";

/** Adds what is left of somebody whose data were erased. */
export async function addErasedPeople(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("erased_people")
    .addColumn("subject_hash", "text", (column) => column.primaryKey())
    .addColumn("erased_at", "bigint", (column) => column.notNull())
    .addColumn("was_blocked", "integer", (column) => column.notNull())
    .execute();
}

import { type Kysely, sql } from "kysely";

/** Adds what ends people's access, and what ends their tokens at the org. An older version works beside it. */
export async function addDepartures(db: Kysely<unknown>): Promise<void> {
  for (const column of ["ended_at", "checked_at", "check_due_at", "groups_read_at", "called_at"]) {
    await db.schema.alterTable("people").addColumn(column, "bigint").execute();
  }
  await db.schema.alterTable("people").addColumn("ended_why", "text").execute();
  await sql`create index people_by_email on people (lower(email))`.execute(db);
  await db.schema.createIndex("people_by_check_due_at").on("people").column("check_due_at").execute();
  await db.schema.alterTable("transactions").addColumn("person", "text").execute();
  await db.schema.createIndex("transactions_by_person").on("transactions").column("person").execute();
  await db.schema
    .createTable("revocations")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("person", "text")
    .addColumn("kind", "text", (column) => column.notNull())
    .addColumn("grant_id", "text")
    .addColumn("token_sealed", "text", (column) => column.notNull())
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addColumn("attempts", "integer", (column) => column.notNull())
    .addColumn("due_at", "bigint", (column) => column.notNull())
    .addColumn("last_error", "text")
    .execute();
  await db.schema.createIndex("revocations_by_due_at").on("revocations").column("due_at").execute();
  await db.schema
    .createTable("turns")
    .addColumn("name", "text", (column) => column.primaryKey())
    .addColumn("holder", "text", (column) => column.notNull())
    .addColumn("ends_at", "bigint", (column) => column.notNull())
    .execute();
}

import type { Kysely } from "kysely";

/** Adds what people's sign-ins tell of them besides, and the people who are let in before they were ever here. */
export async function addSignOn(db: Kysely<unknown>): Promise<void> {
  for (const column of ["department", "title"]) {
    await db.schema.alterTable("people").addColumn(column, "text").execute();
  }
  await db.schema
    .createTable("invitations")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("iss", "text", (column) => column.notNull())
    .addColumn("sub", "text", (column) => column.notNull())
    .addColumn("login", "text")
    .addColumn("invited_by", "text", (column) => column.notNull())
    .addColumn("invited_at", "bigint", (column) => column.notNull())
    .addColumn("ends_at", "bigint", (column) => column.notNull())
    .addUniqueConstraint("invitations_once", ["iss", "sub"])
    .execute();
  await db.schema.createIndex("invitations_by_ends_at").on("invitations").column("ends_at").execute();
}

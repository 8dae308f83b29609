import type { Kysely } from "kysely";

/** Makes the tables of the keys: which data keys there are, who knows them, and the keys that sign tokens. */
export async function makeKeyTables(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("data_keys")
    .addColumn("fingerprint", "text", (column) => column.primaryKey())
    .addColumn("id", "text", (column) => column.notNull())
    .addColumn("added_at", "bigint", (column) => column.notNull())
    .addColumn("encrypted_at", "bigint")
    .addColumn("dropped_at", "bigint")
    .execute();
  await db.schema.createIndex("data_keys_by_id").on("data_keys").columns(["id"]).execute();
  await db.schema
    .createTable("key_holders")
    .addColumn("instance", "text", (column) => column.primaryKey())
    .addColumn("fingerprints", "text", (column) => column.notNull())
    .addColumn("encrypts_with", "text", (column) => column.notNull())
    .addColumn("seen_at", "bigint", (column) => column.notNull())
    .execute();
  await db.schema
    .createTable("signing_keys")
    .addColumn("number", "integer", (column) => column.primaryKey())
    .addColumn("id", "text", (column) => column.notNull())
    .addColumn("key_sealed", "text", (column) => column.notNull())
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addColumn("signs_at", "bigint", (column) => column.notNull())
    .addColumn("ends_at", "bigint")
    .execute();
}

import type { Kysely } from "kysely";

/**
 * Adds the tokens that were given out in exchange for those of people, and the API at whose authorization server a token
 * is to be revoked. An older version works beside it.
 */
export async function addExchangedTokens(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("exchanged_tokens")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("person", "text", (column) => column.notNull().references("people.id").onDelete("cascade"))
    .addColumn("api", "text", (column) => column.notNull())
    .addColumn("roles", "text", (column) => column.notNull())
    .addColumn("token_sealed", "text", (column) => column.notNull())
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addColumn("ends_at", "bigint", (column) => column.notNull())
    .execute();
  await db.schema.createIndex("exchanged_tokens_by_person").on("exchanged_tokens").column("person").execute();
  await db.schema.createIndex("exchanged_tokens_by_ends_at").on("exchanged_tokens").column("ends_at").execute();
  await db.schema.alterTable("revocations").addColumn("api", "text").execute();
}

import { type Kysely, sql } from "kysely";

/** What the admin pages go through in its order, or count. */
const LOOKUPS: readonly (readonly [table: string, ...columns: string[]])[] = [
  ["people", "status"],
  ["clients", "created_at", "id"],
  ["oidc", "client", "model"],
  ["oidc", "model", "ends_at"],
  ["web_sessions", "signed_in_at", "id_hash"],
  ["audit", "target", "id"],
  ["approvals", "created_at", "id"],
];

/** Makes the pages of admins quick, whatever number of people, clients and approvals there are. */
export async function indexAdminLookups(db: Kysely<unknown>): Promise<void> {
  for (const [table, ...columns] of LOOKUPS) {
    await db.schema
      .createIndex(`${table}_by_${columns.join("_")}`)
      .on(table)
      .columns(columns)
      .execute();
  }
  await db.schema.createIndex("people_by_label").on("people").expression(sql`lower(coalesce(login, id)), id`).execute();
}

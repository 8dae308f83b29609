import type { CreateTableBuilder, Kysely } from "kysely";
import type { SqlVariant } from "../store-driver.js";

type Build = (table: CreateTableBuilder<string, never>) => CreateTableBuilder<string, string>;

/** The columns of every table, and what has to be unique. */
const TABLES: Readonly<Record<string, Build>> = {
  people: (table) =>
    table
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("iss", "text", (column) => column.notNull())
      .addColumn("sub", "text", (column) => column.notNull())
      .addColumn("login", "text")
      .addColumn("name", "text")
      .addColumn("email", "text")
      .addColumn("email_verified", "integer", (column) => column.notNull())
      .addColumn("status", "text", (column) => column.notNull())
      .addColumn("groups", "text", (column) => column.notNull())
      .addColumn("groups_at", "bigint")
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .addColumn("seen_at", "bigint", (column) => column.notNull())
      .addUniqueConstraint("people_of_issuer", ["iss", "sub"]),
  clients: (table) =>
    table
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("kind", "text", (column) => column.notNull())
      .addColumn("name", "text")
      .addColumn("metadata_sealed", "text", (column) => column.notNull())
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .addColumn("used_at", "bigint")
      .addColumn("ends_at", "bigint")
      .addColumn("blocked_at", "bigint"),
  consents: (table) =>
    table
      .addColumn("person", "text", (column) => column.notNull().references("people.id").onDelete("cascade"))
      .addColumn("client", "text", (column) => column.notNull())
      .addColumn("redirect_host", "text", (column) => column.notNull())
      .addColumn("scopes", "text", (column) => column.notNull())
      .addColumn("given_at", "bigint", (column) => column.notNull())
      .addPrimaryKeyConstraint("consents_once", ["person", "client", "redirect_host", "scopes"]),
  oidc: (table) =>
    table
      .addColumn("id_hash", "text", (column) => column.primaryKey())
      .addColumn("model", "text", (column) => column.notNull())
      .addColumn("payload_sealed", "text", (column) => column.notNull())
      .addColumn("grant_id", "text")
      .addColumn("person", "text")
      .addColumn("client", "text")
      .addColumn("uid_hash", "text")
      .addColumn("user_code_hash", "text")
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .addColumn("ends_at", "bigint")
      .addColumn("consumed_at", "bigint")
      .addColumn("predecessor_hash", "text")
      .addColumn("successor_used_at", "bigint"),
  upstream_grants: (table) =>
    table
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("person", "text", (column) => column.notNull().references("people.id").onDelete("cascade"))
      .addColumn("kind", "text", (column) => column.notNull())
      .addColumn("scopes", "text", (column) => column.notNull())
      .addColumn("access_sealed", "text")
      .addColumn("access_ends_at", "bigint")
      .addColumn("refresh_sealed", "text")
      .addColumn("dpop_key_sealed", "text")
      .addColumn("version", "integer", (column) => column.notNull())
      .addColumn("renewing_ends_at", "bigint")
      .addColumn("state", "text", (column) => column.notNull())
      .addColumn("last_error", "text")
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .addColumn("changed_at", "bigint", (column) => column.notNull())
      .addUniqueConstraint("upstream_grants_one_each", ["person", "kind"]),
  web_sessions: (table) =>
    table
      .addColumn("id_hash", "text", (column) => column.primaryKey())
      .addColumn("person", "text", (column) => column.notNull().references("people.id").onDelete("cascade"))
      .addColumn("kind", "text", (column) => column.notNull())
      .addColumn("acr", "text")
      .addColumn("signed_in_at", "bigint", (column) => column.notNull())
      .addColumn("idle_ends_at", "bigint", (column) => column.notNull())
      .addColumn("ends_at", "bigint", (column) => column.notNull())
      .addColumn("ip_prefix", "text")
      .addColumn("agent", "text")
      .addColumn("data_sealed", "text"),
  transactions: (table) =>
    table
      .addColumn("state_hash", "text", (column) => column.primaryKey())
      .addColumn("browser_hash", "text", (column) => column.notNull())
      .addColumn("kind", "text", (column) => column.notNull())
      .addColumn("data_sealed", "text", (column) => column.notNull())
      .addColumn("ends_at", "bigint", (column) => column.notNull()),
  approvals: (table) =>
    table
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("person", "text", (column) => column.notNull().references("people.id").onDelete("cascade"))
      .addColumn("client", "text", (column) => column.notNull())
      .addColumn("tool", "text", (column) => column.notNull())
      .addColumn("digest", "text", (column) => column.notNull())
      .addColumn("shown_sealed", "text", (column) => column.notNull())
      .addColumn("state", "text", (column) => column.notNull())
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .addColumn("decided_at", "bigint")
      .addColumn("ends_at", "bigint", (column) => column.notNull()),
  used_once: (table) =>
    table
      .addColumn("value_hash", "text", (column) => column.primaryKey())
      .addColumn("kind", "text", (column) => column.notNull())
      .addColumn("ends_at", "bigint", (column) => column.notNull()),
  limits: (table) =>
    table
      .addColumn("key", "text", (column) => column.primaryKey())
      .addColumn("total", "integer", (column) => column.notNull()),
  meta: (table) =>
    table
      .addColumn("key", "text", (column) => column.primaryKey())
      .addColumn("value", "text", (column) => column.notNull()),
};

/** The columns of tables whose rows keep the order in which they were written. */
const IN_ORDER: Readonly<Record<string, Build>> = {
  limit_uses: (table) =>
    table
      .addColumn("key", "text", (column) => column.notNull())
      .addColumn("used_at", "bigint", (column) => column.notNull()),
  journal: (table) =>
    table
      .addColumn("change_id", "text", (column) => column.notNull())
      .addColumn("is_first", "integer", (column) => column.notNull())
      .addColumn("line", "text", (column) => column.notNull())
      .addColumn("written_at", "bigint", (column) => column.notNull())
      .addColumn("undo_of", "text")
      .addColumn("person", "text")
      .addColumn("client", "text")
      .addColumn("role", "text")
      .addColumn("act_as", "text")
      .addColumn("request_id", "text"),
  audit: (table) =>
    table
      .addColumn("at", "bigint", (column) => column.notNull())
      .addColumn("actor", "text")
      .addColumn("action", "text", (column) => column.notNull())
      .addColumn("target", "text")
      .addColumn("outcome", "text", (column) => column.notNull())
      .addColumn("client", "text")
      .addColumn("ip", "text")
      .addColumn("request_id", "text")
      .addColumn("detail", "text"),
};

/** What rows are looked up, dropped or ordered by. */
const INDEXES: readonly (readonly [table: string, ...columns: string[]])[] = [
  ["clients", "ends_at"],
  ["oidc", "grant_id"],
  ["oidc", "person"],
  ["oidc", "uid_hash"],
  ["oidc", "user_code_hash"],
  ["oidc", "ends_at"],
  ["web_sessions", "person"],
  ["web_sessions", "ends_at"],
  ["transactions", "ends_at"],
  ["approvals", "person", "client", "digest"],
  ["approvals", "ends_at"],
  ["used_once", "ends_at"],
  ["limit_uses", "key", "used_at"],
  ["limit_uses", "used_at"],
  ["journal", "change_id"],
  ["journal", "undo_of"],
  ["journal", "person"],
  ["audit", "at"],
];

/** Makes the tables of the first version. */
export async function makeFirstTables(db: Kysely<unknown>, variant: SqlVariant): Promise<void> {
  for (const [name, build] of Object.entries(TABLES)) await build(db.schema.createTable(name)).execute();
  for (const [name, build] of Object.entries(IN_ORDER)) {
    const table = db.schema.createTable(name).addColumn("id", variant.risingType, (column) => variant.rising(column));
    // The type says which columns there are already, and no other column depends on it.
    await build(table as unknown as CreateTableBuilder<string, never>).execute();
  }
  for (const [table, ...columns] of INDEXES) {
    await db.schema
      .createIndex(`${table}_by_${columns.join("_")}`)
      .on(table)
      .columns(columns)
      .execute();
  }
  for (const statement of variant.appendOnly("audit")) await statement.execute(db);
}

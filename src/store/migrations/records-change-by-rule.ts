import { type Kysely, sql } from "kysely";
import type { SqlVariant } from "../store-driver.js";

/**
 * Makes the database refuse every change of the two records, but for what a transaction has declared in `meta` and takes
 * back before its end: that rows before a moment are dropped, or that one person's data are taken out.
 */
export async function keepRecords(db: Kysely<unknown>, variant: SqlVariant): Promise<void> {
  const statements = [
    ...variant.appendOnly("journal"),
    ...variant.changesOnly("journal", "delete", droppingBefore("journal", "written_at")),
    ...variant.changesOnly(
      "journal",
      "update",
      sql`${erasing(["person"])} and ${same("id", "change_id", "is_first", "written_at", "undo_of", "person")}`,
    ),
    ...variant.changesOnly("audit", "delete", droppingBefore("audit", "at")),
    ...variant.changesOnly(
      "audit",
      "update",
      sql`${erasing(["actor", "target"])} and ${same("id", "at", "actor", "action", "target", "outcome")}`,
    ),
  ];
  for (const statement of statements) await statement.execute(db);
}

function droppingBefore(table: string, column: string) {
  const key = sql.lit(`dropping_${table}`);
  return sql`exists (select 1 from meta where key = ${key} and old.${sql.id(column)} < cast(value as bigint))`;
}

function erasing(columns: readonly string[]) {
  const people = sql.join(columns.map((column) => sql`old.${sql.id(column)}`));
  return sql`exists (select 1 from meta where key = 'erasing' and value in (${people}))`;
}

/** True where these columns stay as they are. */
function same(...columns: string[]) {
  return sql.join(
    columns.map((column) => sql`new.${sql.id(column)} is not distinct from old.${sql.id(column)}`),
    sql` and `,
  );
}

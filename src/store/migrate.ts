import { type Kysely, type Migration, Migrator, sql } from "kysely";
import { OktaMcpError } from "../errors/index.js";
import { addDepartures } from "./migrations/departure-tables.js";
import { addErasedPeople } from "./migrations/erased-people.js";
import { makeFirstTables } from "./migrations/first-tables.js";
import { makeKeyTables } from "./migrations/key-tables.js";
import { indexRecords } from "./migrations/record-lookups.js";
import { keepRecords } from "./migrations/records-change-by-rule.js";
import { addSignOn } from "./migrations/sign-on.js";
import type { SqlVariant } from "./store-driver.js";
import type { Tables } from "./tables.js";

/** The table in which the database says which migrations it has had. */
const DONE = "migrations";

/**
 * The migrations in their order; their names never change. They lead forward only: an older version of the server may
 * not know what a newer one has written.
 */
function migrationsFor(variant: SqlVariant): Record<string, Migration> {
  return {
    "0001-first-tables": { up: (db) => makeFirstTables(db, variant) },
    "0003-key-tables": { up: makeKeyTables },
    "0004-departures": { up: addDepartures },
    "0005-sign-on": { up: addSignOn },
    "0007-a-record-lookups": { up: indexRecords },
    "0007-b-records-change-by-rule": { up: (db) => keepRecords(db, variant) },
    "0007-c-erased-people": { up: addErasedPeople },
  };
}

/** The names of the migrations that a database has had. */
async function doneIn(db: Kysely<Tables>): Promise<string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some(({ name }) => name === DONE)) return [];
  const { rows } = await sql<{ name: string }>`select name from ${sql.table(DONE)} order by name`.execute(db);
  return rows.map(({ name }) => name);
}

export interface MigrateOptions {
  db: Kysely<Tables>;
  variant: SqlVariant;
  /** The database in words. */
  place: string;
  /** `check` only looks whether the tables are those of this version. */
  how: "migrate" | "check";
}

/**
 * Brings the tables of a database to this version, all in one transaction and under a lock.
 * @throws OktaMcpError bad_config where a newer version has written the database, or `check` finds an older one
 */
export async function migrate({ db, variant, place, how }: MigrateOptions): Promise<void> {
  const migrations = migrationsFor(variant);
  const done = await doneIn(db);
  const unknown = done.filter((name) => !Object.hasOwn(migrations, name));
  if (unknown.length > 0) {
    throw new OktaMcpError("bad_config", `${place} was written by a newer okta-mcp: it has ${unknown.join(", ")}.`, {
      fix: "Start that version or a later one. To go back to this version, restore a backup from before the update.",
    });
  }
  if (done.length === Object.keys(migrations).length) return;
  if (how === "check") {
    throw new OktaMcpError("bad_config", `${place} was written by an older okta-mcp, or by none.`, {
      fix: "Start the server of this version once; it brings the database up to date.",
    });
  }
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => migrations },
    migrationTableName: DONE,
    migrationLockTableName: `${DONE}_lock`,
  });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}

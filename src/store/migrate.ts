import { type Kysely, sql } from "kysely";
import { OktaMcpError } from "../errors/index.js";
import { migrationsFor, type StoreMigrations } from "./migrations.js";
import type { SqlVariant } from "./store-driver.js";
import type { Tables } from "./tables.js";

/** The table in which the database says which migrations it has had. */
const DONE = "migrations";
/** The row of `meta` that says who may work with the tables. */
const FITS = "migrations.fits";
/** The reason of a refusal where no server has used the database so far. */
export const NO_TABLES = "no_tables";
const FIRST = "0001-first-tables";

/** Who may work with the tables as they are. It counts for as long as `last` is the last migration. */
interface Fits {
  last: string;
  /** The newest migration that an okta-mcp has to know. */
  oldest: string;
}

export interface MigrateOptions {
  db: Kysely<Tables>;
  variant: SqlVariant;
  /** The database in words. */
  place: string;
  /** `check` only looks whether this version works with the tables. */
  how: "migrate" | "check";
  /** By default those of this version. */
  migrations?: StoreMigrations | undefined;
}

/**
 * Brings the tables of a database to this version, all in one transaction. The caller sees to it that nobody else does so
 * at the same time. Tables of a later release stay as they are where they say that this version works with them.
 * @returns the names of the migrations that were made
 * @throws OktaMcpError bad_config where this version does not work with the tables of a later one, or `check` finds those
 * of an older one
 */
export async function migrate(options: MigrateOptions): Promise<string[]> {
  const { db, variant, place, how, migrations = migrationsFor(variant) } = options;
  const names = Object.keys(migrations).sort();
  const done = await doneIn(db, variant);
  const pending = names.filter((name) => !done.includes(name));
  if (await isOfLater({ db, place, names, done, pending })) return [];
  if (pending.length === 0) return [];
  if (how === "check") {
    const message =
      done.length === 0 ? `${place} has no tables of okta-mcp yet.` : `${place} was written by an older okta-mcp.`;
    throw new OktaMcpError("bad_config", message, {
      data: { reason: done.length === 0 ? NO_TABLES : "older_tables" },
      fix: "Run: okta-mcp serve migrate --config serve.json. It brings the database up to date, as the start of the server does unless store.migrate_at_start is false.",
    });
  }
  await db.transaction().execute(async (transaction) => {
    await transaction.schema
      .createTable(DONE)
      .ifNotExists()
      .addColumn("name", "varchar(255)", (column) => column.notNull().primaryKey())
      .addColumn("timestamp", "varchar(255)", (column) => column.notNull())
      .execute();
    // A migration sees the tables as they are at its time, not as the types of this version have them.
    const untyped = transaction as unknown as Kysely<unknown>;
    for (const name of pending) {
      await migrations[name]?.up(untyped);
      const at = new Date().toISOString();
      await sql`insert into ${sql.table(DONE)} (name, timestamp) values (${name}, ${at})`.execute(transaction);
    }
    await writeFits(transaction, { last: names.at(-1) ?? FIRST, oldest: oldestFor(migrations) });
  });
  return pending;
}

interface Found {
  db: Kysely<Tables>;
  place: string;
  names: readonly string[];
  done: readonly string[];
  pending: readonly string[];
}

/** True where a later version has written the tables and this one works with them. */
async function isOfLater({ db, place, names, done, pending }: Found): Promise<boolean> {
  const unknown = done.filter((name) => !names.includes(name));
  if (unknown.length === 0) return false;
  const fits = await fitsIn(db);
  const isTold = fits?.last === done.at(-1);
  if (fits !== undefined && isTold && names.includes(fits.oldest) && pending.length === 0) return true;
  const needed = fits !== undefined && isTold ? `, and needs one that knows ${fits.oldest}` : "";
  throw new OktaMcpError(
    "bad_config",
    `${place} was written by a newer okta-mcp: it has ${unknown.join(", ")}${needed}.`,
    {
      fix: "Start that version or a later one. To go back to this version, restore a backup from before the update.",
    },
  );
}

/** The names of the migrations that a database has had, in their order. */
export async function doneIn(db: Kysely<Tables>, variant: SqlVariant): Promise<string[]> {
  const { rows: found } = await sql<{ n: number }>`${variant.hasTable(DONE)}`.execute(db);
  if (Number(found[0]?.n) === 0) return [];
  const { rows } = await sql<{ name: string }>`select name from ${sql.table(DONE)}`.execute(db);
  return rows.map(({ name }) => name).sort();
}

/** The newest of what the migrations ask for. */
function oldestFor(migrations: StoreMigrations): string {
  const asked = Object.values(migrations).flatMap(({ oldest }) => oldest ?? []);
  return asked.sort().at(-1) ?? FIRST;
}

async function fitsIn(db: Kysely<Tables>): Promise<Fits | undefined> {
  const row = await db.selectFrom("meta").select("value").where("key", "=", FITS).executeTakeFirst();
  return row && (JSON.parse(row.value) as Fits);
}

async function writeFits(db: Kysely<Tables>, fits: Fits): Promise<void> {
  const value = JSON.stringify(fits);
  await db
    .insertInto("meta")
    .values({ key: FITS, value })
    .onConflict((conflict) => conflict.column("key").doUpdateSet({ value }))
    .execute();
}

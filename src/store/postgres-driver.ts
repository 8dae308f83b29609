import { Kysely, PostgresDialect, sql } from "kysely";
import { OktaMcpError } from "../errors/index.js";
import type { Log } from "../log.js";
import { realSleep } from "../net/waiting.js";
import { askPostgres, type PostgresFacts } from "./postgres-facts.js";
import { PostgresNews } from "./postgres-news.js";
import { openPool } from "./postgres-pool.js";
import { type PostgresSettings, placeOf } from "./postgres-settings.js";
import type { SqlVariant, StoreDriver } from "./store-driver.js";
import type { Tables } from "./tables.js";

/** The oldest version that works, as `server_version_num` has it. */
const OLDEST_VERSION = 140_000;

/** Several instances write at once, so rows are locked. A function for each table refuses changes of its rows. */
const POSTGRES: SqlVariant = {
  rising: (column) => column.generatedAlwaysAsIdentity().primaryKey(),
  risingType: "bigint",
  appendOnly: (table) => {
    const refuse = sql.id(`${table}_stays`);
    const words = sql.lit(`rows of ${table} stay as they are`);
    const body = sql`begin raise exception using message = ${words}; end`;
    return [
      sql`create function ${refuse}() returns trigger language plpgsql as $refuse$ ${body} $refuse$`,
      ...(["update", "delete", "truncate"] as const).map((verb) => {
        const name = sql.id(`${table}_no_${verb}`);
        return sql`create trigger ${name} before ${sql.raw(verb)} on ${sql.id(table)} for each statement execute function ${refuse}()`;
      }),
    ];
  },
  changesOnly: (table, verb, condition) => {
    const [name, rule] = [sql.id(`${table}_no_${verb}`), sql.id(`${table}_${verb}_rule`)];
    const words = sql.lit(`rows of ${table} stay as they are`);
    const row = sql.raw(verb === "update" ? "new" : "old");
    const body = sql`begin if ${condition} then return ${row}; end if; raise exception using message = ${words}; end`;
    return [
      sql`drop trigger ${name} on ${sql.id(table)}`,
      sql`create function ${rule}() returns trigger language plpgsql as $rule$ ${body} $rule$`,
      sql`create trigger ${name} before ${sql.raw(verb)} on ${sql.id(table)} for each row execute function ${rule}()`,
    ];
  },
  hasTable: (table) =>
    sql`select count(*)::int as n from (select to_regclass(${table}) as it) found where it is not null`,
  locksRows: true,
};

/**
 * Opens a PostgreSQL database, which any number of servers may use at once.
 * @throws OktaMcpError bad_config where its version or encoding does not do; store_unavailable where it cannot be used
 */
export async function openPostgresDriver(settings: PostgresSettings, log: Pick<Log, "warn">): Promise<StoreDriver> {
  const place = placeOf(settings);
  refuseUnfit(place, await askPostgres(settings, Date.now));
  const pool = openPool(settings, log);
  const dialect = new PostgresDialect({ pool });
  const news = new PostgresNews({ settings, pool, sleep: realSleep, random: Math.random, log });
  return {
    place,
    dialect,
    variant: POSTGRES,
    news,
    exclusively: (_, action) => exclusively(settings, log, action),
    begin: (first) => news.begin(first),
    release: () => news.end(),
  };
}

/** The advisory lock of a server that looks at tables and keys at its start. Another one waits. */
const OPENING_LOCK = 7_268_310_491;
/** The longest time of a migration, and the longest wait for that of another server. */
const MIGRATION_MS = 30 * 60_000;

async function exclusively<T>(
  settings: PostgresSettings,
  log: Pick<Log, "warn">,
  action: (db: Kysely<Tables>) => Promise<T>,
): Promise<T> {
  // The lock is one of this connection, so it has to be the same one all the time.
  const pool = openPool({ ...settings, poolSize: 1, statementTimeoutMs: MIGRATION_MS }, log, { keepsIdle: true });
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  try {
    await sql`set lock_timeout = ${sql.lit(MIGRATION_MS)}`.execute(db);
    await sql`select pg_advisory_lock(${sql.lit(OPENING_LOCK)})`.execute(db);
    // Whoever waits for a table makes all others wait behind it.
    await sql`set lock_timeout = ${sql.lit(settings.lockTimeoutMs)}`.execute(db);
    return await action(db);
  } finally {
    await db.destroy();
  }
}

/** @throws OktaMcpError bad_config where a database cannot keep what a server keeps */
export function refuseUnfit(
  place: string,
  { version, shown, encoding }: Pick<PostgresFacts, "version" | "shown" | "encoding">,
): void {
  if (version < OLDEST_VERSION) {
    throw new OktaMcpError("bad_config", `${place} has version ${shown}, and okta-mcp needs PostgreSQL 14 or later.`, {
      fix: "Upgrade the database server.",
    });
  }
  if (encoding !== "UTF8") {
    throw new OktaMcpError("bad_config", `${place} has the encoding ${encoding}, which cannot keep every name.`, {
      fix: "Make a database with the encoding UTF8 for okta-mcp.",
    });
  }
}

import type { PostgresPool, PostgresPoolClient } from "kysely";
import pg from "pg";
import type { Log } from "../log.js";
import { endsConnection, postgresFault } from "./postgres-fault.js";
import { type PostgresSettings, placeOf } from "./postgres-settings.js";

const { Pool, types } = pg;

/** The name by which the database shows the connections of this server (`pg_stat_activity`). */
const APPLICATION = "okta-mcp";
/** PostgreSQL's type for whole numbers of 64 bits. */
const INT8 = 20;
/** An answer is waited for this much longer than the database may take, since it may never come. */
const ANSWER_MS = 5_000;
const IDLE_MS = 30_000;

/** Counts and times fit: a number that would lose digits is a mistake. */
function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError("the database sent a number that is too large");
  return value;
}

/**
 * The options of one connection. Each has a value, so that no variable of the environment (`PGPASSWORD`, `PGOPTIONS`)
 * decides in its place.
 */
export function connectionOptions(settings: PostgresSettings): pg.ClientConfig {
  const { host, port, database, user, password, tls, connectTimeoutMs, statementTimeoutMs, lockTimeoutMs } = settings;
  return {
    host,
    port,
    database,
    user,
    // A function keeps the password out of the options, which errors and dumps may show. The library takes no answer
    // for a missing password, whatever its types say.
    password: (async () => password()) as () => Promise<string>,
    ssl: tls === undefined ? false : { ca: tls.ca, ...tls.own, rejectUnauthorized: true },
    application_name: APPLICATION,
    options: "-c client_min_messages=warning",
    client_encoding: "UTF8",
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: statementTimeoutMs,
    lock_timeout: lockTimeoutMs,
    idle_in_transaction_session_timeout: statementTimeoutMs + ANSWER_MS,
    query_timeout: statementTimeoutMs + ANSWER_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    types: {
      getTypeParser: (oid: number, format?: "text" | "binary") =>
        oid === INT8 && format !== "binary" ? wholeNumber : types.getTypeParser(oid, format as "text"),
    } as pg.CustomTypesConfig,
  };
}

/**
 * A pool of connections for the query builder, with errors in our words.
 * @param how.keepsIdle keeps connections that nobody uses
 */
export function openPool(
  settings: PostgresSettings,
  log: Pick<Log, "warn">,
  { keepsIdle = false }: { keepsIdle?: boolean } = {},
): PostgresPool {
  const place = placeOf(settings);
  const idleTimeoutMillis = keepsIdle ? 0 : IDLE_MS;
  const pool = new Pool({ ...connectionOptions(settings), max: settings.poolSize, idleTimeoutMillis });
  // Without these listeners a connection that ends would end the process. Whoever uses it is told by its statement.
  pool.on("connect", (client) => client.on("error", () => {}));
  pool.on("error", (error) => {
    const fault = postgresFault(error, place);
    log.warn("a connection to the database has ended", { reason: fault?.data?.reason ?? "unknown" });
  });
  return {
    async connect() {
      try {
        return inOurWords(await pool.connect(), place);
      } catch (error) {
        throw postgresFault(error, place) ?? error;
      }
    },
    end: () => pool.end(),
  };
}

function inOurWords(client: pg.PoolClient, place: string): PostgresPoolClient {
  let isBroken = false;
  return {
    async query(text: string, parameters: readonly unknown[]) {
      try {
        return await client.query(text, parameters.map(storable));
      } catch (error) {
        isBroken ||= endsConnection(error);
        throw postgresFault(error, place) ?? error;
      }
    },
    release: (mustEnd = false) => client.release(isBroken || mustEnd),
    // The query builder has a second form for cursors, which needs a library that is not here.
  } as unknown as PostgresPoolClient;
}

/** PostgreSQL keeps every character but U+0000, which texts of clients and of the org may have. */
function storable(parameter: unknown): unknown {
  return typeof parameter === "string" ? parameter.replaceAll("\u0000", "\ufffd") : parameter;
}

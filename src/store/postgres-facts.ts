import { openPool } from "./postgres-pool.js";
import type { PostgresSettings } from "./postgres-settings.js";

/** What a database says of itself and of this connection. */
export interface PostgresFacts {
  /** As `server_version_num`, e.g. 150004. */
  version: number;
  /** The version for people. */
  shown: string;
  encoding: string;
  isReadOnly: boolean;
  /** True for a standby, which follows another server. */
  isStandby: boolean;
  /** The connections that others than superusers may have in all. */
  maxConnections: number;
  /** The schema in which tables would be made; undefined where the user may use none. */
  schema: string | undefined;
  mayCreate: boolean;
  /** True where the user may read and change every table of that schema; false also where there are none. */
  mayUse: boolean;
  isSuperuser: boolean;
  isEncrypted: boolean;
  /** True where the database may forget after a crash what it has said to keep. */
  forgets: boolean;
  /** The clock of the database less that of this machine, in milliseconds, as exact as the way to it is short. */
  clockAheadMs: number;
}

const QUERY = `
  select current_setting('server_version_num')::int as "version",
    current_setting('server_version') as "shown",
    current_setting('server_encoding') as "encoding",
    current_setting('transaction_read_only') = 'on' as "isReadOnly",
    pg_is_in_recovery() as "isStandby",
    current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int as "maxConnections",
    current_schema() as "schema",
    coalesce(has_schema_privilege(current_schema(), 'create'), false) as "mayCreate",
    coalesce((select bool_and(
        has_table_privilege(oid, 'select') and has_table_privilege(oid, 'insert')
        and has_table_privilege(oid, 'update') and has_table_privilege(oid, 'delete'))
      from pg_class where relkind = 'r' and relnamespace = to_regnamespace(quote_ident(current_schema()))), false) as "mayUse",
    (select rolsuper from pg_roles where rolname = current_user) as "isSuperuser",
    coalesce((select ssl from pg_stat_ssl where pid = pg_backend_pid()), false) as "isEncrypted",
    current_setting('synchronous_commit') = 'off' or current_setting('fsync') = 'off' as "forgets",
    floor(extract(epoch from clock_timestamp()) * 1000)::bigint as "nowMs"`;

/**
 * Asks a database about itself, over one connection, and changes nothing.
 * @param now the clock of this machine, in epoch milliseconds
 * @throws OktaMcpError store_unavailable
 */
export async function askPostgres(settings: PostgresSettings, now: () => number): Promise<PostgresFacts> {
  const pool = openPool({ ...settings, poolSize: 1 }, { warn: () => {} });
  try {
    const client = await pool.connect();
    try {
      const before = now();
      const { rows } = await client.query<PostgresFacts & { nowMs: number }>(QUERY, []);
      const middle = (before + now()) / 2;
      const [row] = rows;
      if (row === undefined) throw new TypeError("a query for settings has one row");
      const { nowMs, ...facts } = row;
      return { ...facts, schema: facts.schema ?? undefined, clockAheadMs: Math.round(nowMs - middle) };
    } finally {
      client.release();
    }
  } finally {
    await pool.end();
  }
}

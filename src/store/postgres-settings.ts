/** Where a PostgreSQL database is, and how this server uses it. Times are in milliseconds. */
export interface PostgresSettings {
  /** A name, an address, or the folder of a socket of this machine. */
  host: string;
  port: number;
  database: string;
  user: string;
  /** It is asked for each new connection, so that a changed password takes effect; undefined where none is needed. */
  password(): string | undefined;
  /** Undefined for a connection in plain text. Otherwise the certificate of the database has to be right. */
  tls: PostgresTls | undefined;
  /** The most connections of this process for queries. One more carries news. */
  poolSize: number;
  /** The longest wait for a connection, a new one or one of the pool. */
  connectTimeoutMs: number;
  /** The longest time of one statement. */
  statementTimeoutMs: number;
  /** The longest wait of a statement for rows that another one holds. */
  lockTimeoutMs: number;
}

/** PEM texts. */
export interface PostgresTls {
  /** The authorities that count; undefined for those of Node.js. */
  ca: string | undefined;
  /** The certificate and key by which this server proves itself to the database. */
  own: { cert: string; key: string } | undefined;
}

/** The database in words, without its user. */
export function placeOf({ host, port, database }: Pick<PostgresSettings, "host" | "port" | "database">): string {
  return `The PostgreSQL database ${database} at ${host.includes(":") ? `[${host}]` : host}:${port}`;
}

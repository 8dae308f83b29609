import type { ColumnDefinitionBuilder, Dialect, Kysely, RawBuilder } from "kysely";
import type { StoreNews } from "./store-news.js";
import type { Tables } from "./tables.js";

/** What the migrations and the repositories have to know of a database, beyond the query builder. */
export interface SqlVariant {
  /** Makes a column the primary key whose numbers rise from row to row. */
  rising(column: ColumnDefinitionBuilder): ColumnDefinitionBuilder;
  /** The type of such a column. */
  risingType: "integer" | "bigint";
  /** Statements after which the database itself refuses to change or delete rows of a table. */
  appendOnly(table: string): RawBuilder<unknown>[];
  /**
   * Statements after which the database lets rows of such a table be changed or deleted for which a condition holds.
   * @param condition on the rows `old` and `new`
   */
  changesOnly(table: string, verb: "update" | "delete", condition: RawBuilder<unknown>): RawBuilder<unknown>[];
  /** A query whose one row has `n`: 1 where a table is there, else 0. */
  hasTable(table: string): RawBuilder<unknown>;
  /** True where several connections write at once, so that a transaction has to lock the rows that it reads. */
  locksRows: boolean;
}

/** A database that a store can be kept in. It throws OktaMcpError store_unavailable where it cannot be used. */
export interface StoreDriver {
  /** The database in words, for messages to whoever runs the server. */
  readonly place: string;
  readonly dialect: Dialect;
  readonly variant: SqlVariant;
  /** How instances tell each other; undefined where there is only one. */
  readonly news?: StoreNews;
  /**
   * Runs an action while no other server runs one.
   * @param db the connections of the query builder
   * @param action is given connections for statements that may take long, e.g. those of a migration
   */
  exclusively<T>(db: Kysely<Tables>, action: (db: Kysely<Tables>) => Promise<T>): Promise<T>;
  /**
   * Begins the use by a server. A command beside a server leaves it out.
   * @param first runs where no other server uses the database at the moment
   */
  begin(first: () => Promise<void>): Promise<void>;
  /** Gives back what the driver holds beside the connections of the query builder. It is called once, after them. */
  release(): Promise<void>;
}

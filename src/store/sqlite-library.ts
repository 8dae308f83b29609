import { createRequire } from "node:module";
import type { SqliteDatabase, SqliteStatement } from "kysely";
import { OktaMcpError } from "../errors/index.js";
import { codeOf } from "../errors/system-code.js";

/** The libraries that bring SQLite: Node.js itself from 22.13 on, and an optional package for earlier versions. */
export type SqliteLibrary = "node:sqlite" | "libsql";

export const SQLITE_LIBRARIES: readonly SqliteLibrary[] = ["node:sqlite", "libsql"];

/** An open database in the form that Kysely takes. */
export interface SqliteHandle extends SqliteDatabase {
  /** Runs statements without results and parameters. */
  exec(sql: string): void;
}

/** The class of an open database, as both libraries have it in common. */
type DatabaseClass = new (
  path: string,
) => {
  exec(sql: string): void;
  close(): void;
  prepare(sql: string): Omit<SqliteStatement, "all" | "run" | "iterate"> & {
    all(...parameters: readonly unknown[]): unknown[];
    run(...parameters: readonly unknown[]): ReturnType<SqliteStatement["run"]>;
    iterate(...parameters: readonly unknown[]): IterableIterator<unknown>;
  };
};

const require = createRequire(import.meta.url);

/**
 * Node.js warns on stderr that its SQLite is experimental when it is loaded. The server's log is there, one JSON object
 * on each line.
 */
function withoutWarning<T>(load: () => T): T {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return load();
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** The class of a library; undefined where this installation lacks it. */
function classOf(library: SqliteLibrary): DatabaseClass | undefined {
  try {
    if (library === "libsql") return require("libsql") as DatabaseClass;
    return withoutWarning(() => require("node:sqlite") as { DatabaseSync: DatabaseClass }).DatabaseSync;
  } catch (error) {
    if (["MODULE_NOT_FOUND", "ERR_UNKNOWN_BUILTIN_MODULE"].includes(codeOf(error))) return undefined;
    throw error;
  }
}

/** True where this installation has the library. */
export function hasSqliteLibrary(library: SqliteLibrary): boolean {
  return classOf(library) !== undefined;
}

/** Statements that answer with rows. All SQL is written by the query builder, with its values beside it. */
const READS = /^\s*(?:select|with|pragma)\b|\breturning\b/i;

/** The most statements that are kept prepared. The repositories have fewer. */
const MAX_PREPARED = 500;

/**
 * Opens a database file. It is made where it is not there.
 * @param library by default Node's own, and libsql where Node has none
 * @throws OktaMcpError bad_config where no library is installed; the library's own error where the file cannot be opened
 */
export function openSqlite(path: string, library?: SqliteLibrary): SqliteHandle {
  const wanted = library === undefined ? SQLITE_LIBRARIES : [library];
  for (const name of wanted) {
    const Database = classOf(name);
    if (Database !== undefined) return handleOf(new Database(path));
  }
  throw new OktaMcpError("bad_config", `There is no SQLite for Node.js ${process.versions.node}.`, {
    fix: "Use Node.js 22.13 or later, which brings it, or install the package libsql beside okta-mcp: npm install libsql@0.5.29.",
  });
}

function handleOf(database: InstanceType<DatabaseClass>): SqliteHandle {
  const prepared = new Map<string, SqliteStatement>();
  const prepare = (sql: string): SqliteStatement => {
    const statement = database.prepare(sql);
    return {
      reader: READS.test(sql),
      all: (parameters) => statement.all(...parameters),
      run: (parameters) => statement.run(...parameters),
      iterate: (parameters) => statement.iterate(...parameters),
    };
  };
  return {
    exec: (sql) => database.exec(sql),
    close() {
      prepared.clear();
      database.close();
    },
    prepare(sql) {
      const known = prepared.get(sql);
      if (known !== undefined) return known;
      const statement = prepare(sql);
      if (prepared.size < MAX_PREPARED) prepared.set(sql, statement);
      return statement;
    },
  };
}

import { constants } from "node:fs";
import { lstat } from "node:fs/promises";
import { join } from "node:path";
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  SqliteAdapter,
  type SqliteDatabase,
  SqliteDialect,
  SqliteDriver,
  sql,
} from "kysely";
import { OktaMcpError } from "../errors/index.js";
import { codeOf } from "../errors/system-code.js";
import { ensurePrivateDir } from "../files/private-dir.js";
import { openPrivateFile } from "../files/private-file.js";
import { isBusy, sqliteFault } from "./sqlite-fault.js";
import { openSqlite, type SqliteHandle, type SqliteLibrary } from "./sqlite-library.js";
import type { SqlVariant, StoreDriver } from "./store-driver.js";
import { storeUnavailable } from "./store-fault.js";

const KEEPS = "the database";
const FILE = "store.sqlite";
const LOCK_FILE = "store.lock";
/** The longest wait for a command that uses the same file beside the server. */
const BUSY_TIMEOUT_MS = 5_000;

export interface SqliteDriverOptions {
  /** The folder of the database, only for this user. It is made where it is missing. */
  dir: string;
  /** `server`: the only one that serves from this folder. `beside`: a command that looks at the same file meanwhile. */
  as: "server" | "beside";
  /** By default Node's own, and libsql where Node has none. */
  library?: SqliteLibrary | undefined;
}

function refusing(table: string, verb: "update" | "delete", when = sql``) {
  const name = sql.id(`${table}_no_${verb}`);
  const words = sql.lit(`rows of ${table} stay as they are`);
  return sql`create trigger ${name} before ${sql.raw(verb)} on ${sql.id(table)} for each row ${when} begin select raise(abort, ${words}); end`;
}

/** SQLite has one writer at a time, so nothing has to be locked; triggers keep rows as they are. */
const SQLITE: SqlVariant = {
  rising: (column) => column.primaryKey().autoIncrement(),
  risingType: "integer",
  appendOnly: (table) => (["update", "delete"] as const).map((verb) => refusing(table, verb)),
  changesOnly: (table, verb, condition) => [
    sql`drop trigger ${sql.id(`${table}_no_${verb}`)}`,
    refusing(table, verb, sql`when not (${condition})`),
  ],
  hasTable: (table) => sql`select count(*) as n from sqlite_master where type = 'table' and name = ${table}`,
  locksRows: false,
};

/**
 * Opens the database of a server in a private file (mode 0600). A commit is on the disk when it returns.
 * @throws OktaMcpError bad_config where another server uses it, the file is open to others, or no SQLite is installed;
 * store_unavailable where it cannot be opened
 */
export async function openSqliteDriver(options: SqliteDriverOptions): Promise<StoreDriver> {
  const { dir, as, library } = options;
  const path = join(dir, FILE);
  const place = `The database ${path}`;
  try {
    if (as === "server") await ensurePrivateDir(dir, KEEPS);
    else await refuseIfMissing(path);
    const lock = as === "server" ? await takeLock(dir, library) : undefined;
    try {
      return {
        place,
        dialect: new StoreDialect(await openFile(path, library), place),
        variant: SQLITE,
        // The lock says that there is no other.
        exclusively: (db, action) => action(db),
        begin: (first) => first(),
        release: async () => lock?.close(),
      };
    } catch (error) {
      lock?.close();
      throw error;
    }
  } catch (error) {
    if (error instanceof OktaMcpError) throw error;
    throw sqliteFault(error, place) ?? storeUnavailable(`${place} (${codeOf(error)})`, "cannot_open", error);
  }
}

async function refuseIfMissing(path: string): Promise<void> {
  const isThere = await lstat(path).then(
    () => true,
    () => false,
  );
  if (isThere) return;
  throw new OktaMcpError("bad_config", `There is no database ${path}.`, {
    fix: "Start the server once, or name the folder of its data.",
  });
}

/**
 * Locks the folder for as long as this process lives. The lock is one of the operating system's, on a file of its own:
 * it ends with the process, however that ends, and leaves the database to commands that only look at it.
 */
async function takeLock(dir: string, library: SqliteLibrary | undefined): Promise<SqliteHandle> {
  const path = join(dir, LOCK_FILE);
  await makePrivate(path);
  const lock = openSqlite(path, library);
  try {
    lock.exec("begin exclusive");
    return lock;
  } catch (error) {
    lock.close();
    if (!isBusy(error)) throw error;
    throw new OktaMcpError("bad_config", `Another okta-mcp server uses the database in ${dir}.`, {
      fix: "Stop the other one, or give this one a folder of its own: only one server can use an SQLite database.",
    });
  }
}

/** Makes an empty file that only this user can read, or checks that an existing one is. */
async function makePrivate(path: string): Promise<void> {
  const file = await openPrivateFile(path, constants.O_RDWR | constants.O_CREAT, KEEPS).catch((error: unknown) => {
    // A file that may only be read is told of by the database, in its own words.
    if (codeOf(error) === "EACCES" || codeOf(error) === "EROFS")
      return openPrivateFile(path, constants.O_RDONLY, KEEPS);
    throw error;
  });
  await file.close();
}

async function openFile(path: string, library: SqliteLibrary | undefined): Promise<SqliteHandle> {
  await makePrivate(path);
  const database = openSqlite(path, library);
  try {
    database.exec(`pragma busy_timeout = ${BUSY_TIMEOUT_MS}`);
    // The answer is read like that of any query: libsql refuses rows elsewhere.
    database.prepare("pragma journal_mode = wal").all([]);
    database.exec("pragma synchronous = full");
    database.exec("pragma foreign_keys = on");
    // What is deleted is overwritten, so that the file tells nothing of it any more.
    database.prepare("pragma secure_delete = on").all([]);
    database.exec("pragma trusted_schema = off");
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Kysely's SQLite with errors in our words, transactions that write from their begin on, and migrations in one of them. */
class StoreDialect extends SqliteDialect {
  readonly #database: SqliteDatabase;

  constructor(handle: SqliteHandle, place: string) {
    const database = inOurWords(handle, place);
    super({ database });
    this.#database = database;
  }

  override createDriver(): SqliteDriver {
    return new StoreSqliteDriver({ database: this.#database });
  }

  override createAdapter(): ReturnType<Dialect["createAdapter"]> {
    return new StoreAdapter();
  }
}

class StoreAdapter extends SqliteAdapter {
  /** SQLite takes back created tables like any other change. */
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

class StoreSqliteDriver extends SqliteDriver {
  /** A transaction that reads first and writes later could fail at its first write, without a wait. */
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("begin immediate"));
  }

  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    try {
      await super.rollbackTransaction(connection);
    } catch (error) {
      // A full disk makes SQLite roll back by itself. The error that led here tells more.
      if (!(error instanceof Error && /no transaction is active/.test(error.message))) throw error;
    }
  }
}

function inOurWords(database: SqliteHandle, place: string): SqliteDatabase {
  const told = <T>(action: () => T): T => {
    try {
      return action();
    } catch (error) {
      throw sqliteFault(error, place) ?? error;
    }
  };
  return {
    close() {
      try {
        // libsql leaves this to the time at which its statements are collected. The file alone would be no whole copy.
        database.prepare("pragma wal_checkpoint(truncate)").all([]);
      } catch {
        // A full disk keeps it from happening. Nothing is lost: the next start reads both files.
      }
      told(() => database.close());
    },
    prepare(text) {
      const statement = told(() => database.prepare(text));
      return {
        reader: statement.reader,
        all: (parameters) => told(() => statement.all(parameters)),
        run: (parameters) => told(() => statement.run(parameters)),
        iterate: (parameters) => statement.iterate(parameters),
      };
    },
  };
}

import { join } from "node:path";
import pg from "pg";
import { describe, onTestFinished, test } from "vitest";
import { type OpenStoreOptions, openStore, type Store } from "../../src/store/open-store.js";
import { connectionOptions } from "../../src/store/postgres-pool.js";
import type { PostgresSettings } from "../../src/store/postgres-settings.js";
import { hasSqliteLibrary, openSqlite, SQLITE_LIBRARIES, type SqliteLibrary } from "../../src/store/sqlite-library.js";
import { temporaryFolder } from "../support/cli.js";
import { hasPostgres, newDatabase, requirePostgres } from "../support/postgres.js";
import { describeWhere } from "../support/programs.js";

/** Defines a suite once for each library that brings SQLite. One that is not here is skipped with a word. */
export function eachLibrary(name: string, suite: (library: SqliteLibrary) => void): void {
  for (const library of SQLITE_LIBRARIES) {
    const need = `${library}, which Node.js ${process.versions.node} does not have`;
    describeWhere(hasSqliteLibrary(library), need)(`${name} (${library})`, () => suite(library));
  }
}

/** What a store can be kept in. */
export type TestDatabase = SqliteLibrary | "postgresql";

/** Defines a suite once for each database. One that is not here is skipped with a word. */
export function eachDatabase(name: string, suite: (database: TestDatabase) => void): void {
  eachLibrary(name, suite);
  describe(`${name} (PostgreSQL)`, () => {
    if (hasPostgres()) suite("postgresql");
    else test("is skipped", (context) => requirePostgres(context));
  });
}

/** The databases of folders, so that a test opens the same one again. */
const ofFolders = new Map<string, Promise<PostgresSettings>>();

/** The PostgreSQL database that belongs to a folder; a new one for a new folder. */
export function databaseOf(dir: string): Promise<PostgresSettings> {
  const known = ofFolders.get(dir) ?? newDatabase();
  ofFolders.set(dir, known);
  return known;
}

/**
 * Runs a statement in a database as somebody would who has got at it, past the store.
 * @returns the rows of a query
 */
export async function sqlIn(dir: string, database: TestDatabase, text: string): Promise<Record<string, unknown>[]> {
  if (database === "postgresql") {
    const client = new pg.Client({ ...connectionOptions(await databaseOf(dir)) });
    await client.connect();
    return client.query(text).then(
      ({ rows }) => client.end().then(() => rows),
      (error) => client.end().then(() => Promise.reject(error)),
    );
  }
  const file = openSqlite(join(dir, "store.sqlite"), database);
  try {
    const statement = file.prepare(text);
    if (statement.reader) return statement.all([]) as Record<string, unknown>[];
    statement.run([]);
    return [];
  } finally {
    file.close();
  }
}

export interface TestStoreOptions extends Partial<OpenStoreOptions> {
  /** By default SQLite, with the library that a server takes. */
  database?: TestDatabase;
}

export interface TestStore {
  store: Store;
  dir: string;
  /** What the store has warned of, as text. */
  warnings: string[];
  /** Moves the clock of the store. */
  pass(ms: number): void;
  nowMs(): number;
}

/** Opens a store in a folder, by default a new one. It is closed when the test is over. */
export async function openTestStore({ database, ...options }: TestStoreOptions = {}): Promise<TestStore> {
  const { dir = temporaryFolder() } = options;
  const kept = database === "postgresql" ? { postgres: await databaseOf(dir) } : database && { library: database };
  const warnings: string[] = [];
  const warn = (message: string, fields?: object) => void warnings.push(`${message} ${JSON.stringify(fields)}`);
  let nowMs = 1_790_000_000_000;
  const store = await openStore({
    now: () => nowMs,
    log: { warn, error: warn },
    ...kept,
    ...options,
    dir,
  });
  onTestFinished(() => store.close());
  const pass = (ms: number) => {
    nowMs += ms;
  };
  return { store, dir, warnings, pass, nowMs: () => nowMs };
}

/** Somebody who has signed in. */
export function personWith(more: Partial<Parameters<Store["people"]["signedIn"]>[0]> = {}) {
  return {
    issuer: "https://acme.okta.com",
    subject: "00u1",
    login: "ada@acme.example",
    name: "Ada",
    email: "ada@acme.example",
    emailVerified: true,
    groups: undefined,
    ...more,
  };
}

/** Runs something so many times at once. Resolves with all outcomes. */
export function atOnce<T>(times: number, action: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: times }, (_, index) => action(index)));
}

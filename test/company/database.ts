import { join } from "node:path";
import { openStore, type Store } from "../../src/store/open-store.js";
import { type PostgresCluster, startPostgresCluster } from "../support/postgres-cluster.js";

/** The database of a fleet. */
export interface Database {
  kind: "PostgreSQL" | "SQLite";
  /** The members of serve.json that lead to it. */
  serve: Record<string, unknown>;
  /** PostgreSQL's server, which a scenario may stop; undefined for SQLite. */
  cluster: PostgresCluster | undefined;
  /** Its name at PostgreSQL. */
  name: string;
  /** Opens it beside the instances. Whoever opens it closes it. */
  open(as: "server" | "beside"): Promise<Store>;
  /** The same database where it is seen at another path. */
  at(dataDir: string): Database;
}

const say = (message: string) => process.stderr.write(`${message}\n`);
const log = { warn: say, error: say };

/** The folder of an instance's data. */
export const dataDirOf = (folder: string) => join(folder, "data");

/** A file in the folder of the only instance. */
export function sqliteDatabase(dataDir: string): Database {
  const open = (as: "server" | "beside") => openStore({ dir: dataDir, as, log });
  return { kind: "SQLite", serve: {}, cluster: undefined, name: "", open, at: sqliteDatabase };
}

/**
 * A new database of a new PostgreSQL server.
 * @param dataDir the folder of the first instance, which has the keys
 * @param store further members of `store` in serve.json
 */
export async function postgresDatabase(dataDir: string, store: Record<string, unknown>): Promise<Database> {
  const cluster = await startPostgresCluster();
  const postgres = await cluster.newDatabase();
  const { host, port, database, user } = postgres;
  // The clusters of tests lose the last commits in a crash, to be quicker. Here a crash is played.
  await cluster.query(`alter database ${database} set synchronous_commit = on`);
  const made: Database = {
    kind: "PostgreSQL",
    serve: { store: { kind: "postgresql", host, port, database, user, ...store } },
    cluster,
    name: database,
    open: (as) => openStore({ dir: dataDir, as, log, postgres }),
    at: () => made,
  };
  return made;
}

import type { TestContext } from "vitest";
import { onTestFinished } from "vitest";
import type { PostgresSettings } from "../../src/store/postgres-settings.js";
import {
  type ClusterOptions,
  type PostgresCluster,
  postgresPrograms,
  startPostgresCluster,
} from "./postgres-cluster.js";
import { skipOrFail } from "./programs.js";

export const POSTGRES_MISSING = "not on this machine: PostgreSQL; to install: apt-get install postgresql";

/** True where PostgreSQL is installed. */
export const hasPostgres = (): boolean => postgresPrograms() !== undefined;

/** Skips a test where PostgreSQL is not installed. With `OKTA_MCP_TEST_ALL=1` it fails instead. */
export function requirePostgres(context: Pick<TestContext, "skip">): void {
  if (!hasPostgres()) skipOrFail(context, POSTGRES_MISSING);
}

let shared: Promise<PostgresCluster> | undefined;

/** The cluster that all tests of this process share. A test that stops its database has a cluster of its own. */
export function sharedCluster(): Promise<PostgresCluster> {
  shared ??= startPostgresCluster();
  return shared;
}

/** A new, empty database of the shared cluster. */
export async function newDatabase(change: Partial<PostgresSettings> = {}): Promise<PostgresSettings> {
  return (await sharedCluster()).newDatabase(change);
}

/** A cluster for one test, which may stop it. It is ended when the test is over. */
export async function ownCluster(options: ClusterOptions = {}): Promise<PostgresCluster> {
  const cluster = await startPostgresCluster(options);
  onTestFinished(() => cluster.end());
  return cluster;
}

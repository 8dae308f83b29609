import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import pg from "pg";
import type { PostgresSettings } from "../../src/store/postgres-settings.js";
import { findProgram } from "./programs.js";

const KEEPER = fileURLToPath(new URL("postgres-keeper.mjs", import.meta.url));
/** The folder of every cluster begins so. */
export const CLUSTER_FOLDER = "okta-mcp-postgres-";
/** `nobody`: PostgreSQL refuses to run as root. */
const ORDINARY_USER = 65_534;
/** The owner of the test's databases. It is no superuser. */
const OWNER = "okta_mcp";

/** A user who has to give this password. */
export const GUARDED = "guarded";
export const GUARDED_PASSWORD = "the-password-of-guarded";

const DEBIAN = "/usr/lib/postgresql";

/** The folder of PostgreSQL's programs; undefined where it is not installed. */
export function postgresPrograms(): string | undefined {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((one, other) => Number(other) - Number(one)) : [];
  const folders = versions.map((version) => join(DEBIAN, version, "bin"));
  const onPath = findProgram("initdb");
  if (onPath !== undefined) folders.push(join(onPath, ".."));
  return folders.find((folder) => existsSync(join(folder, "initdb")) && existsSync(join(folder, "postgres")));
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

/** A PostgreSQL cluster of its own, on loopback. It ends with this process at the latest, and leaves nothing behind. */
export interface PostgresCluster {
  port: number;
  /** Makes a new, empty database. @returns the settings with which a store uses it */
  newDatabase(change?: Partial<PostgresSettings>): Promise<PostgresSettings>;
  /** Runs a statement as the superuser, by default in the database `postgres`. */
  query(text: string, database?: string): Promise<Record<string, unknown>[]>;
  /** Ends the server in an orderly way: running transactions are rolled back. */
  stop(): Promise<void>;
  /** Ends the server as if it had crashed. */
  kill(): Promise<void>;
  /** Starts the server again, at the same port. */
  start(): Promise<void>;
  /** Ends the server and removes its files. */
  end(): Promise<void>;
}

/** What a cluster has that is not of the ordinary. */
export interface ClusterOptions {
  /** PEM texts; it then takes TLS as well. */
  tls?: { cert: string; key: string };
}

/** Starts a cluster. @throws Error where PostgreSQL is not installed */
export async function startPostgresCluster({ tls }: ClusterOptions = {}): Promise<PostgresCluster> {
  const programs = postgresPrograms();
  if (programs === undefined) throw new Error("PostgreSQL is not installed");
  const [folder, port] = [mkdtempSync(join(tmpdir(), CLUSTER_FOLDER)), await freePort()];
  const isRoot = process.getuid?.() === 0;
  chmodSync(folder, 0o700);
  if (tls !== undefined) {
    writeFileSync(join(folder, "server.crt"), tls.cert);
    writeFileSync(join(folder, "server.key"), tls.key, { mode: 0o600 });
  }
  const owned = [folder, ...(tls === undefined ? [] : ["server.crt", "server.key"].map((name) => join(folder, name)))];
  if (isRoot) for (const path of owned) chownSync(path, ORDINARY_USER, ORDINARY_USER);
  const args = [KEEPER, programs, folder, String(port), ...(isRoot ? [String(ORDINARY_USER)] : [])];
  const keeper = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
  const ask = asker(keeper as unknown as ChildProcessWithoutNullStreams);
  await ask();
  const connection = { host: "127.0.0.1", port, user: "postgres" };
  const query = async (text: string, database = "postgres") => {
    const client = new pg.Client({ ...connection, database });
    await client.connect();
    try {
      return (await client.query(text)).rows as Record<string, unknown>[];
    } finally {
      await client.end();
    }
  };
  await query(`create role ${OWNER} login`);
  await query(`create role ${GUARDED} login password '${GUARDED_PASSWORD}'`);
  let databases = 0;
  return {
    port,
    query,
    async newDatabase(change = {}) {
      databases += 1;
      const database = `store_${databases}`;
      await query(`create database ${database} owner ${OWNER}`);
      return {
        host: "127.0.0.1",
        port,
        database,
        user: OWNER,
        password: () => undefined,
        tls: undefined,
        poolSize: 5,
        connectTimeoutMs: 5_000,
        statementTimeoutMs: 10_000,
        lockTimeoutMs: 5_000,
        ...change,
      };
    },
    stop: () => ask("stop"),
    kill: () => ask("kill"),
    start: () => ask("start"),
    async end() {
      const ended = once(keeper, "exit");
      keeper.stdin.end();
      await ended;
    },
  };
}

/** Sends commands to the keeper, one after the other. The first answer tells that the cluster is there. */
function asker(keeper: ChildProcessWithoutNullStreams): (command?: string) => Promise<void> {
  const waiting: ((answer: string) => void)[] = [];
  const answers: string[] = [];
  const take = (answer: string) => {
    const next = waiting.shift();
    if (next === undefined) answers.push(answer);
    else next(answer);
  };
  createInterface({ input: keeper.stdout }).on("line", take);
  keeper.on("exit", () => take('failed "the keeper has ended"'));
  // The cluster keeps no process from ending; it ends with it.
  keeper.unref();
  for (const stream of [keeper.stdin, keeper.stdout]) (stream as unknown as { unref?: () => void }).unref?.();
  return async (command) => {
    if (command !== undefined) keeper.stdin.write(`${command}\n`);
    // Waiting alone would not keep the process alive.
    const awake = setInterval(() => {}, 1_000);
    try {
      const answer = answers.shift() ?? (await new Promise<string>((resolve) => waiting.push(resolve)));
      if (answer !== "done") throw new Error(`PostgreSQL: ${answer}`);
    } finally {
      clearInterval(awake);
    }
  };
}

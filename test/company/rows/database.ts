import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { type Fleet, startFleet } from "../fleet.js";
import { Load } from "../load.js";
import { lacksFleet } from "../places.js";
import type { Act, Scenario } from "../row.js";
import { firstOf, inSeconds, settled } from "../settle.js";
import { PER_SECOND } from "./balanced.js";

/** A fault of the database while requests come. */
interface Fault {
  what: string;
  /** Members of `store` in serve.json. */
  store?: Record<string, unknown>;
  /** How /readyz answers during the fault. */
  readyz: number;
  begin(fleet: Fleet): Promise<() => Promise<void>>;
  seconds: { full: number; short: number };
}

/** Holds every table, so that no statement of an instance comes to its end. */
async function holdAll({ database }: Fleet): Promise<() => Promise<void>> {
  const { cluster, name } = database;
  if (cluster === undefined) throw new TypeError("a fleet over PostgreSQL has a cluster");
  const client = new pg.Client({ host: "127.0.0.1", port: cluster.port, user: "postgres", database: name });
  await client.connect();
  const { rows } = await client.query("select tablename from pg_tables where schemaname = 'public'");
  const tables = rows.map(({ tablename }) => `"${tablename}"`).join(", ");
  await client.query("begin");
  await client.query(`lock table ${tables} in access exclusive mode`);
  return async () => {
    await client.query("rollback");
    await client.end();
  };
}

/** Makes the database read-only, as a standby is, and ends the connections that could still write. */
async function readOnly({ database }: Fleet): Promise<() => Promise<void>> {
  const { cluster, name } = database;
  const set = async (value: string) => {
    await cluster?.query(`alter database ${name} set default_transaction_read_only = ${value}`);
    await cluster?.query(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`);
  };
  await set("on");
  return () => set("off");
}

const FAULTS: readonly Fault[] = [
  {
    what: "PostgreSQL is stopped and started again",
    readyz: 503,
    seconds: { full: 20, short: 5 },
    async begin({ database }) {
      await database.cluster?.stop();
      return async () => database.cluster?.start();
    },
  },
  {
    what: "PostgreSQL crashes and is started again",
    readyz: 503,
    seconds: { full: 5, short: 3 },
    async begin({ database }) {
      await database.cluster?.kill();
      return async () => database.cluster?.start();
    },
  },
  {
    what: "every connection of the pools is in use (4 each, all tables are held)",
    store: { pool_size: 4, connect_seconds: 2, lock_seconds: 3 },
    readyz: 503,
    seconds: { full: 15, short: 8 },
    begin: holdAll,
  },
  {
    what: "PostgreSQL takes no changes any more, as a standby",
    readyz: 503,
    seconds: { full: 15, short: 6 },
    begin: readOnly,
  },
];

async function playFault(act: Act, { what, store = {}, readyz, begin, seconds }: Fault): Promise<void> {
  const fleet = await startFleet(act, { database: "PostgreSQL", balancer: "nginx", store });
  const pids = fleet.instances.map(({ pid }) => pid);
  const load = new Load({ ...fleet, perSecond: act.size(PER_SECOND.full, PER_SECOND.short), prefix: "L4" });
  await load.warm();
  const before = load.ledger.refusals();
  const end = await begin(fleet);
  const lasts = act.size(seconds.full, seconds.short);
  await delay((lasts * 1000) / 2);
  const during = await Promise.all(fleet.instances.map((instance) => instance.readiness()));
  await delay((lasts * 1000) / 2);
  await end();
  const endedAtMs = performance.now();
  await load.calm(load.perSecond * 3, 60_000);
  const recoveredMs = Math.max(0, (load.lastBadMs ?? 0) - endedAtMs);
  const after = await Promise.all(fleet.instances.map((instance) => instance.readiness()));
  const told = new Set(load.ledger.all.filter(({ end }) => end !== "done").map(({ code }) => code));
  const row = await settled(fleet, load);
  act.line({
    ...row,
    what: `L4: ${what}, for ${lasts} s`,
    lost: row.lost + load.ledger.cut,
    recovered: inSeconds(recoveredMs),
    failure: firstOf(
      before !== "none" && `before the fault: ${before}`,
      row.failure,
      load.ledger.cut > 0 && `${load.ledger.cut} requests had no answer`,
      [...told].some((code) => code !== "503" && code !== "store_unavailable") && `clients were told ${[...told]}`,
      during.some((status) => status !== readyz) && `/readyz during the fault: ${during}`,
      after.some((status) => status !== 200) && `/readyz after the fault: ${after}`,
      fleet.instances.some(({ isRunning, pid }, at) => !isRunning || pid !== pids[at]) && "an instance has ended",
      recoveredMs > 10_000 && "it took more than 10 s to recover",
    ),
  });
}

/** Faults of the database that all instances share. */
export const database: Scenario[] = FAULTS.map((fault) => ({
  name: `L4 ${fault.what}`,
  lacks: lacksFleet("nginx"),
  play: (act) => playFault(act, fault),
}));

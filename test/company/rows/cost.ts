import { setTimeout as delay } from "node:timers/promises";
import { startBalancer } from "../balancer.js";
import { type Fleet, freePorts, startFleet } from "../fleet.js";
import { McpClient } from "../mcp-client.js";
import { lacksFleet } from "../places.js";
import type { Act, Scenario } from "../row.js";
import { firstOf } from "../settle.js";

/** The calls that one instance has at a time. */
const AT_ONCE = 6;

/** Makes calls, some at a time, and fails where one is not answered. @returns the processor time of one, in ms */
async function cpuOf(fleet: Fleet, url: string, count: number, atOnce = AT_ONCE): Promise<number> {
  const client = new McpClient(`${url}/mcp`);
  const total = () => fleet.instances.reduce((sum, instance) => sum + instance.cpuMs(), 0);
  const before = total();
  let next = 0;
  const lane = async () => {
    while (next < count) {
      const { token } = fleet.fixture[next++ % fleet.fixture.length] ?? { token: "" };
      const told = await client.call(token, "list_groups", { limit: 5 });
      if (told.end !== "done") throw new Error(`A call was not answered: ${told.code} ${told.text.slice(0, 200)}`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  client.close();
  return (total() - before) / count;
}

const median = (values: readonly number[]) =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;

async function threeBesideOne(act: Act): Promise<void> {
  const calls = act.size(500, 120);
  const fleet = await startFleet(act, { database: "PostgreSQL", balancer: "nginx" });
  const [port = 0] = await freePorts(1);
  const [first] = fleet.instances;
  const alone = await startBalancer({
    kind: "nginx",
    name: "one",
    folder: fleet.folder,
    port,
    ports: [first?.port ?? 0],
  });
  act.atEnd(alone.close);
  const one = `http://127.0.0.1:${port}`;
  // Each instance compiles what it runs often, and all of them have to have run as often.
  for (const { address } of fleet.instances) await cpuOf(fleet, address, calls * 4);
  const times = { one: [] as number[], three: [] as number[], spread: [] as number[] };
  const ways = {
    one: () => cpuOf(fleet, one, calls),
    three: () => cpuOf(fleet, fleet.publicUrl, calls, AT_ONCE * fleet.instances.length),
    spread: () => cpuOf(fleet, fleet.publicUrl, calls),
  };
  const order = ["one", "three", "spread"] as const;
  for (let round = 0; round < act.size(6, 3); round += 1) {
    for (let turn = 0; turn < order.length; turn += 1) {
      const way = order[(round + turn) % order.length] ?? "one";
      times[way].push(await ways[way]());
    }
  }
  const base = median(times.one);
  const line = (what: string, ms: number, most: number | undefined) => {
    const ratio = ms / base;
    const goal = most === undefined ? "no goal" : `goal ${most} at most`;
    act.line({
      what: `processor time of a call with three instances on PostgreSQL behind nginx beside one, ${what}`,
      load: `${times.one.length} times ${calls} calls each`,
      recovered: `${ms.toFixed(2)} ms beside ${base.toFixed(2)} ms: ${ratio.toFixed(2)} (${goal})`,
      failure: firstOf(!act.isShort && most !== undefined && ratio > most && `the ratio is ${ratio.toFixed(2)}`),
    });
  };
  line(`${AT_ONCE} calls at a time for each instance`, median(times.three), 1.1);
  // An instance that has less to do at a time wakes up more often for it.
  line(`${AT_ONCE} calls at a time in all`, median(times.spread), undefined);
}

async function sqliteBesidePostgres(act: Act): Promise<void> {
  const calls = act.size(1_000, 120);
  const times: Record<string, number> = {};
  for (const database of ["SQLite", "PostgreSQL"] as const) {
    const fleet = await startFleet(act, { database, instances: 1 });
    await cpuOf(fleet, fleet.publicUrl, calls * 2);
    const rounds: number[] = [];
    for (let round = 0; round < act.size(5, 3); round += 1) rounds.push(await cpuOf(fleet, fleet.publicUrl, calls));
    times[database] = median(rounds);
    for (const instance of fleet.instances) await instance.end("SIGKILL");
  }
  const { SQLite: own = Number.NaN, PostgreSQL: shared = Number.NaN } = times;
  act.line({
    what: "processor time of a call in one instance on SQLite, beside one on PostgreSQL (without the database's own)",
    load: `${calls} calls a round`,
    recovered: `${own.toFixed(2)} ms beside ${shared.toFixed(2)} ms`,
  });
}

const SAMPLE_MS = 20;

/** What the connections of the instances do while the org does not answer. */
const HELD = `select a.state, count(*)::int as count, max(extract(epoch from now() - a.xact_start)) as age,
  string_agg(distinct left(a.query, 80), ' | ') as queries
  from pg_stat_activity a where a.application_name = 'okta-mcp' and a.xact_start is not null
  and a.state <> 'active' group by a.state`;
const LOCKS = `select count(*)::int as count from pg_locks l join pg_stat_activity a on a.pid = l.pid
  where a.application_name = 'okta-mcp' and a.state <> 'active'
  and l.locktype in ('relation', 'tuple', 'transactionid') and l.granted`;

async function noLocks(act: Act): Promise<void> {
  const fleet = await startFleet(act, { database: "PostgreSQL", balancer: "nginx", people: 12 });
  const { sandbox, client, database, logins } = fleet;
  const people = await Promise.all(logins.slice(0, 2).map((login) => client.signIn(login)));
  const mcp = new McpClient(`${fleet.publicUrl}/mcp`);
  act.atEnd(() => mcp.close());
  const tokens = fleet.fixture.map(({ token }) => token);
  for (const token of tokens.slice(0, 8)) await mcp.call(token, "list_groups", { limit: 5 });
  const hangs = act.size(3_000, 2_000);
  const slow = { fault: "delay", delayMs: hangs, times: 100 } as const;
  for (const [method, path] of [
    ["GET", "/api/v1/groups"],
    ["POST", "/api/v1/groups"],
    ["POST", "/oauth2/v1/token"],
  ] as const) {
    sandbox.next(method, path, slow);
  }
  // Their tokens at the org have ended, so that calls renew them first.
  sandbox.authorization.control.revokeTokens({ login: logins[3] ?? "" });
  const work = [
    ...tokens.slice(0, 4).map((token) => mcp.call(token, "list_groups", { limit: 5 })),
    ...tokens.slice(4, 8).map((token, at) => mcp.call(token, "create_group", { profile: { name: `Held ${at}` } })),
    ...people.map(({ refresh_token, client_id }) =>
      client.token({ grant_type: "refresh_token", refresh_token, client_id }),
    ),
    client.signIn(logins[9]),
  ];
  let samples = 0;
  const held: string[] = [];
  const untilMs = performance.now() + hangs * 1.5;
  while (performance.now() < untilMs) {
    // A transaction of some statements is idle for an instant between two of them.
    for (const { state, age, queries } of (await database.cluster?.query(HELD)) ?? []) {
      if (Number(age) > 0.5) held.push(`${state} for ${Number(age).toFixed(1)} s: ${queries}`);
    }
    const [locks] = (await database.cluster?.query(LOCKS)) ?? [];
    if (Number(locks?.count) > 0) held.push(`${locks?.count} locks`);
    samples += 1;
    await delay(SAMPLE_MS);
  }
  sandbox.clearFaults();
  await Promise.allSettled(work);
  const lasting = held.filter((one) => one.includes("idle in transaction"));
  act.line({
    what: "locks of PostgreSQL while the org does not answer: reads, changes, renewals, a sign-in",
    load: `${work.length} calls, looked at ${samples} times`,
    recovered: `${lasting.length} transactions open, ${held.length - lasting.length} locks without a statement`,
    failure: lasting[0],
  });
}

/** What several instances cost, and what they hold. */
export const cost: Scenario[] = [
  { name: "cost three", lacks: lacksFleet("nginx"), play: threeBesideOne },
  { name: "cost databases", isLong: true, lacks: lacksFleet(), play: sqliteBesidePostgres },
  { name: "cost locks", lacks: lacksFleet("nginx"), play: noLocks },
];

import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { McpProcess, resultOf } from "./mcp-process.js";
import { type Counts, LIMIT_PER_WINDOW, type Orgs, SLOW_MS, SLOW_USERS, WINDOW_MS } from "./org.js";
import { amountRow, median, type Row, ratioRow, withoutGoal } from "./report.js";

/** How to start what is measured. */
export interface Subjects {
  /** The built server's entry. */
  entry: string;
  /** The base "empty". */
  empty: string;
  /** A bundle of the SDK's server class alone. */
  bare: string;
  /** The settings of the server, for one of the orgs. */
  env(org: string, more?: Record<string, string>): Record<string, string>;
}

/** How long a model takes at the very least before it makes its first call. */
const THINKING_MS = 300;
const SETTLED_MS = 1500;

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

/** In the environment that the servers get: what a machine has in its own may cost Node.js as much again. */
async function runNode(env: Record<string, string>): Promise<void> {
  await once(spawn(process.execPath, ["-e", "0"], { env, stdio: ["pipe", "pipe", "ignore"] }), "close");
}

/** `node`, `empty`, a bare SDK and the server, from spawn to the answer to `initialize`; then `tools/list`. */
export async function measureStart({ entry, empty, bare, env }: Subjects, orgs: Orgs): Promise<Row[]> {
  const times = { node: [] as number[], empty: [] as number[], bare: [] as number[], ours: [] as number[] };
  const lists: number[] = [];
  for (let round = 0; round < 15; round += 1) {
    times.node.push(await timeOf(() => runNode(env(orgs.calls))));
    for (const [name, script] of [
      ["empty", empty],
      ["bare", bare],
      ["ours", entry],
    ] as const) {
      const startedAt = performance.now();
      const server = new McpProcess([script], env(orgs.calls));
      await server.initialize();
      times[name].push(performance.now() - startedAt);
      if (name === "ours") {
        await delay(THINKING_MS);
        for (let count = 0; count < 5; count += 1) lists.push(await timeOf(() => server.ask("tools/list")));
      }
      await server.end();
    }
  }
  const [node, ours, bareMs] = [median(times.node), median(times.ours), median(times.bare)];
  return [
    ratioRow("start, against empty", [ours, median(times.empty)], "ms", { most: 0.7, of: "empty" }),
    ratioRow("start, against node", [ours, node], "ms", { most: 2, of: "node" }),
    withoutGoal(
      ratioRow("for comparison: the SDK's server class alone, bundled", [bareMs, node], "ms", { most: 2, of: "node" }),
    ),
    amountRow("list: tools/list after start", median(lists), "ms", 5),
  ];
}

/** The first call of a process, with and without the time that a model takes to come to it. */
export async function measureFirstCall({ entry, env }: Subjects, orgs: Orgs): Promise<Row[]> {
  const times = { node: [] as number[], soon: [] as number[], later: [] as number[] };
  for (let round = 0; round < 9; round += 1) {
    times.node.push(await timeOf(() => runNode(env(orgs.calls))));
    for (const [name, waitMs] of [
      ["soon", 0],
      ["later", THINKING_MS],
    ] as const) {
      const server = new McpProcess([entry], env(orgs.calls));
      await server.initialize();
      await server.ask("tools/list");
      await delay(waitMs);
      times[name].push(await timeOf(async () => resultOf(await server.call("get_user", { user_id: "00u1" }))));
      await server.end();
    }
  }
  const node = median(times.node);
  return [
    ratioRow(`first call, ${THINKING_MS} ms after tools/list`, [median(times.later), node], "ms", {
      most: 1,
      of: "node",
    }),
    withoutGoal(
      ratioRow("for comparison: right after tools/list, while it loads", [median(times.soon), node], "ms", {
        most: 1,
        of: "node",
      }),
    ),
  ];
}

/** The base "fetch": a process that does one job after the other. */
class FetchBase {
  readonly #child: ChildProcess;

  constructor(script: string) {
    this.#child = fork(script, { stdio: "ignore" });
  }

  async ready(): Promise<void> {
    await once(this.#child, "message");
  }

  async #run(job: object): Promise<unknown> {
    const answered = once(this.#child, "message");
    this.#child.send(job);
    return (await answered)[0];
  }

  async sequence(url: string, count: number): Promise<number[]> {
    return (await this.#run({ job: "sequence", url, count })) as number[];
  }

  async parallel(url: string, count: number, width: number): Promise<number> {
    return (await this.#run({ job: "parallel", url, count, width })) as number;
  }

  async walk(url: string): Promise<{ ms: number; items: number }> {
    return (await this.#run({ job: "walk", url })) as { ms: number; items: number };
  }

  end(): void {
    this.#child.kill();
  }
}

async function inParallel(server: McpProcess, count: number, width: number): Promise<number> {
  let left = count;
  const lane = async () => {
    while (left-- > 0) await server.call("get_user", { user_id: "00u1" });
  };
  return await timeOf(() => Promise.all(Array.from({ length: width }, lane)));
}

const CHOSEN_FIELDS = ["id", "profile.login", "status"];
/** Lets a result hold all that is read. */
const LARGE_RESULTS = { OKTA_MCP_MAX_RESULT_CHARS: "4000000" };

/** Reads a whole list, and so does `fetch`, by turns; the first round warms up. Milliseconds at the median. */
async function measureList(
  server: McpProcess,
  base: FetchBase,
  { org, users, rounds }: { org: string; users: number; rounds: number },
): Promise<[ours: number, fetch: number]> {
  const times = { ours: [] as number[], fetch: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    const { ms, items } = await base.walk(`${org}/api/v1/users?limit=200`);
    let line = "";
    const oursMs = await timeOf(async () => {
      line = await server.call("list_users", { fetch_all: true, limit: 200, fields: CHOSEN_FIELDS });
    });
    const { total_fetched, has_more } = resultOf(line).structuredContent as {
      total_fetched: number;
      has_more: boolean;
    };
    if (items !== users || total_fetched !== items || has_more) throw new Error(`Read ${total_fetched} of ${users}.`);
    if (round === 0) continue;
    times.fetch.push(ms);
    times.ours.push(oursMs);
  }
  return [median(times.ours), median(times.fetch)];
}

/** Warm calls in sequence and 50 at a time; then all pages of a list. */
export async function measureCalls({ entry, env }: Subjects, fetchScript: string, orgs: Orgs): Promise<Row[]> {
  const base = new FetchBase(fetchScript);
  await base.ready();
  const server = new McpProcess([entry], env(orgs.calls, LARGE_RESULTS));
  await server.initialize();
  const url = `${orgs.calls}/api/v1/users/00u1`;
  const [ROUNDS, CALLS, WIDTH] = [5, 200, 50];

  resultOf(await server.call("get_user", { user_id: "00u1" }));
  for (const warmUp of [CALLS, CALLS])
    await Promise.all([inParallel(server, warmUp, 5), base.parallel(url, warmUp, 5)]);
  const single = { ours: [] as number[], fetch: [] as number[] };
  const wide = { ours: [] as number[], fetch: [] as number[] };
  for (let round = 0; round < ROUNDS; round += 1) {
    single.fetch.push(...(await base.sequence(url, CALLS)));
    for (let count = 0; count < CALLS; count += 1) {
      single.ours.push(await timeOf(() => server.call("get_user", { user_id: "00u1" })));
    }
    wide.fetch.push(await base.parallel(url, 5 * CALLS, WIDTH));
    wide.ours.push(await inParallel(server, 5 * CALLS, WIDTH));
  }

  const quick = await measureList(server, base, { org: orgs.calls, users: 20_000, rounds: 6 });
  const slow = new McpProcess([entry], env(orgs.slow, LARGE_RESULTS));
  await slow.initialize();
  const distant = await measureList(slow, base, { org: orgs.slow, users: SLOW_USERS, rounds: 3 });
  await slow.end();
  base.end();
  await server.end();
  const perSecond = (ms: number) => (5 * CALLS * 1000) / ms;
  const [ours, theirs] = [perSecond(median(wide.ours)), perSecond(median(wide.fetch))];
  return [
    amountRow(
      `call: get_user, ${ROUNDS * CALLS} in sequence, over fetch`,
      median(single.ours) - median(single.fetch),
      "ms",
      1.5,
      `fetch ${median(single.fetch).toFixed(2)} ms`,
    ),
    {
      what: `call: get_user, ${WIDTH} at a time`,
      measured: `${ours.toFixed(0)} a second`,
      base: `fetch ${theirs.toFixed(0)} a second`,
      goal: "at least 0.70",
      figure: (ours / theirs).toFixed(2),
      met: ours / theirs >= 0.7,
    },
    ratioRow("list all: 20,000 users with fetch_all", quick, "ms", { most: 1.15, of: "fetch" }),
    withoutGoal(
      ratioRow(`for comparison: an org that takes ${SLOW_MS} ms for a page`, distant, "ms", {
        most: 1.15,
        of: "fetch",
      }),
    ),
  ];
}

/** What a list of 200,000 users costs in memory, and how its answer ends. */
export async function measureLargeList({ entry, env }: Subjects, orgs: Orgs): Promise<Row[]> {
  const peaks: number[] = [];
  let note = "";
  for (const org of [orgs.calls, orgs.large]) {
    const server = new McpProcess([entry], env(org, LARGE_RESULTS));
    await server.initialize();
    const line = await server.call("list_users", {
      fetch_all: true,
      limit: 200,
      fields: CHOSEN_FIELDS,
    });
    const { structuredContent } = resultOf(line) as {
      structuredContent: { total_fetched: number; has_more: boolean; next_cursor: string | null };
    };
    const { total_fetched, has_more, next_cursor } = structuredContent;
    if (org === orgs.large) {
      if (!has_more || next_cursor === null) throw new Error("The list was not cut.");
      note = `cut after ${total_fetched.toLocaleString("en-US")} at 4,000,000 characters, with next_cursor`;
    }
    peaks.push(server.memory()?.peakMb ?? Number.NaN);
    await server.end();
  }
  const [small = Number.NaN, large = Number.NaN] = peaks;
  if (Number.isNaN(large)) return [];
  const row = ratioRow(`list all: memory over 200,000 users (${note})`, [large, small], "MB", {
    most: 2,
    of: "20,000 users",
  });
  return [{ ...row, goal: "bounded" }];
}

/** 300 calls at 50 at a time against an org that allows 100 in a window. */
export async function measureRateLimit({ entry, env }: Subjects, orgs: Orgs): Promise<Row[]> {
  const server = new McpProcess([entry], env(orgs.limited));
  await server.initialize();
  await server.ask("tools/list");
  await delay(WINDOW_MS - (Date.now() % WINDOW_MS) + 50);
  const CALLS = 300;
  let [left, failed] = [CALLS, 0];
  const lane = async () => {
    while (left-- > 0) if (JSON.parse(await server.call("get_user", { user_id: "00u1" })).result?.isError) failed += 1;
  };
  const needsMs = (CALLS / LIMIT_PER_WINDOW - 1) * WINDOW_MS;
  const tookMs = await timeOf(() => Promise.all(Array.from({ length: 50 }, lane)));
  await server.end();
  const { windows } = (await (await fetch(`${orgs.limited}/counts`)).json()) as Counts;
  const refused = Math.max(...Object.values(windows).map((window) => window.refused));
  return [
    ratioRow(
      `rate limit: ${CALLS} calls, 50 at a time, ${LIMIT_PER_WINDOW} per ${WINDOW_MS / 1000} s`,
      [tookMs / 1000, needsMs / 1000],
      "s",
      {
        most: 1.1,
        of: "the limit itself",
      },
    ),
    {
      what: "rate limit: failures, and 429 answers in a window",
      measured: `${failed} failed, ${refused} refused`,
      base: "",
      goal: "0 and at most 1",
      figure: `${failed} and ${refused}`,
      met: failed === 0 && refused <= 1,
    },
  ];
}

/** Resident size after `tools/list`, at rest; and after 100 calls. */
export async function measureMemory({ entry, empty, env }: Subjects, orgs: Orgs): Promise<Row[]> {
  const sizes = { empty: [] as number[], idle: [] as number[], busy: [] as number[] };
  for (let round = 0; round < 3; round += 1) {
    for (const script of [empty, entry]) {
      const server = new McpProcess([script], env(orgs.calls));
      await server.initialize();
      await server.ask("tools/list");
      await delay(SETTLED_MS);
      sizes[script === empty ? "empty" : "idle"].push(server.memory()?.nowMb ?? Number.NaN);
      if (script === entry) {
        for (let count = 0; count < 100; count += 1) await server.call("get_user", { user_id: "00u1" });
        sizes.busy.push(server.memory()?.nowMb ?? Number.NaN);
      }
      await server.end();
    }
  }
  const base = median(sizes.empty);
  if (Number.isNaN(base)) return [];
  return [
    ratioRow("memory: at rest after tools/list", [median(sizes.idle), base], "MB", { most: 1.1, of: "empty" }),
    ratioRow("memory: after 100 calls", [median(sizes.busy), base], "MB", { most: 1.5, of: "empty" }),
  ];
}

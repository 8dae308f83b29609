import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fillCompany } from "./company-data.js";
import { HttpLoad } from "./http-load.js";
import { memoryOf } from "./mcp-process.js";
import type { Orgs } from "./org.js";
import { amountRow, median, percentile, type Row, ratioRow, withoutGoal } from "./report.js";
import { inTurn, type Subjects } from "./subjects.js";

const PEOPLE = 200;
const ROUNDS = 10;
const CALLS_A_ROUND = 200;
const WIDTH = 50;
const WARM_CALLS = 4_000;
const MEMORY_CALLS = 20_000;
const SERVERS = ["ours", "bare", "node"] as const;

type Name = (typeof SERVERS)[number];

interface Running {
  child: ChildProcess;
  load: HttpLoad;
}

/** Starts one of the bases in a process of its own. */
async function startBase(script: string, org: string): Promise<Running> {
  const child = fork(script, [org], { execArgv: [] });
  const [url] = (await once(child, "message")) as [string];
  return { child, load: new HttpLoad(url) };
}

/** Starts the built server of a company in a process of its own. It serves when it has said its address. */
async function startCompany(entry: string, folder: string, org: string): Promise<Running> {
  const { config, url, tokens } = await fillCompany(folder, org, PEOPLE);
  const child = spawn(process.execPath, [entry, "serve", "--config", config], {
    env: { PATH: process.env.PATH ?? "", HOME: folder },
    stdio: ["ignore", "pipe", "inherit"],
  });
  await Promise.race([
    once(child.stdout, "data"),
    once(child, "close").then(() => Promise.reject(new Error("The server ended before it served."))),
  ]);
  return { child, load: new HttpLoad(url, tokens) };
}

async function endOf({ child, load }: Running): Promise<void> {
  load.end();
  const closed = once(child, "close");
  child.kill();
  await closed;
}

/** Measures warm calls of `get_user` over /mcp beside both bases, one at a time and many at a time. */
async function measureSpeed(running: Record<Name, Running>): Promise<Row[]> {
  const single: Record<Name, number[]> = { ours: [], bare: [], node: [] };
  const wide: Record<Name, number[]> = { ours: [], bare: [], node: [] };
  const perSecond: Record<Name, number[]> = { ours: [], bare: [], node: [] };
  for (const name of SERVERS) {
    await running[name].load.run(WARM_CALLS / 4, 1);
    await running[name].load.run(WARM_CALLS, WIDTH);
  }
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const name of inTurn(round, SERVERS)) {
      const { load } = running[name];
      single[name].push(...(await load.run(CALLS_A_ROUND, 1)).eachMs);
      const { eachMs, allMs } = await load.run(CALLS_A_ROUND * 5, WIDTH);
      wide[name].push(...eachMs);
      perSecond[name].push((eachMs.length * 1000) / allMs);
    }
  }
  const rate = (name: Name) => median(perSecond[name]);
  const ms = (value: number) => `${value.toFixed(2)} ms`;
  const p95 = (times: Record<Name, number[]>, name: Name) => percentile(times[name], 0.95);
  const throughput = (what: string, base: Name, label: string): Row => ({
    what,
    measured: `${rate("ours").toFixed(0)} a second`,
    base: `${label} ${rate(base).toFixed(0)} a second`,
    goal: "at least 0.70",
    figure: (rate("ours") / rate(base)).toFixed(2),
    met: rate("ours") / rate(base) >= 0.7,
  });
  return [
    amountRow(
      `/mcp: get_user, ${(ROUNDS * CALLS_A_ROUND).toLocaleString("en-US")} in sequence, over a bare handler`,
      median(single.ours) - median(single.bare),
      "ms",
      1.5,
      `bare handler ${ms(median(single.bare))}, node ${ms(median(single.node))}`,
    ),
    withoutGoal(
      ratioRow("/mcp: the 95th percentile of these", [p95(single, "ours"), p95(single, "bare")], "ms", {
        most: 1,
        of: "bare handler",
      }),
    ),
    throughput(`/mcp: get_user, ${WIDTH} at a time, of ${PEOPLE} people`, "bare", "bare handler"),
    withoutGoal(throughput("for comparison: against an HTTP server of Node.js alone", "node", "node")),
    withoutGoal(
      ratioRow(`/mcp: the median, ${WIDTH} at a time`, [median(wide.ours), median(wide.bare)], "ms", {
        most: 1,
        of: "bare handler",
      }),
    ),
    withoutGoal(
      ratioRow(`/mcp: the 95th percentile, ${WIDTH} at a time`, [p95(wide, "ours"), p95(wide, "bare")], "ms", {
        most: 1,
        of: "bare handler",
      }),
    ),
  ];
}

/** Compares the memory of the warm server with that after many more requests of the same people. */
async function measureGrowth({ child, load }: Running): Promise<Row[]> {
  await load.run(WARM_CALLS, WIDTH);
  const before = memoryOf(child.pid)?.nowMb ?? Number.NaN;
  await load.run(MEMORY_CALLS, WIDTH);
  const after = memoryOf(child.pid)?.nowMb ?? Number.NaN;
  if (Number.isNaN(after)) return [];
  const what = `/mcp: memory after ${MEMORY_CALLS.toLocaleString("en-US")} requests of ${PEOPLE} people`;
  return [ratioRow(what, [after, before], "MB", { most: 1.1, of: "before them" })];
}

/** Measures the server of a company beside a bare handler of the MCP SDK and an HTTP server of Node.js, in one run. */
export async function measureCompany({ entry, handler, http }: Subjects, orgs: Orgs): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), "okta-mcp-bench-company-"));
  const ours = await startCompany(entry, folder, orgs.calls);
  const bare = await startBase(handler, orgs.calls);
  const node = await startBase(http, orgs.calls);
  try {
    return [...(await measureSpeed({ ours, bare, node })), ...(await measureGrowth(ours))];
  } finally {
    await Promise.all([ours, bare, node].map(endOf));
    await rm(folder, { recursive: true, force: true });
  }
}

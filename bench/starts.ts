import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { McpProcess } from "./mcp-process.js";
import type { Orgs } from "./org.js";
import { amountRow, median, type Row, ratioRow, withoutGoal } from "./report.js";
import { inTurn, type Subjects, timeOf } from "./subjects.js";

/** The least time that a model takes before it makes its first call. */
const THINKING_MS = 300;
const SETTLED_MS = 1500;
const ROUNDS = 15;
const MEMORY_ROUNDS = 5;

/** Runs `node -e 0` to its end in the servers' environment, because other variables can double the time of Node.js. */
async function runNode(env: Record<string, string>): Promise<void> {
  await once(spawn(process.execPath, ["-e", "0"], { env, stdio: ["pipe", "pipe", "ignore"] }), "close");
}

/**
 * Measures `node`, `empty`, a bare SDK and the server, from spawn to the answer to `initialize`. For the server it then
 * measures `tools/list`.
 */
export async function measureStart({ entry, empty, bare, env }: Subjects, orgs: Orgs): Promise<Row[]> {
  const scripts = { empty, bare, ours: entry };
  const times = { node: [] as number[], empty: [] as number[], bare: [] as number[], ours: [] as number[] };
  const lists = { first: [] as number[], again: [] as number[] };
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const name of inTurn(round, ["node", "empty", "bare", "ours"] as const)) {
      if (name === "node") {
        times.node.push(await timeOf(() => runNode(env(orgs.calls))));
        continue;
      }
      const startedAt = performance.now();
      const server = new McpProcess([scripts[name]], env(orgs.calls));
      await server.initialize();
      times[name].push(performance.now() - startedAt);
      if (name === "ours") {
        lists.first.push(await timeOf(() => server.ask("tools/list")));
        await delay(THINKING_MS);
        for (let count = 0; count < 5; count += 1) lists.again.push(await timeOf(() => server.ask("tools/list")));
      }
      await server.end();
    }
  }
  const [node, ours, bareMs] = [median(times.node), median(times.ours), median(times.bare)];
  return [
    ratioRow("start, against empty", [ours, median(times.empty)], "ms", { most: 0.45, of: "empty" }),
    withoutGoal(ratioRow("for comparison: start, against node", [ours, node], "ms", { most: 2, of: "node" })),
    withoutGoal(
      ratioRow("for comparison: the SDK's server class alone, bundled", [bareMs, node], "ms", { most: 2, of: "node" }),
    ),
    amountRow("list: the first tools/list, right after initialize", median(lists.first), "ms", 5),
    withoutGoal(amountRow("for comparison: tools/list once more", median(lists.again), "ms", 5)),
  ];
}

/** Measures the first call of a process, both right after `tools/list` and after the time that a model takes. */
export async function measureFirstCall({ entry, env }: Subjects, orgs: Orgs): Promise<Row[]> {
  const waits = { soon: 0, later: THINKING_MS };
  const times = { node: [] as number[], soon: [] as number[], later: [] as number[] };
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const name of inTurn(round, ["node", "soon", "later"] as const)) {
      if (name === "node") {
        times.node.push(await timeOf(() => runNode(env(orgs.calls))));
        continue;
      }
      const server = new McpProcess([entry], env(orgs.calls));
      await server.initialize();
      await server.ask("tools/list");
      await delay(waits[name]);
      times[name].push(await timeOf(() => server.call("get_user", { user_id: "00u1" })));
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

/** Measures the resident size at rest after `tools/list`, and again after 100 calls. */
export async function measureMemory({ entry, empty, env }: Subjects, orgs: Orgs): Promise<Row[]> {
  const sizes = { empty: [] as number[], idle: [] as number[], busy: [] as number[] };
  for (let round = 0; round < MEMORY_ROUNDS; round += 1) {
    for (const script of inTurn(round, [empty, entry])) {
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
    ratioRow("memory: after 100 calls", [median(sizes.busy), base], "MB", { most: 1.5, of: "empty at rest" }),
  ];
}

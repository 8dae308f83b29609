import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { McpProcess } from "./mcp-process.js";
import type { Orgs } from "./org.js";
import { callInTurns } from "./pairs.js";
import { median, type Row, ratioRow } from "./report.js";
import { inTurn, type Subjects } from "./subjects.js";

const ROUNDS = 31;
const HOOK = fileURLToPath(new URL("loaded-files.cjs", import.meta.url));

/** Returns the size in bytes of all files that a server has loaded when it answers `initialize`. */
async function loadedBytes(entry: string, env: Record<string, string>): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "okta-mcp-bench-"));
  try {
    const list = join(folder, "files.json");
    const server = new McpProcess(["--require", HOOK, entry], { ...env, BENCH_LOADED_FILES: list });
    // A server that was not told that the client begins loads nothing ahead.
    await server.ask("initialize", McpProcess.INITIALIZE);
    await server.end();
    const files = JSON.parse(await readFile(list, "utf8")) as string[];
    const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
    return sizes.reduce((sum, size) => sum + size, 0);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Compares the server with an earlier build of it, for a client that begins with `initialize`.
 * @param before the path of the earlier build's entry
 */
export async function measureEarlierBuild({ entry, env }: Subjects, before: string, orgs: Orgs): Promise<Row[]> {
  const starts = { now: [] as number[], before: [] as number[] };
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const name of inTurn(round, ["now", "before"] as const)) {
      const startedAt = performance.now();
      const server = new McpProcess([name === "now" ? entry : before], env(orgs.calls));
      await server.initialize();
      starts[name].push(performance.now() - startedAt);
      await server.end();
    }
  }
  const open = (path: string) => new McpProcess([path], env(orgs.calls));
  const calls = await callInTurns(open(entry), open(before));
  const loaded = [await loadedBytes(entry, env(orgs.calls)), await loadedBytes(before, env(orgs.calls))] as const;
  const of = "that build";
  return [
    ratioRow("earlier build: start", [median(starts.now), median(starts.before)], "ms", { most: 1.03, of }),
    ratioRow("earlier build: what a start loads", loaded, "bytes", { most: 1.05, of }),
    ratioRow("earlier build: get_user in sequence", calls, "ms", { most: 1.05, of }),
  ];
}

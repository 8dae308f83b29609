import type { McpProcess } from "./mcp-process.js";
import { median } from "./report.js";
import { inTurn, timeOf } from "./subjects.js";

const ROUNDS = 20;
const CALLS_A_ROUND = 50;

/** The number of calls of each server that count. */
export const PAIRED_CALLS = ROUNDS * CALLS_A_ROUND;

/**
 * Makes warm calls of `get_user` in sequence with two servers in turns, and ends the servers. Returns the median time of
 * each in milliseconds.
 */
export async function callInTurns(
  value: McpProcess,
  base: McpProcess,
): Promise<readonly [valueMs: number, baseMs: number]> {
  const lanes = [value, base].map((server) => ({ server, times: [] as number[] }));
  for (const { server } of lanes) await server.begin();
  // The rounds below 0 only warm up.
  for (let round = -ROUNDS; round < ROUNDS; round += 1) {
    for (const { server, times } of inTurn(round + ROUNDS, lanes)) {
      for (let count = 0; count < CALLS_A_ROUND; count += 1) {
        const ms = await timeOf(() => server.call("get_user", { user_id: "00u1" }));
        if (round >= 0) times.push(ms);
      }
    }
  }
  for (const { server } of lanes) await server.end();
  const [valueMs = Number.NaN, baseMs = Number.NaN] = lanes.map(({ times }) => median(times));
  return [valueMs, baseMs];
}

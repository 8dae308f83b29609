import { timeAt } from "../checks/time.js";
import { usageError } from "./failure.js";

/**
 * The value of an option that is a point in time, as ISO 8601.
 * @throws OktaMcpError bad_input
 */
export function pointInTime(flag: string, text: string, nowMs: number): string {
  const time = timeAt(text, nowMs);
  if (time !== undefined) return time;
  throw usageError(
    `${flag} has to be a time or so long ago.`,
    `For example ${flag} 2026-01-31, ${flag} 24h (m, h, d, w), or ${flag} yesterday.`,
  );
}

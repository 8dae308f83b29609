import type { Allowance } from "./rules.js";

/** Writes within this time count for an allowance by the minute. */
export const MINUTE_MS = 60_000;

/** Writes within this time count for an allowance by the day. */
export const DAY_MS = 24 * 60 * 60_000;

/** The count under a key. */
export interface Used {
  /** Since the server was started. */
  total: number;
  /** The times of the counts of the last 24 hours, in epoch milliseconds, the oldest first. */
  times: readonly number[];
}

/** One count that is wanted, and what allows it. */
export interface Wanted {
  key: string;
  allowance: Allowance;
}

/** Keeps the counts of writes. Processes that share a store share what its keys allow. */
export interface LimitStore {
  used(key: string, nowMs: number): Promise<Used>;
  /**
   * Counts one under each key, or under none where one of them has no room: in one step, so that of several at once
   * none slips through.
   * @returns the first key without room, and what was used of it; undefined where all were counted
   */
  take(wanted: readonly Wanted[], nowMs: number): Promise<{ key: string; used: Used } | undefined>;
}

/** The times of those counts that were made within a time until now. */
export function within({ times }: Pick<Used, "times">, spanMs: number, nowMs: number): number[] {
  return times.filter((atMs) => atMs > nowMs - spanMs);
}

/** True where an allowance has room for so many more. */
export function hasRoom(
  { perSession, perMinute, perDay }: Allowance,
  used: Used,
  more: number,
  nowMs: number,
): boolean {
  return (
    (perSession === undefined || used.total + more <= perSession) &&
    (perMinute === undefined || within(used, MINUTE_MS, nowMs).length + more <= perMinute) &&
    (perDay === undefined || within(used, DAY_MS, nowMs).length + more <= perDay)
  );
}

/** The counts of one process, gone with it. */
export class MemoryLimitStore implements LimitStore {
  readonly #counts = new Map<string, Used>();

  async used(key: string, nowMs: number): Promise<Used> {
    return this.#used(key, nowMs);
  }

  async take(wanted: readonly Wanted[], nowMs: number): Promise<{ key: string; used: Used } | undefined> {
    for (const { key, allowance } of wanted) {
      const used = this.#used(key, nowMs);
      if (!hasRoom(allowance, used, 1, nowMs)) return { key, used };
    }
    for (const { key } of wanted) {
      const { total, times } = this.#used(key, nowMs);
      this.#counts.set(key, { total: total + 1, times: [...times, nowMs] });
    }
    return undefined;
  }

  #used(key: string, nowMs: number): Used {
    const used = this.#counts.get(key) ?? { total: 0, times: [] };
    return { total: used.total, times: within(used, DAY_MS, nowMs) };
  }
}

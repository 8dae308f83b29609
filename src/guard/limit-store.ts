import type { Allowance } from "./rules.js";

/** Writes within this time count for an allowance by the minute. */
export const MINUTE_MS = 60_000;

/** The count under a key. */
export interface Used {
  total: number;
  /** The times of the counts of the last minute, in epoch milliseconds, the oldest first. */
  recent: readonly number[];
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

/** True where an allowance has room for so many more. */
export function hasRoom({ perSession, perMinute }: Allowance, { total, recent }: Used, more: number): boolean {
  return (
    (perSession === undefined || total + more <= perSession) &&
    (perMinute === undefined || recent.length + more <= perMinute)
  );
}

/** The counts of one process, gone with it. */
export class MemoryLimitStore implements LimitStore {
  readonly #counts = new Map<string, { total: number; recent: number[] }>();

  async used(key: string, nowMs: number): Promise<Used> {
    return this.#used(key, nowMs);
  }

  async take(wanted: readonly Wanted[], nowMs: number): Promise<{ key: string; used: Used } | undefined> {
    for (const { key, allowance } of wanted) {
      const used = this.#used(key, nowMs);
      if (!hasRoom(allowance, used, 1)) return { key, used };
    }
    for (const { key } of wanted) {
      const { total, recent } = this.#used(key, nowMs);
      this.#counts.set(key, { total: total + 1, recent: [...recent, nowMs] });
    }
    return undefined;
  }

  #used(key: string, nowMs: number): Used {
    const { total, recent } = this.#counts.get(key) ?? { total: 0, recent: [] };
    return { total, recent: recent.filter((atMs) => atMs > nowMs - MINUTE_MS) };
  }
}

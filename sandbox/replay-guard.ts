/** Remembers values for single use, until they are refused for their age anyway. */
export interface ReplayGuard {
  /** True the first time `id` is seen. `forgetAtMs` is in epoch milliseconds. */
  firstUse(id: string, forgetAtMs: number): boolean;
}

/** A `ReplayGuard` that forgets by the given clock. */
export function createReplayGuard(now: () => number): ReplayGuard {
  const seen = new Map<string, number>();
  let sweepAtMs = 0;
  return {
    firstUse(id, forgetAtMs) {
      const nowMs = now();
      if (nowMs >= sweepAtMs) {
        for (const [key, atMs] of seen) if (atMs < nowMs) seen.delete(key);
        sweepAtMs = nowMs + 60_000;
      }
      if (seen.has(id)) return false;
      seen.set(id, forgetAtMs);
      return true;
    },
  };
}

/** The number of requests that an endpoint takes in a window of time. */
export interface RateLimit {
  perWindow: number;
  windowMs: number;
}

/** The default is too high to be met by accident. The headers are there all the same. */
const DEFAULT_LIMIT: RateLimit = { perWindow: 60_000, windowMs: 60_000 };

export interface RateLimiter {
  /** Sets the limit of every endpoint from now on and forgets what was counted. */
  set(limit: Partial<RateLimit>): void;
  /** Counts one request to `bucket` and returns the state, with Okta's three headers. */
  take(bucket: string): { allowed: boolean; headers: Record<string, string> };
}

/**
 * One fixed window for each bucket, as Okta counts. A window of a second or more begins on a whole second, since
 * `X-Rate-Limit-Reset` can only name whole seconds.
 */
export function createRateLimiter(now: () => number): RateLimiter {
  let limit = DEFAULT_LIMIT;
  let windows = new Map<string, { endMs: number; used: number }>();
  return {
    set(changed) {
      limit = { ...limit, ...changed };
      windows = new Map();
    },
    take(bucket) {
      const nowMs = now();
      let window = windows.get(bucket);
      if (window === undefined || window.endMs <= nowMs) {
        const startMs = limit.windowMs < 1000 ? nowMs : Math.floor(nowMs / 1000) * 1000;
        window = { endMs: startMs + limit.windowMs, used: 0 };
        windows.set(bucket, window);
      }
      const allowed = window.used < limit.perWindow;
      if (allowed) window.used += 1;
      const headers = {
        "X-Rate-Limit-Limit": String(limit.perWindow),
        "X-Rate-Limit-Remaining": String(limit.perWindow - window.used),
        "X-Rate-Limit-Reset": String(Math.ceil(window.endMs / 1000)),
      };
      return { allowed, headers };
    },
  };
}

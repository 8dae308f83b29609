import { type Backoff, backoffMs } from "../net/backoff.js";
import { count, retryAfterMs } from "../net/retry-after.js";
import type { ServerClock } from "../net/server-clock.js";
import type { WindowRoom } from "./window-shares.js";

/** The parts of an answer that tell the rate limit of its endpoint. */
export interface RateAnswer {
  status: number;
  headers: Headers;
  /** True for a 429 about the subject of one call, e.g. a second text message, and not about the endpoint. */
  isOwnLimit?: boolean;
}

/** The limit of Okta's that holds requests back: that of a window of time, or that of requests at the same time. */
export type Limit = "window" | "concurrency";

/** Permission for one more request: now, after an earlier one is answered, or at a time (epoch ms). */
export type Permission = "now" | "after-answer" | { atMs: number };

/** The largest epoch time in seconds (the year 2286). A larger reset is none. */
const MAX_EPOCH_SECONDS = 1e10;
const BACKOFF: Backoff = { firstMs: 1000, longestMs: 30_000 };
/** Keeps several processes of one org from sending in the same moment. */
const MAX_JITTER_MS = 250;
const JITTER_SHARE = 0.02;

/**
 * One rate-limit bucket of Okta, as far as answers tell it. It stops before the limit is reached: a request counts as
 * used until its answer says otherwise.
 *
 * While nothing is known (before the first answer, and again after a window was used up or after a 429), a single
 * request goes ahead and the others wait for its answer.
 */
export class Bucket {
  readonly #clock: ServerClock;
  readonly #random: () => number;
  #inFlight = 0;
  /** Requests without an answer for so long that nobody waits for them any more. */
  #overdue = 0;
  #answered = false;
  #window: { resetSeconds: number; remaining: number; limit: number | undefined } | undefined;
  #blockedUntilMs = 0;
  /** The number of 429 answers in a row. Requests that were sent before the last one do not count. */
  #strikes = 0;
  #struckAt = 0;
  #sent = 0;
  #limit: Limit = "window";

  constructor(clock: ServerClock, random: () => number) {
    this.#clock = clock;
    this.#random = random;
  }

  /** The limit of the last 429. */
  get limit(): Limit {
    return this.#limit;
  }

  permission(nowMs: number): Permission {
    if (nowMs < this.#blockedUntilMs) return { atMs: this.#blockedUntilMs };
    if (this.#answered && this.#strikes === 0) {
      if (this.#window === undefined) return "now";
      const resetMs = this.#resetMs(this.#window);
      if (this.#window.remaining > this.#inFlight) return "now";
      if (this.#window.remaining === 0 && nowMs < resetMs) return { atMs: resetMs };
    }
    return this.#inFlight - this.#overdue <= 0 ? "now" : "after-answer";
  }

  /** The room in the present window; undefined where it is not known. */
  room(nowMs: number): WindowRoom | undefined {
    const { remaining, limit } = this.#window ?? {};
    if (this.#window === undefined || remaining === undefined || limit === undefined) return undefined;
    const resetMs = this.#resetMs(this.#window);
    return nowMs < resetMs ? { left: remaining - this.#inFlight, limit, resetMs } : undefined;
  }

  /** Counts a request as sent. Pass the result to `answer` or `lose`. */
  send(): number {
    this.#inFlight += 1;
    this.#sent += 1;
    return this.#sent;
  }

  /** Counts a request that got no answer. */
  lose(): void {
    this.#inFlight -= 1;
    this.#overdue = 0;
    // Nothing is known now, and no further call waits behind an endpoint that does not answer.
    this.#answered = true;
  }

  /** Counts an answered request. `sent` is the result of `send`. */
  answer(sent: number, { status, headers, isOwnLimit = false }: RateAnswer, nowMs: number): void {
    this.#inFlight -= 1;
    this.#overdue = 0;
    this.#answered = true;
    // Okta marks the limit of requests at the same time in this way. The reset is a guess then.
    const isConcurrency = status === 429 && headers.get("X-Rate-Limit-Limit") === "0";
    if (!isConcurrency && !isOwnLimit) this.#readWindow(headers, nowMs);
    if (status === 429 && !isOwnLimit) {
      this.#limit = isConcurrency ? "concurrency" : "window";
      this.#strike(sent, headers, nowMs);
      return;
    }
    if (isOwnLimit && this.#window && this.#window.remaining > 0) this.#window.remaining -= 1;
    if (sent > this.#struckAt) this.#strikes = 0;
  }

  /** Gives up waiting for the present requests, so that another one may find out the state. */
  stopWaiting(): void {
    this.#answered = true;
    this.#overdue = this.#inFlight;
  }

  #readWindow(headers: Headers, nowMs: number): void {
    const resetSeconds = resetSecondsOf(headers);
    const remaining = count(headers.get("X-Rate-Limit-Remaining"));
    const known = this.#window;
    if (resetSeconds === undefined || remaining === undefined) {
      this.#window = undefined;
    } else if (known === undefined || resetSeconds > known.resetSeconds || this.#resetMs(known) <= nowMs) {
      this.#window = { resetSeconds, remaining, limit: count(headers.get("X-Rate-Limit-Limit")) };
    } else if (resetSeconds === known.resetSeconds) {
      known.remaining = Math.min(known.remaining, remaining);
    }
  }

  #strike(sent: number, headers: Headers, nowMs: number): void {
    if (sent > this.#struckAt) {
      this.#strikes += 1;
      this.#struckAt = this.#sent;
    }
    const resetMs = this.#window === undefined || this.#limit === "concurrency" ? 0 : this.#resetMs(this.#window);
    const toldMs = Math.max(resetMs, nowMs + (retryAfterMs(headers, this.#clock) ?? 0));
    const waitMs = toldMs > nowMs ? toldMs - nowMs : backoffMs(BACKOFF, this.#strikes - 1, this.#random);
    const jitterMs = this.#random() * Math.min(MAX_JITTER_MS, waitMs * JITTER_SHARE);
    this.#blockedUntilMs = Math.max(this.#blockedUntilMs, nowMs + waitMs + jitterMs);
  }

  /** The end of a window by our clock. */
  #resetMs(window: { resetSeconds: number }): number {
    return this.#clock.toLocalMs(window.resetSeconds * 1000);
  }
}

/**
 * The time at which a rate limit begins anew, by `X-Rate-Limit-Reset` in epoch seconds; undefined where that is no
 * time.
 */
export function resetSecondsOf(headers: Headers): number | undefined {
  const seconds = count(headers.get("X-Rate-Limit-Reset"));
  return seconds !== undefined && seconds <= MAX_EPOCH_SECONDS ? seconds : undefined;
}

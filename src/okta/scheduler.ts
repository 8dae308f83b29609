import { OktaMcpError } from "../errors/index.js";
import type { ServerClock } from "../net/server-clock.js";
import { cancelled, type Sleep } from "../net/waiting.js";
import { Bucket, type Limit, type RateAnswer } from "./rate-limit.js";

export interface SchedulerOptions {
  /** The most requests at the same time, over all endpoints. */
  maxConcurrent: number;
  now: () => number;
  clock: ServerClock;
  sleep: Sleep;
  random: () => number;
}

/** A call that waits to send a request. */
export interface Waiter {
  signal?: AbortSignal | undefined;
  /** Epoch milliseconds. A wait for a rate limit that would end later is refused at once. */
  deadlineMs: number;
  onWait?: ((message: string) => void) | undefined;
}

/** Permission to send one request. Call `done` once, without an answer where there was none. */
export interface Slot {
  done(answer?: RateAnswer): void;
}

interface Queued extends Waiter {
  order: number;
  start(): void;
  fail(error: OktaMcpError): void;
  /** The end of the wait that `onWait` was told of. */
  toldMs?: number;
}

interface Lane {
  bucket: Bucket;
  waiting: Queued[];
  /** Ends the wait for the bucket's next window. */
  alarm: { atMs: number; stop: AbortController } | undefined;
  patience: NodeJS.Timeout | undefined;
}

/** How long the other calls wait for the one request that finds out the state of an endpoint. */
const PATIENCE_MS = 1000;

/**
 * Decides when each request of a transport may leave. Within an endpoint the first comes first. No endpoint holds up
 * another. At most `maxConcurrent` requests run at once, and a request waits until its endpoint's rate limit has room.
 */
export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #lanes = new Map<string, Lane>();
  #active = 0;
  #order = 0;

  constructor(options: SchedulerOptions) {
    this.#options = options;
  }

  /**
   * Waits for permission to send one request of `key`, the method and template of its endpoint.
   * @throws OktaMcpError cancelled; rate_limited where the wait would pass the deadline
   */
  acquire(key: string, waiter: Waiter): Promise<Slot> {
    const { signal } = waiter;
    if (signal?.aborted) return Promise.reject(cancelled(...LEFT));
    const lane = this.#lane(key);
    return new Promise<Slot>((resolve, reject) => {
      const settle = () => signal?.removeEventListener("abort", onAbort);
      const queued: Queued = {
        ...waiter,
        order: this.#order++,
        start: () => {
          settle();
          resolve(this.#slot(lane));
        },
        fail: (error) => {
          settle();
          reject(error);
        },
      };
      const onAbort = () => {
        lane.waiting.splice(lane.waiting.indexOf(queued), 1);
        queued.fail(cancelled(...LEFT));
        this.#tidy(lane);
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      lane.waiting.push(queued);
      this.#run();
    });
  }

  /** The error of a call that has waited for Okta as often as a call may. */
  givenUp(key: string): OktaMcpError {
    const nowMs = this.#options.now();
    const { bucket } = this.#lane(key);
    const permission = bucket.permission(nowMs);
    const seconds = typeof permission === "object" ? Math.max(1, Math.ceil((permission.atMs - nowMs) / 1000)) : 1;
    return rateLimited(seconds, bucket.limit);
  }

  #lane(key: string): Lane {
    const known = this.#lanes.get(key);
    if (known !== undefined) return known;
    const bucket = new Bucket(this.#options.clock, this.#options.random);
    const lane: Lane = { bucket, waiting: [], alarm: undefined, patience: undefined };
    this.#lanes.set(key, lane);
    return lane;
  }

  #slot(lane: Lane): Slot {
    this.#active += 1;
    const sent = lane.bucket.send();
    return {
      done: (answer) => {
        this.#active -= 1;
        if (answer === undefined) lane.bucket.lose();
        else lane.bucket.answer(sent, answer, this.#options.now());
        clearTimeout(lane.patience);
        lane.patience = undefined;
        this.#run();
      },
    };
  }

  /** Starts the calls that may start, the longest waiting first. */
  #run(): void {
    while (this.#active < this.#options.maxConcurrent) {
      let first: Lane | undefined;
      for (const lane of this.#lanes.values()) {
        const head = lane.waiting[0];
        if (head === undefined || (first?.waiting[0]?.order ?? Number.POSITIVE_INFINITY) < head.order) continue;
        if (this.#mayStart(lane)) first = lane;
      }
      const next = first?.waiting.shift();
      if (first === undefined || next === undefined) return;
      next.start();
      this.#tidy(first);
    }
  }

  #mayStart(lane: Lane): boolean {
    const permission = lane.bucket.permission(this.#options.now());
    if (permission === "now") return true;
    if (permission === "after-answer") {
      lane.patience ??= setTimeout(() => {
        lane.patience = undefined;
        lane.bucket.stopWaiting();
        this.#run();
      }, PATIENCE_MS);
    } else {
      this.#waitUntil(lane, permission.atMs);
    }
    return false;
  }

  #waitUntil(lane: Lane, atMs: number): void {
    const waitMs = Math.ceil(atMs - this.#options.now());
    const seconds = Math.max(1, Math.ceil(waitMs / 1000));
    const tooLate = lane.waiting.filter((queued) => queued.deadlineMs < atMs);
    lane.waiting = lane.waiting.filter((queued) => queued.deadlineMs >= atMs);
    for (const queued of tooLate) queued.fail(rateLimited(seconds, lane.bucket.limit));
    for (const queued of lane.waiting) {
      if (queued.toldMs !== undefined && atMs - queued.toldMs < 1000) continue;
      queued.toldMs = atMs;
      queued.onWait?.(`${LIMIT_WORDS[lane.bucket.limit]}; waiting ${seconds} s`);
    }
    this.#tidy(lane);
    if (lane.waiting.length === 0 || lane.alarm?.atMs === atMs) return;
    lane.alarm?.stop.abort();
    const alarm = { atMs, stop: new AbortController() };
    lane.alarm = alarm;
    const ring = () => {
      if (lane.alarm !== alarm) return;
      lane.alarm = undefined;
      this.#run();
    };
    this.#options.sleep(waitMs, alarm.stop.signal).then(ring, ring);
  }

  /** Stops the timers of a lane without waiting calls, so that they do not keep the process alive. */
  #tidy(lane: Lane): void {
    if (lane.waiting.length > 0) return;
    const { alarm } = lane;
    lane.alarm = undefined;
    alarm?.stop.abort();
    clearTimeout(lane.patience);
    lane.patience = undefined;
  }
}

/** The words of the error of a call that is cancelled in the queue. */
const LEFT = ["The call", "while it waited for its turn"] as const;

const LIMIT_WORDS: Readonly<Record<Limit, string>> = {
  window: "Okta's rate limit is reached",
  concurrency: "Okta already works on as many requests at the same time as this org may have",
};

/** The error of a call whose endpoint has no room within the call's time. */
function rateLimited(seconds: number, limit: Limit): OktaMcpError {
  const message =
    limit === "window"
      ? `Okta's rate limit for this operation is used up for another ${seconds} s, which is longer than a call waits.`
      : `${LIMIT_WORDS.concurrency}, also after this call has waited several times.`;
  return new OktaMcpError("rate_limited", message, { retryAfterSeconds: seconds });
}

import { OktaMcpError } from "../errors/index.js";
import type { ServerClock } from "../net/server-clock.js";
import { cancelled, type Sleep } from "../net/waiting.js";
import type { Observer } from "../watch/observer.js";
import { Bucket, type Limit, type RateAnswer } from "./rate-limit.js";
import { Turns } from "./turns.js";
import { type WindowRoom, WindowShares } from "./window-shares.js";

export interface SchedulerOptions {
  /** The most requests at the same time, over all endpoints. */
  maxConcurrent: number;
  /** The most requests of one party at the same time; by default as many as there may be. */
  maxPerParty?: number | undefined;
  /** The most calls that wait for one endpoint; by default any number. */
  maxWaiting?: number | undefined;
  now: () => number;
  clock: ServerClock;
  sleep: Sleep;
  random: () => number;
  /** Told of every request that has come to its end; by default nobody is. */
  observer?: Observer | undefined;
}

/** A call that waits to send a request. */
export interface Waiter {
  /** The one for whom the call is made. Parties get their turns alike; by default all calls are of one. */
  party?: string | undefined;
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
  shares: WindowShares;
  /** The waiting calls of each party. No queue is empty. */
  queues: Map<string | undefined, Queued[]>;
  /** Ends the wait for the bucket's next window. */
  alarm: { atMs: number; stop: AbortController } | undefined;
  patience: NodeJS.Timeout | undefined;
}

/** How long the other calls wait for the one request that finds out the state of an endpoint. */
const PATIENCE_MS = 1000;

/**
 * Decides when each request of a transport may leave. Of one party the first comes first, and parties take turns. No
 * endpoint holds up another. At most `maxConcurrent` requests run at once, and a request waits until its endpoint's rate
 * limit has room. Several parties share that room: none of them can use it up alone.
 */
export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #lanes = new Map<string, Lane>();
  readonly #turns = new Turns();
  #active = 0;
  #order = 0;

  constructor(options: SchedulerOptions) {
    this.#options = options;
  }

  /**
   * Waits for permission to send one request of `key`, the method and template of its endpoint.
   * @throws OktaMcpError cancelled; rate_limited where the wait would pass the deadline, or too many wait already
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
          resolve(this.#slot(key, lane, waiter.party));
        },
        fail: (error) => {
          settle();
          reject(error);
        },
      };
      const onAbort = () => this.#drop(lane, queued, cancelled(...LEFT));
      signal?.addEventListener("abort", onAbort, { once: true });
      this.#queue(lane, queued);
      this.#run();
    });
  }

  /** What is left of each endpoint's rate limit in its present window, as far as answers have told. */
  rooms(): ({ key: string } & WindowRoom)[] {
    const nowMs = this.#options.now();
    return [...this.#lanes].flatMap(([key, { bucket }]) => {
      const room = bucket.room(nowMs);
      return room === undefined ? [] : [{ key, ...room }];
    });
  }

  /** The error of a call that has waited for Okta as often as a call may. */
  givenUp(key: string): OktaMcpError {
    const lane = this.#lane(key);
    return rateLimited(this.#secondsUntilRoom(lane), lane.bucket.limit);
  }

  #lane(key: string): Lane {
    const known = this.#lanes.get(key);
    if (known !== undefined) return known;
    const bucket = new Bucket(this.#options.clock, this.#options.random);
    const shares = new WindowShares();
    const lane: Lane = { bucket, shares, queues: new Map(), alarm: undefined, patience: undefined };
    this.#lanes.set(key, lane);
    return lane;
  }

  #queue(lane: Lane, queued: Queued): void {
    const queue = lane.queues.get(queued.party);
    if (queue === undefined) lane.queues.set(queued.party, [queued]);
    else queue.push(queued);
    this.#turns.wait(queued.party);
    const queues = [...lane.queues.values()];
    const { maxWaiting = Number.POSITIVE_INFINITY } = this.#options;
    if (queues.reduce((sum, { length }) => sum + length, 0) <= maxWaiting) return;
    // Whoever has most of the waiting calls loses the last of them.
    const longest = queues.reduce((one, other) => (other.length > one.length ? other : one));
    const last = longest.at(-1);
    if (last !== undefined) this.#drop(lane, last, tooManyWait(this.#secondsUntilRoom(lane)));
  }

  /** Takes a waiting call out of its queue. */
  #leave(lane: Lane, queued: Queued): void {
    const queue = lane.queues.get(queued.party) ?? [];
    const place = queue.indexOf(queued);
    if (place >= 0) queue.splice(place, 1);
    if (queue.length === 0) lane.queues.delete(queued.party);
  }

  #drop(lane: Lane, queued: Queued, error: OktaMcpError): void {
    this.#leave(lane, queued);
    this.#turns.giveUp(queued.party);
    queued.fail(error);
    this.#tidy(lane);
  }

  #slot(key: string, lane: Lane, party: string | undefined): Slot {
    const startedAtMs = performance.now();
    this.#active += 1;
    this.#turns.begin(party);
    const room = party === undefined ? undefined : lane.bucket.room(this.#options.now());
    if (party !== undefined && room !== undefined) lane.shares.count(party, room);
    const sent = lane.bucket.send();
    return {
      done: (answer) => {
        this.#active -= 1;
        this.#turns.end(party);
        if (answer === undefined) lane.bucket.lose();
        else lane.bucket.answer(sent, answer, this.#options.now());
        this.#tell(key, lane, answer, performance.now() - startedAtMs);
        clearTimeout(lane.patience);
        lane.patience = undefined;
        this.#run();
      },
    };
  }

  #tell(bucket: string, lane: Lane, answer: RateAnswer | undefined, ms: number): void {
    const room = lane.bucket.room(this.#options.now());
    const window = room && { limit: room.limit, remaining: Math.max(0, room.left) };
    this.#options.observer?.note({ kind: "okta_request", bucket, status: answer?.status, ms, window });
  }

  /** Starts the calls that may start. */
  #run(): void {
    while (this.#active < this.#options.maxConcurrent) {
      const next = this.#next();
      if (next === undefined) return;
      this.#leave(next.lane, next.queued);
      next.queued.start();
      this.#tidy(next.lane);
    }
  }

  /** The call whose turn it is, among those that may start. */
  #next(): { lane: Lane; queued: Queued } | undefined {
    const { maxPerParty = Number.POSITIVE_INFINITY } = this.#options;
    let first: { lane: Lane; queued: Queued } | undefined;
    for (const lane of this.#lanes.values()) {
      if (lane.queues.size === 0) continue;
      for (const [party, [head]] of lane.queues) {
        if (head === undefined || (first !== undefined && !this.#turns.isBefore(head, first.queued))) continue;
        if (this.#turns.activeOf(party) >= maxPerParty) continue;
        if (!this.#isOpen(lane)) break;
        if (this.#hasShare(lane, party)) first = { lane, queued: head };
      }
    }
    return first;
  }

  /** True where the endpoint takes one more request. */
  #isOpen(lane: Lane): boolean {
    const permission = lane.bucket.permission(this.#options.now());
    if (permission === "now") return true;
    if (permission === "after-answer") {
      lane.patience ??= setTimeout(() => {
        lane.patience = undefined;
        lane.bucket.stopWaiting();
        this.#run();
      }, PATIENCE_MS);
    } else {
      this.#waitUntil(lane, permission.atMs, [...lane.queues.values()].flat());
    }
    return false;
  }

  /** True where a party may use what is left of the endpoint's window. Otherwise its calls wait for the next one. */
  #hasShare(lane: Lane, party: string | undefined): boolean {
    const room = party === undefined ? undefined : lane.bucket.room(this.#options.now());
    if (party === undefined || room === undefined || lane.shares.mayUse(party, room)) return true;
    this.#waitUntil(lane, room.resetMs, lane.queues.get(party) ?? []);
    return false;
  }

  #waitUntil(lane: Lane, atMs: number, waiting: readonly Queued[]): void {
    const waitMs = Math.ceil(atMs - this.#options.now());
    const seconds = Math.max(1, Math.ceil(waitMs / 1000));
    for (const queued of waiting) {
      if (queued.deadlineMs < atMs) {
        this.#drop(lane, queued, rateLimited(seconds, lane.bucket.limit));
      } else if (queued.toldMs === undefined || atMs - queued.toldMs >= 1000) {
        queued.toldMs = atMs;
        queued.onWait?.(`${LIMIT_WORDS[lane.bucket.limit]}; waiting ${seconds} s`);
      }
    }
    if (lane.queues.size === 0 || lane.alarm?.atMs === atMs) return;
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

  #secondsUntilRoom(lane: Lane): number {
    const nowMs = this.#options.now();
    const permission = lane.bucket.permission(nowMs);
    return typeof permission === "object" ? Math.max(1, Math.ceil((permission.atMs - nowMs) / 1000)) : 1;
  }

  /** Stops the timers of a lane without waiting calls, so that they do not keep the process alive. */
  #tidy(lane: Lane): void {
    if (lane.queues.size > 0) return;
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

/** The error of a call that would wait behind too many others. */
function tooManyWait(seconds: number): OktaMcpError {
  return new OktaMcpError(
    "rate_limited",
    "Too many calls wait for this operation of Okta's already. This request was not sent.",
    { retryAfterSeconds: seconds },
  );
}

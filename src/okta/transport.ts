import type { Log } from "../log.js";
import { createDirectFetch } from "../net/direct-fetch.js";
import type { SendHttp } from "../net/http-client.js";
import { ServerClock } from "../net/server-clock.js";
import { realSleep, type Sleep } from "../net/waiting.js";
import type { CallLimits, TransportContext } from "./call.js";
import type { Transport } from "./request.js";
import type { Scheduler } from "./scheduler.js";
import type { TokenSource } from "./token.js";

/** Bounds of a transport. */
export interface TransportLimits extends CallLimits {
  /** Requests on their way at once. Okta allows an org 75, and 35 on its free plan. */
  maxConcurrent: number;
}

export const DEFAULT_LIMITS: TransportLimits = {
  requestTimeoutMs: 30_000,
  uploadTimeoutMs: 120_000,
  maxConcurrent: 30,
  maxRateWaitMs: 120_000,
  maxRateLimited: 8,
  maxRetries: 3,
  retryWithinMs: 45_000,
  maxResponseBytes: 64 * 1024 * 1024,
};

export interface TransportOptions {
  /** The org's address. Only its origin counts, and nothing is ever sent elsewhere. */
  orgUrl: URL | string;
  tokens: TokenSource;
  userAgent: string;
  log: Pick<Log, "debug">;
  /** The way to the org; by default straight there. */
  fetch?: SendHttp;
  /** Epoch milliseconds. */
  now?: () => number;
  /** The org's clock; the session shares it. */
  clock?: ServerClock;
  /** Decides when requests leave. Transports to one org share it; by default this one has its own. */
  scheduler?: Scheduler;
  /** The one for whom requests are sent, where several share the scheduler: they get their turns alike. */
  party?: string | undefined;
  /**
   * True where a write that has left is waited for, also once its call was cancelled, so that its end is known. By
   * default a cancelled call ends at once.
   */
  finishesWrites?: boolean;
  sleep?: Sleep;
  /** A random number from 0 to 1. */
  random?: () => number;
  limits?: Partial<TransportLimits>;
}

/**
 * The way to one org: authorizes, sends, waits and retries. Safe for any number of concurrent
 * calls, which share its limits.
 */
export function createTransport(options: TransportOptions): Transport {
  const { orgUrl, tokens, userAgent, log, party, finishesWrites = false } = options;
  const { now = Date.now, sleep = realSleep, random = Math.random } = options;
  const { fetch = createDirectFetch(), clock = new ServerClock(now) } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const { origin } = new URL(orgUrl);
  const shared = { tokens, userAgent, log, fetch, now, clock, sleep, random, limits, party, finishesWrites };
  let { scheduler } = options;
  return {
    send: async (request, callOptions = {}) => {
      const { Call, Scheduler: Own } = await loadCall();
      scheduler ??= new Own({ maxConcurrent: limits.maxConcurrent, now, clock, sleep, random });
      const context: TransportContext = { origin, ...shared, scheduler };
      return await new Call(context, request, callOptions).run();
    },
  };
}

/** Loads what makes a call and decides when it leaves: no start needs it, and a process that sends nothing never does. */
export const loadCall = async () => {
  const [{ Call }, { Scheduler }] = await Promise.all([import("./call.js"), import("./scheduler.js")]);
  return { Call, Scheduler };
};

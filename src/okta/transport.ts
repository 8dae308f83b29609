import type { Log } from "../log.js";
import type { CallLimits, TransportContext } from "./call.js";
import type { SendHttp } from "./exchange.js";
import type { Transport } from "./request.js";
import { Scheduler } from "./scheduler.js";
import { type Sleep, sleep as sleepInRealTime } from "./sleep.js";
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
  /** By default, and for the platform's own `fetch`, Node's HTTP client, which is quicker. */
  fetch?: SendHttp;
  /** Epoch milliseconds. */
  now?: () => number;
  sleep?: Sleep;
  /** From 0 to 1. */
  random?: () => number;
  limits?: Partial<TransportLimits>;
}

/**
 * The way to one org: authorizes, sends, waits and retries. Safe for any number of concurrent
 * calls, which share its limits.
 */
export function createTransport(options: TransportOptions): Transport {
  const { orgUrl, tokens, userAgent, log } = options;
  const { now = Date.now, sleep = sleepInRealTime, random = Math.random } = options;
  const { fetch: given = globalThis.fetch } = options;
  const fetch = given === globalThis.fetch ? nodeHttp() : given;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const scheduler = new Scheduler({ maxConcurrent: limits.maxConcurrent, now, sleep, random });
  const { origin } = new URL(orgUrl);
  const context: TransportContext = { origin, tokens, userAgent, log, fetch, now, sleep, random, limits, scheduler };
  return {
    send: async (request, callOptions = {}) => {
      const { Call } = await loadCall();
      return await new Call(context, request, callOptions).run();
    },
  };
}

/** Loads what makes a call: no start needs it, and a process that sends nothing never does. */
export const loadCall = () => import("./call.js");

/** Node's HTTP client, loaded with the first request: no process that sends none pays for it. */
function nodeHttp(): SendHttp {
  let loaded: Promise<SendHttp> | undefined;
  return async (url, init) => {
    loaded ??= import("./http.js").then(({ createSendHttp }) => createSendHttp());
    return await (await loaded)(url, init);
  };
}

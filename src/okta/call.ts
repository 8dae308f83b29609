import { OktaMcpError, ofWrite } from "../errors/index.js";
import { cutDeep } from "../json/depth.js";
import { parseJson, TooManyValues } from "../json/exact-json.js";
import type { Json } from "../json/json.js";
import type { Log } from "../log.js";
import { type Backoff, backoffMs } from "../net/backoff.js";
import { type Exchanged, exchange } from "../net/exchange.js";
import type { HttpAnswer, SendHttp } from "../net/http-client.js";
import { NoAnswer } from "../net/no-answer.js";
import { retryAfterMs } from "../net/retry-after.js";
import type { ServerClock } from "../net/server-clock.js";
import { pause, type Sleep } from "../net/waiting.js";
import { encodeBody } from "./body.js";
import {
  changesSomething,
  costlyFault,
  type Fault,
  faultError,
  faultOf,
  malformedFault,
  notOktaFault,
  redirectFault,
} from "./fault.js";
import { nextCursor } from "./page.js";
import type { CallOptions, OktaRequest, OktaResponse } from "./request.js";
import type { Scheduler } from "./scheduler.js";
import type { AccessToken, TokenSource } from "./token.js";

/** The limits of one call. Some of them are for one attempt and say so. */
export interface CallLimits {
  /** For one attempt: connecting, headers and body. */
  requestTimeoutMs: number;
  /** The time limit of one upload. */
  uploadTimeoutMs: number;
  /** Longest wait for rate limits. */
  maxRateWaitMs: number;
  /** Answers with 429. */
  maxRateLimited: number;
  /** Further attempts after faults and 5xx answers. */
  maxRetries: number;
  /** The time after which no further such attempt begins. */
  retryWithinMs: number;
  maxResponseBytes: number;
}

/** The parts that all calls of a transport share. */
export interface TransportContext {
  origin: string;
  tokens: TokenSource;
  userAgent: string;
  log: Pick<Log, "debug">;
  fetch: SendHttp;
  now: () => number;
  clock: ServerClock;
  sleep: Sleep;
  random: () => number;
  limits: CallLimits;
  scheduler: Scheduler;
  party: string | undefined;
  /** True where a write that has left is waited for, also once its call was cancelled. */
  finishesWrites: boolean;
}

const RETRY_BACKOFF: Backoff = { firstMs: 500, longestMs: 8000 };
const PASSING_STATUSES = new Set([500, 502, 503, 504]);
const IDEMPOTENT_METHODS = new Set(["GET", "HEAD", "PUT", "DELETE"]);
/** Okta deactivates a user with the first DELETE and deletes the user with the next, so the two differ. */
const NOT_IDEMPOTENT = new Set(["deleteUser"]);

/**
 * Loads the table of Okta's refusals. It is large and no start needs it: the first refusal loads it, or `preload` ahead
 * of that.
 */
const loadRefusals = () => import("./from-okta.js");

type Refusals = Awaited<ReturnType<typeof loadRefusals>>;

/** The facts of an answer that is no success. */
interface Judging {
  token: AccessToken;
  /** True where the answer asks for a proof with the nonce that it brings. */
  challenged: boolean;
  /** True for a 429 about this call alone. */
  isOwnLimit: boolean;
  body: Json | undefined;
  refusals: Refusals;
}

/** One call with all of its attempts, within its limits. */
export class Call {
  readonly #context: TransportContext;
  readonly #request: OktaRequest;
  readonly #options: CallOptions;
  readonly #url: URL;
  /** The endpoint's rate-limit bucket. */
  readonly #bucket: string;
  readonly #rateDeadlineMs: number;
  readonly #retryUntilMs: number;
  #attempts = 0;
  #retries = 0;
  #rateLimited = 0;
  #nonceSent = false;
  #tokenRenewed = false;
  /** True where an attempt may have succeeded without an answer from Okta. */
  #maybeDone = false;

  constructor(context: TransportContext, request: OktaRequest, options: CallOptions) {
    this.#context = context;
    this.#request = request;
    this.#options = options;
    this.#url = urlOf(context.origin, request);
    this.#bucket = `${request.method} ${request.template}`;
    this.#rateDeadlineMs = context.now() + context.limits.maxRateWaitMs;
    this.#retryUntilMs = context.now() + context.limits.retryWithinMs;
  }

  async run(): Promise<OktaResponse> {
    try {
      for (;;) {
        const answer = await this.#attempt();
        if (answer !== undefined) return answer;
      }
    } catch (error) {
      // An attempt before the last may have succeeded, whatever ended the call.
      const isOfWrite = error instanceof OktaMcpError && changesSomething(this.#request.method);
      throw isOfWrite ? ofWrite(error, this.#maybeDone) : error;
    }
  }

  /**
   * One attempt and the wait after it.
   * @returns undefined where another attempt follows
   */
  async #attempt(): Promise<OktaResponse | undefined> {
    const { scheduler, tokens, party } = this.#context;
    const { signal, onWait } = this.#options;
    const slot = await scheduler.acquire(this.#bucket, { party, signal, onWait, deadlineMs: this.#rateDeadlineMs });
    this.#attempts += 1;
    let token: AccessToken;
    let answered: Exchanged;
    let refusals: Refusals | undefined;
    let body: Json | undefined;
    let isOwnLimit: boolean;
    try {
      token = await tokens.token(signal);
      answered = await this.#exchange(token);
      if (!answered.response.ok) refusals = await loadRefusals();
      body = refusals && bodyOf(answered.text);
      isOwnLimit = answered.response.status === 429 && refusals?.isOwnLimit(body) === true;
    } catch (error) {
      slot.done();
      if (error instanceof NoAnswer) return await this.#retryFault(faultOf(error));
      throw error;
    }
    const { response, text } = answered;
    const { status, headers } = response;
    slot.done({ status, headers, isOwnLimit });
    const challenged = token.challenged(response);
    if (refusals === undefined) return await this.#success(response, text);
    return await this.#refused(response, { token, challenged, isOwnLimit, body, refusals });
  }

  async #exchange(token: AccessToken): Promise<Exchanged> {
    const { fetch, userAgent, limits, now, clock, log, finishesWrites } = this.#context;
    const { method, template, headers, body } = this.#request;
    const url = this.#url;
    const authorization = await token.headers(method, url);
    const encoded = await encodeBody(body);
    const ours = { Accept: "application/json", "User-Agent": userAgent };
    const sent = { ...encoded.headers, ...ours, ...headers, ...authorization };
    const sentMs = now();
    const answered = await exchange(
      { method, url, headers: sent, body: encoded.body },
      {
        fetch,
        clock,
        signal: finishesWrites && changesSomething(method) ? undefined : this.#options.signal,
        what: this.#bucket,
        timeLimitMs: body !== undefined && "part" in body ? limits.uploadTimeoutMs : limits.requestTimeoutMs,
        maxBytes: limits.maxResponseBytes,
      },
    ).catch((error: unknown) => {
      // A request that was cancelled on its way may have arrived.
      if (error instanceof OktaMcpError) this.#maybeDone = true;
      throw error;
    });
    const { response } = answered;
    log.debug("okta answered", {
      method,
      template,
      status: response.status,
      ms: now() - sentMs,
      attempt: this.#attempts,
      okta_request_id: response.headers.get("X-Okta-Request-Id") ?? undefined,
    });
    return answered;
  }

  async #refused(
    { status, headers }: HttpAnswer,
    { token, challenged, isOwnLimit, body, refusals }: Judging,
  ): Promise<OktaResponse | undefined> {
    if (status >= 300 && status < 400) {
      throw faultError(this.#request, redirectFault(status, headers.get("Location"), this.#url), this.#attempts);
    }
    // A 401 or a 429 did nothing at Okta, so another attempt is safe for every method.
    if (challenged && !this.#nonceSent) {
      this.#nonceSent = true;
      return undefined;
    }
    const doubt = refusals.tokenDoubt({ status, headers, body });
    if (doubt !== undefined && !this.#tokenRenewed) {
      this.#tokenRenewed = true;
      this.#nonceSent = false;
      this.#context.tokens.reject(token, doubt === "certain");
      return undefined;
    }
    if (status === 429 && !isOwnLimit) return this.#afterRateLimit();
    if (status < 500 && body === undefined && isPage(headers)) {
      throw faultError(this.#request, notOktaFault(status, headers.get("Content-Type")), this.#attempts);
    }
    if (status === 404 && this.#maybeDone && this.#request.method === "DELETE") {
      // The attempt without an answer has deleted the object, as was asked.
      return { status: 204, headers, json: undefined };
    }
    const error = (retryAfterSeconds?: number) =>
      refusals.fromOkta({ ...this.#request, status, headers, body, retryAfterSeconds, toolFor: this.#options.toolFor });
    // Okta answers some refusals with 5xx too. It has done nothing then.
    const refusal = error();
    if (status >= 500 && refusal.code === "okta_down") this.#maybeDone = true;
    if (!PASSING_STATUSES.has(status) || refusal.code !== "okta_down") throw refusal;
    return await this.#retryStatus(status, headers, error);
  }

  async #success({ status, headers }: HttpAnswer, text: string): Promise<OktaResponse | undefined> {
    const isEmpty = text.trim() === "";
    // An empty answer must not look like an empty list.
    if (isEmpty && this.#request.wantsList) return await this.#retryFault(malformedFault());
    let json: Json | undefined;
    try {
      json = isEmpty ? undefined : parsed(text);
    } catch (error) {
      if (error instanceof TooManyValues) return await this.#retryFault(costlyFault());
    }
    if (json === undefined && !isEmpty) {
      const isCutJson = /json/i.test(headers.get("Content-Type") ?? "") || /^\s*[[{]/.test(text);
      const fault = isCutJson ? malformedFault() : notOktaFault(status, headers.get("Content-Type"));
      return await this.#retryFault(fault);
    }
    return { status, headers, json, next: nextCursor(headers.get("Link"), this.#url) };
  }

  /** The scheduler waits, and holds back other calls of the endpoint too. */
  #afterRateLimit(): undefined {
    this.#rateLimited += 1;
    if (this.#rateLimited > this.#context.limits.maxRateLimited) {
      throw this.#context.scheduler.givenUp(this.#bucket);
    }
    return undefined;
  }

  async #retryFault(fault: Fault): Promise<undefined> {
    if (!fault.nothingSent) this.#maybeDone = true;
    const error = () => faultError(this.#request, fault, this.#attempts);
    if (!fault.passing || !(fault.nothingSent || this.#isIdempotent())) throw error();
    return await this.#retry(this.#backoffMs(), `No answer from Okta (${fault.reason})`, error);
  }

  async #retryStatus(
    status: number,
    headers: Headers,
    error: (retryAfterSeconds?: number) => OktaMcpError,
  ): Promise<undefined> {
    const toldMs = retryAfterMs(headers, this.#context.clock) ?? 0;
    const giveUp = () => error(toldMs > 0 ? Math.ceil(toldMs / 1000) : undefined);
    if (!this.#isIdempotent()) throw giveUp();
    return await this.#retry(Math.max(this.#backoffMs(), toldMs), `Okta answered ${status}`, giveUp);
  }

  async #retry(waitMs: number, reason: string, error: () => OktaMcpError): Promise<undefined> {
    const { limits, now, sleep } = this.#context;
    const { signal, onWait } = this.#options;
    if (this.#retries >= limits.maxRetries || now() + waitMs > this.#retryUntilMs) throw error();
    this.#retries += 1;
    onWait?.(`${reason}; trying again in ${Math.max(1, Math.round(waitMs / 1000))} s`);
    await pause(waitMs, { sleep, signal }, this.#bucket, `before another attempt. ${reason}`);
  }

  #isIdempotent(): boolean {
    const { method, operation } = this.#request;
    return IDEMPOTENT_METHODS.has(method) && !NOT_IDEMPOTENT.has(operation);
  }

  #backoffMs(): number {
    return backoffMs(RETRY_BACKOFF, this.#retries, this.#context.random);
  }
}

/** @throws OktaMcpError bug where the path would leave the org or be rewritten on the way */
function urlOf(origin: string, { path, query }: OktaRequest): URL {
  const url = path.startsWith("/") ? new URL(`${origin}${path}`) : undefined;
  if (url?.origin !== origin || url.pathname !== path) {
    throw new OktaMcpError("bug", "A request would have left its path; nothing was sent.");
  }
  // URLSearchParams writes a space as `+`, which only forms read as a space.
  url.search = query.toString().replaceAll("+", "%20");
  return url;
}

/** @throws SyntaxError, TooManyValues */
function parsed(text: string): Json {
  return cutDeep(parseJson(text) as Json, text);
}

function bodyOf(text: string): Json | undefined {
  try {
    return parsed(text);
  } catch {
    return undefined;
  }
}

function isPage(headers: Headers): boolean {
  return /html/i.test(headers.get("Content-Type") ?? "");
}

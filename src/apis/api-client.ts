import { OktaMcpError } from "../errors/index.js";
import { type LimitStore, MINUTE_MS, within } from "../guard/limit-store.js";
import type { Json } from "../json/json.js";
import type { SendHttp } from "../net/http-client.js";
import { LOOPBACK_HOSTS } from "../net/loopback.js";
import { NoAnswer } from "../net/no-answer.js";
import { createFetch } from "../net/proxy.js";
import { isPublicAddress } from "../net/public-address.js";
import { retryAfterMs } from "../net/retry-after.js";
import { ServerClock } from "../net/server-clock.js";
import { pause, realSleep, type Sleep } from "../net/waiting.js";
import type { CallOptions, OktaRequest } from "../okta/request.js";
import type { ApiAnswer, ApiCalls, ApiRequest } from "../openapi/api-request.js";
import { parseBody, readAnswer } from "./api-answer.js";
import { type ApiExchanged, apiExchange } from "./api-exchange.js";
import type { ApiAuthorization, ApiIdentity } from "./api-identity.js";
import { apiRefusal, noAnswerRefusal, redirectRefusal } from "./api-refusals.js";
import { addressOf } from "./api-url.js";
import { withoutCarried } from "./carried-secrets.js";
import type { LoadedApi } from "./loaded-api.js";

export interface ApiClientOptions {
  api: Pick<LoadedApi, "name" | "settings" | "auth" | "baseUrl">;
  /** Counts the requests of each caller; shared by all servers of a company. */
  limits: LimitStore;
  /** The way to the API; by default straight there or through the proxy of the environment, to addresses that it allows. */
  fetch?: SendHttp;
  sleep?: Sleep;
  /** Epoch milliseconds. */
  now: () => number;
}

/** A caller of an API, for one call. */
export interface ApiCaller {
  identity: ApiIdentity;
  /** One text for each caller, whose requests are counted together. */
  key: string;
  /** Cancellation, progress and hooks of the call. */
  options: CallOptions;
}

/** The longest wait that a read makes when an API asks for one. */
const LONGEST_WAIT_MS = 10_000;

/** The answers in the forms that a model can use come first. */
const ACCEPT = "application/json, application/*+json;q=0.9, text/*;q=0.5, */*;q=0.1";

/** The fetch for an API. Its addresses are public, unless its settings allow others or it is on this machine. */
export function apiFetch({ settings, baseUrl }: ApiClientOptions["api"]): SendHttp {
  const isAnyAllowed = settings.allow_private || LOOPBACK_HOSTS.includes(baseUrl.hostname);
  return createFetch(process.env, isAnyAllowed ? undefined : isPublicAddress);
}

/** Sends requests to one API, whoever makes them: within its limits, to its address alone. */
export class ApiClient {
  readonly #options: ApiClientOptions;
  readonly #fetch: SendHttp;
  readonly #clock: ServerClock;

  constructor(options: ApiClientOptions) {
    this.#options = options;
    this.#fetch = options.fetch ?? apiFetch(options.api);
    this.#clock = new ServerClock(options.now);
  }

  /** Sends one request. @throws as `ApiCalls.send` */
  async send(request: ApiRequest, caller: ApiCaller): Promise<ApiAnswer> {
    const { beforeSend, onAnswer, signal } = caller.options;
    const url = addressOf(this.#options.api.baseUrl, request);
    const hooked = asHooked(request);
    await beforeSend?.(hooked);
    await this.#count(caller.key);
    signal?.throwIfAborted();
    const answer = await this.#answered(request, url, caller);
    const { status, headers } = answer;
    if (isRedirect(answer, request)) throw redirectRefusal(request, answer);
    if (status < 200 || status >= 400) throw apiRefusal(request, answer, waitSeconds(this.#waitMs(headers)));
    const read = readAnswer(request, answer, this.#maxBytes);
    onAnswer?.({ status, headers, json: read.json }, hooked);
    return read;
  }

  get #maxBytes(): number {
    return this.#options.api.settings.limits.response_kib * 1_024;
  }

  /** The answer after all that is tried again: a token that was refused, and a read that came too early. */
  async #answered(request: ApiRequest, url: URL, caller: ApiCaller): Promise<ApiExchanged> {
    const { options } = caller;
    // A key stays what it is.
    const { kind } = this.#options.api.auth;
    let isRenewed = kind === "none" || kind === "api_key";
    let hasWaited = false;
    for (;;) {
      const { authorization, answer } = await this.#attempt(request, url, caller);
      if (answer.status === 401 && authorization !== undefined && !isRenewed) {
        isRenewed = true;
        caller.identity.refused(authorization, answer.headers);
        continue;
      }
      const waitMs = answer.status === 429 && !request.isWrite ? this.#waitMs(answer.headers) : undefined;
      if (waitMs === undefined || waitMs > LONGEST_WAIT_MS || hasWaited) return answer;
      hasWaited = true;
      options.onWait?.(`The API ${request.api} asks to wait ${Math.ceil(waitMs / 1_000)} s`);
      const { sleep = realSleep } = this.#options;
      await pause(waitMs, { sleep, signal: options.signal }, "The call", "while it waited for the API");
    }
  }

  async #attempt(
    request: ApiRequest,
    plain: URL,
    { identity, options: { signal } }: ApiCaller,
  ): Promise<{ authorization: ApiAuthorization | undefined; answer: ApiExchanged }> {
    const { method, body, access } = request;
    const url = new URL(plain);
    const asked = { scopes: access.scopes, method, url: plain };
    const authorization = access.isOpen ? undefined : await identity.authorize(asked, signal);
    for (const [name, value] of Object.entries(authorization?.query ?? {})) {
      url.search += `${url.search === "" ? "" : "&"}${encodeURIComponent(name)}=${encodeURIComponent(value)}`;
    }
    const headers = {
      accept: ACCEPT,
      ...lowerNames(request.headers),
      ...(body === undefined ? {} : { "content-type": body.contentType }),
      "user-agent": "okta-mcp",
      ...lowerNames(authorization?.headers ?? {}),
    };
    const { timeout_seconds } = this.#options.api.settings.limits;
    const how = {
      fetch: this.#fetch,
      clock: this.#clock,
      signal,
      timeLimitMs: timeout_seconds * 1_000,
      maxBytes: this.#maxBytes,
    };
    try {
      const answer = await apiExchange({ method, url, headers, body: body?.content }, how);
      return { authorization, answer: withoutCarried(answer, authorization) };
    } catch (error) {
      throw error instanceof NoAnswer ? noAnswerRefusal(request, error) : error;
    }
  }

  /** The wait that an answer asks for; undefined where it names none. */
  #waitMs(headers: Headers): number | undefined {
    return retryAfterMs(headers, this.#clock);
  }

  /** Counts one request of a caller. @throws OktaMcpError rate_limited */
  async #count(key: string): Promise<void> {
    const { api, limits, now } = this.#options;
    const perMinute = api.settings.limits.calls_per_minute;
    const nowMs = now();
    const full = await limits.take(
      [{ key: `api ${api.name} ${key}`, allowance: { perSession: undefined, perMinute } }],
      nowMs,
    );
    if (full === undefined) return;
    const [first = nowMs] = within(full.used, MINUTE_MS, nowMs).slice(-perMinute);
    throw new OktaMcpError(
      "rate_limited",
      `The settings allow ${perMinute} requests to the API ${api.name} a minute.`,
      {
        retryAfterSeconds: waitSeconds(first + MINUTE_MS - nowMs) ?? 1,
        data: { api: api.name },
        maybeDone: false,
      },
    );
  }
}

/** The clients of all APIs, in the name of one caller. */
export interface ApiCallsOptions {
  clients: ReadonlyMap<string, ApiClient>;
  /** The caller's identity at an API. */
  identityOf(api: string): ApiIdentity;
  /** One text for the caller, whose requests are counted together. */
  key(): Promise<string>;
}

/** The APIs as a tool's code sees them, for one call. */
export function apiCalls({ clients, identityOf, key }: ApiCallsOptions, options: CallOptions): ApiCalls {
  return {
    send: async (request) => {
      const client = clients.get(request.api);
      if (client === undefined) throw new OktaMcpError("bug", `There is no API ${request.api} here.`);
      return client.send(request, { identity: identityOf(request.api), key: await key(), options });
    },
    claims: (api) => identityOf(api).claims(options.signal),
  };
}

const waitSeconds = (ms: number | undefined) => (ms === undefined ? undefined : Math.max(1, Math.ceil(ms / 1_000)));

const lowerNames = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

/** True for a redirect. After a write, 303 tells where the outcome is (RFC 9110, section 15.4.4). */
function isRedirect({ status }: ApiExchanged, { isWrite }: ApiRequest): boolean {
  return status >= 300 && status < 400 && !(status === 303 && isWrite);
}

/** A request in the form in which the guard, the journal and previews look at it. */
function asHooked({ api, method, template, path, query, body, isWrite }: ApiRequest): OktaRequest {
  const hooked = { api, isWrite, operation: template, method, template, path, query: new URLSearchParams(query) };
  if (body === undefined) return hooked;
  const { contentType, content } = body;
  const json: Json | undefined = typeof content === "string" ? parseBody(contentType, content) : undefined;
  return { ...hooked, body: json === undefined ? { raw: content, contentType } : { json, contentType } };
}

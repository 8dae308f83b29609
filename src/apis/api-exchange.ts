import { isOwnFault } from "../errors/own-fault.js";
import { toOktaMcpError } from "../errors/render.js";
import { unknownCodings } from "../net/content-coding.js";
import { type HttpRequest, readBytes } from "../net/exchange.js";
import type { HttpAnswer, SendHttp } from "../net/http-client.js";
import { NoAnswer, noAnswerOf } from "../net/no-answer.js";
import type { ServerClock } from "../net/server-clock.js";
import { TimeIsUp, withinTime } from "../net/time-limit.js";
import { cancelled } from "../net/waiting.js";

/** An answer of an API, whatever its status. */
export interface ApiExchanged {
  status: number;
  headers: Headers;
  /** Unpacked; undefined where it is longer than the limit, and was read no further. */
  content: Buffer | undefined;
}

export interface ApiExchangeOptions {
  fetch: SendHttp;
  /** The API's clock, which learns from the answer. */
  clock: ServerClock;
  signal: AbortSignal | undefined;
  /** The time limit of the whole exchange. */
  timeLimitMs: number;
  /** The longest content, once it is unpacked. */
  maxBytes: number;
}

/**
 * Sends a request to an API once. Redirects are not followed, and an answer is read no further than to its limit, since
 * it may have no end.
 * @throws NoAnswer where there is no whole answer, OktaMcpError cancelled when the signal aborts
 */
export async function apiExchange(request: HttpRequest, options: ApiExchangeOptions): Promise<ApiExchanged> {
  const { signal, timeLimitMs } = options;
  try {
    return await withinTime({ timeLimitMs, signal }, (limit) => attempt(request, options, limit));
  } catch (error) {
    if (signal?.aborted) throw cancelled("The call", "before the API answered");
    if (error instanceof TimeIsUp) throw new NoAnswer({ kind: "timed-out", limitMs: timeLimitMs });
    throw isOwnFault(error) ? toOktaMcpError(error) : noAnswerOf(error);
  }
}

async function attempt(
  { method, url, headers, body }: HttpRequest,
  { fetch, clock, maxBytes }: ApiExchangeOptions,
  limit: AbortSignal,
): Promise<ApiExchanged> {
  const sending = new AbortController();
  const stop = () => sending.abort();
  limit.addEventListener("abort", stop, { once: true });
  const sentMs = clock.localNow();
  const init = { method, headers: { ...headers, "accept-encoding": "gzip" }, signal: sending.signal };
  const response = await fetch(url, { ...init, ...(body === undefined ? {} : { body }), redirect: "manual" });
  clock.observe(response.headers.get("date"), sentMs, clock.localNow());
  const codings = unknownCodings(response.headers);
  const content = codings === undefined ? await contentOf(method, response, maxBytes) : undefined;
  // What is not read any further must not go on coming.
  if (content === undefined) stop();
  if (codings !== undefined) throw new NoAnswer({ kind: "unknown-coding", codings });
  return { status: response.status, headers: response.headers, content };
}

/** An answer to HEAD tells the size of a content that does not come (RFC 9110, section 9.3.2). */
async function contentOf(method: string, response: HttpAnswer, maxBytes: number): Promise<Buffer | undefined> {
  return method === "HEAD" ? Buffer.alloc(0) : readBytes(response, maxBytes);
}

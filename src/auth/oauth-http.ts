import { type Exchanged, exchange } from "../net/exchange.js";
import type { HttpAnswer, SendHttp } from "../net/http-client.js";
import { inWords, NoAnswer } from "../net/no-answer.js";
import { fromNowMs, retryAfterMs } from "../net/retry-after.js";
import type { ServerClock } from "../net/server-clock.js";
import { resetSecondsOf } from "../okta/rate-limit.js";
import { OAuthFailure } from "./oauth-failure.js";

/** The options for reaching the OAuth endpoints. */
export interface OAuthHttpOptions {
  /** The org's origin; nothing is ever sent elsewhere. */
  orgUrl: string;
  fetch: SendHttp;
  clock: ServerClock;
  /** The time limit from the start of the request to the last byte of its answer. */
  timeoutMs: number;
}

/** Longest answer that is read; a token answer has a few thousand bytes. */
const MAX_ANSWER_BYTES = 1_000_000;

/** A request as oauth4webapi hands it over. */
interface OAuthRequest {
  method: string;
  headers: Record<string, string>;
  body?: URLSearchParams | undefined;
}

type Send = (url: string, init: OAuthRequest) => Promise<Response>;

/**
 * Makes the `fetch` of one exchange with an OAuth endpoint. It resolves with a whole answer of
 * status 200 to 499, read to its end; everything else is an `OAuthFailure`, but for a mistake of our own code, which is
 * OktaMcpError bug.
 *
 * @param onHeaders sees the headers of every whole answer, refusals included
 */
export function oauthFetch(
  { orgUrl, fetch, clock, timeoutMs }: OAuthHttpOptions,
  signal: AbortSignal | undefined,
  onHeaders: (headers: Headers) => void,
): Send {
  return async (text, { method, headers, body }) => {
    const url = new URL(text);
    if (url.origin !== orgUrl) throw new OAuthFailure("unusable", "the request was meant for another server");
    const options = { fetch, clock, signal, timeLimitMs: timeoutMs, maxBytes: MAX_ANSWER_BYTES };
    const what = `${method} ${url.pathname}`;
    const answered = await exchange({ method, url, headers, body: body?.toString() }, { ...options, what }).catch(
      (error: unknown) => {
        throw error instanceof NoAnswer ? failureOf(error) : error;
      },
    );
    onHeaders(answered.response.headers);
    refuseUnusable(answered.response, clock);
    return forLibrary(answered);
  };
}

/** Says what a request without an answer means for a sign-in. */
function failureOf({ why }: NoAnswer): OAuthFailure {
  const { reason, passing, fix } = inWords(why);
  switch (why.kind) {
    case "timed-out":
      // Too much time is gone already.
      return new OAuthFailure("network", reason, { repeatable: false });
    case "too-long":
      return new OAuthFailure("unusable", "the answer was far too long");
    case "unknown-coding":
    case "other-protocol":
      return new OAuthFailure("unusable", reason, { fix });
    default:
      return new OAuthFailure("network", reason, { fix, repeatable: passing });
  }
}

/** @throws OAuthFailure for an answer that none of the OAuth endpoints gives, by its status */
function refuseUnusable({ status, headers }: HttpAnswer, clock: ServerClock): void {
  if (status === 429 || status >= 500) {
    throw new OAuthFailure("busy", `Okta answered with status ${status}`, {
      status,
      retryAfterMs: retryAfterMs(headers, clock) ?? fromNowMs((resetSecondsOf(headers) ?? Number.NaN) * 1000, clock),
    });
  }
  if (status < 200) throw new OAuthFailure("unusable", `the answer has the status ${status}, which ends no request`);
  if (status >= 300 && status < 400)
    throw new OAuthFailure("unusable", `the answer was a redirect (${status}), which is not followed`);
}

/** Statuses of 2xx whose answers have no body; a `Response` does not take one either. */
const NO_BODY: ReadonlySet<number> = new Set([204, 205]);

/**
 * The answer as oauth4webapi takes it. `WWW-Authenticate` stays behind: the error is read from the
 * body, where OAuth says more about it (RFC 6749, section 5.2).
 */
function forLibrary({ response: { status, headers }, text }: Exchanged): Response {
  const body = text === "" || NO_BODY.has(status) ? null : text;
  return new Response(body, { status, headers: { "content-type": headers.get("content-type") ?? "" } });
}

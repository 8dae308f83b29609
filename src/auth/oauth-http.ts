import { causesOf } from "../errors/causes.js";
import { isOwnFault } from "../errors/own-fault.js";
import { toOktaMcpError } from "../errors/render.js";
import { TimeIsUp, withinTime } from "../net/time-limit.js";
import { OAuthFailure } from "./oauth-failure.js";
import type { ServerClock } from "./server-clock.js";
import { cancelled } from "./waiting.js";

/** What the OAuth endpoints are reached with. */
export interface OAuthHttpOptions {
  /** The org's origin; nothing is ever sent elsewhere. */
  orgUrl: string;
  fetch: typeof fetch;
  clock: ServerClock;
  /** From the request's start to the last byte of its answer. */
  timeoutMs: number;
}

/** Longest answer that is read; a token answer has a few thousand bytes. */
const MAX_ANSWER_BYTES = 1_000_000;

type Send = (url: string, init: RequestInit) => Promise<Response>;

/**
 * Makes the `fetch` of one exchange with an OAuth endpoint. It resolves with a whole answer of
 * status 200 to 499, read to its end; everything else is an `OAuthFailure`, but for a mistake of our own code, which is
 * OktaMcpError bug.
 *
 * @param onHeaders sees the headers of every answer, refusals included
 */
export function oauthFetch(
  { orgUrl, fetch, clock, timeoutMs }: OAuthHttpOptions,
  signal: AbortSignal | undefined,
  onHeaders: (headers: Headers) => void,
): Send {
  return async (url, init) => {
    if (new URL(url).origin !== orgUrl) throw new OAuthFailure("unusable", "the request was meant for another server");
    try {
      return await withinTime({ timeLimitMs: timeoutMs, signal }, async (limit) => {
        const response = await fetch(url, { ...init, redirect: "manual", signal: limit });
        onHeaders(response.headers);
        const refusal = unusable(response, clock);
        if (refusal === undefined) return await readWhole(response);
        await response.body?.cancel();
        throw refusal;
      });
    } catch (error) {
      if (error instanceof OAuthFailure) throw error;
      if (signal?.aborted) throw cancelled("The request to Okta");
      if (error instanceof TimeIsUp) {
        const seconds = Math.round(timeoutMs / 1000);
        throw new OAuthFailure("network", `${orgUrl} gave no whole answer within ${seconds} s`, { timedOut: true });
      }
      if (isOwnFault(error)) throw toOktaMcpError(error);
      throw new OAuthFailure("network", `${orgUrl} could not be reached, or its answer was lost (${reason(error)})`);
    }
  };
}

/** Why an answer is none that an OAuth endpoint gives, by its status; undefined where it may be one. */
function unusable(response: Response, clock: ServerClock): OAuthFailure | undefined {
  const { status } = response;
  if (status === 429 || status >= 500) return busy(response, clock);
  if (status < 200) return new OAuthFailure("unusable", `the answer has the status ${status}, which ends no request`);
  if (status < 300 || status >= 400) return undefined;
  return new OAuthFailure("unusable", `the answer was a redirect (${status}), which is not followed`);
}

/**
 * The answer with its body in memory. `WWW-Authenticate` stays behind: the error is read from the
 * body, where OAuth says more about it (RFC 6749, section 5.2).
 */
async function readWhole(response: Response): Promise<Response> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MAX_ANSWER_BYTES) throw new OAuthFailure("unusable", "the answer was far too long");
    chunks.push(chunk);
  }
  const headers = { "content-type": response.headers.get("content-type") ?? "" };
  return new Response(bytes > 0 ? Buffer.concat(chunks) : null, { status: response.status, headers });
}

function busy({ status, headers }: Response, clock: ServerClock): OAuthFailure {
  return new OAuthFailure("busy", `Okta answered with status ${status}`, {
    status,
    retryAfterMs: retryAfterMs(headers, clock),
  });
}

/** `Retry-After` (RFC 9110, section 10.2.3), else Okta's `X-Rate-Limit-Reset` in epoch seconds. */
function retryAfterMs(headers: Headers, clock: ServerClock): number | undefined {
  const retryAfter = headers.get("retry-after")?.trim() ?? "";
  const resetSeconds = headers.get("x-rate-limit-reset")?.trim() ?? "";
  // The server's own `Date` is the better measure of a time that it names.
  const nowMs = Date.parse(headers.get("date") ?? "") || clock.now();
  if (/^\d{1,9}$/.test(retryAfter)) return Number(retryAfter) * 1000;
  const atMs = retryAfter
    ? Date.parse(retryAfter)
    : /^\d{1,12}$/.test(resetSeconds)
      ? Number(resetSeconds) * 1000
      : Number.NaN;
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
}

/** The code of a network error, wherever `fetch` put it; no free text, which could quote a header. */
function reason(error: unknown): string {
  for (const cause of causesOf(error)) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (typeof code === "string" && /^[A-Z][A-Z0-9_]+$/.test(code)) return code;
  }
  return "no further reason";
}

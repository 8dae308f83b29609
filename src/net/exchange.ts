import { isOwnFault } from "../errors/own-fault.js";
import { toOktaMcpError } from "../errors/render.js";
import { unknownCodings } from "./content-coding.js";
import type { HttpAnswer, SendHttp } from "./http-client.js";
import { NoAnswer, noAnswerOf } from "./no-answer.js";
import type { ServerClock } from "./server-clock.js";
import { TimeIsUp, withinTime } from "./time-limit.js";
import { cancelled } from "./waiting.js";

/** One request as it goes on the wire. */
export interface HttpRequest {
  method: string;
  url: URL;
  headers: Record<string, string>;
  body?: string | Uint8Array<ArrayBuffer> | undefined;
}

/** One answer, read to its end. */
export interface Exchanged {
  response: HttpAnswer;
  text: string;
}

export interface ExchangeOptions {
  fetch: SendHttp;
  /** The clock of the server that is asked; it learns from the answer. */
  clock: ServerClock;
  signal: AbortSignal | undefined;
  /** The time limit of the whole exchange: connecting, headers and body. */
  timeLimitMs: number;
  /** The longest answer that is read, after it is unpacked. */
  maxBytes: number;
  /** The action that an abort cancels, as the beginning of a sentence. */
  what: string;
}

/**
 * Sends a request once and reads the answer to its end, whatever its status. Redirects are not followed.
 * @throws NoAnswer where there is no whole answer, OktaMcpError cancelled when `signal` aborts, or bug where our own
 *   code failed
 */
export async function exchange(request: HttpRequest, options: ExchangeOptions): Promise<Exchanged> {
  const { fetch, clock, signal, timeLimitMs, maxBytes, what } = options;
  const { method, url, headers, body } = request;
  try {
    return await withinTime({ timeLimitMs, signal }, async (limit) => {
      const attempt = new AbortController();
      const stop = () => attempt.abort();
      limit.addEventListener("abort", stop, { once: true });
      const sentMs = clock.localNow();
      const response = await fetch(url, {
        method,
        headers: { ...headers, "Accept-Encoding": "gzip" },
        ...(body === undefined ? {} : { body }),
        redirect: "manual",
        signal: attempt.signal,
      });
      clock.observe(response.headers.get("Date"), sentMs, clock.localNow());
      const codings = unknownCodings(response.headers);
      const text = codings === undefined ? await readText(response, maxBytes) : undefined;
      if (text !== undefined) return { response, text };
      stop();
      throw new NoAnswer(codings === undefined ? { kind: "too-long", maxBytes } : { kind: "unknown-coding", codings });
    });
  } catch (error) {
    if (signal?.aborted) throw cancelled(what, "before Okta answered");
    if (error instanceof TimeIsUp) throw new NoAnswer({ kind: "timed-out", limitMs: timeLimitMs });
    throw isOwnFault(error) ? toOktaMcpError(error) : noAnswerOf(error);
  }
}

/** The body as text; undefined where it is longer than `maxBytes`. */
async function readText(answer: HttpAnswer, maxBytes: number): Promise<string | undefined> {
  const bytes = await readBytes(answer, maxBytes);
  return bytes?.toString("utf8").replace(/^\uFEFF/, "");
}

/** The body, read no further than to `maxBytes`; undefined where it is longer. */
export async function readBytes({ body }: HttpAnswer, maxBytes: number): Promise<Buffer | undefined> {
  if (body === null) return Buffer.alloc(0);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) return undefined;
    chunks.push(chunk);
  }
  // The chunks are joined at once. A text of many pieces would be joined again before it is parsed.
  return Buffer.concat(chunks, bytes);
}

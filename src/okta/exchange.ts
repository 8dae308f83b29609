import { OktaMcpError } from "../errors/index.js";
import { isOwnFault } from "../errors/own-fault.js";
import { toOktaMcpError } from "../errors/render.js";
import { stringifyJson } from "../json/exact-json.js";
import { TimeIsUp, withinTime } from "../net/time-limit.js";
import { type Fault, networkFault, oversizeFault, timeoutFault } from "./fault.js";
import type { OktaRequest } from "./request.js";

/** What is read of an answer; a `Response` is one. */
export interface HttpAnswer {
  status: number;
  /** True for 2xx. */
  ok: boolean;
  headers: Headers;
  body: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array> | null;
}

/** Sends one HTTP request; `fetch` does. Rejects where no answer comes, with a code in the error or its cause. */
export type SendHttp = (
  url: URL,
  init: {
    method: string;
    headers: Record<string, string>;
    body?: string | Uint8Array<ArrayBuffer>;
    redirect: "manual";
    signal: AbortSignal;
  },
) => Promise<HttpAnswer>;

/** One answer, read to its end. */
export interface Exchanged {
  response: HttpAnswer;
  text: string;
}

export interface ExchangeOptions {
  fetch: SendHttp;
  url: URL;
  headers: Record<string, string>;
  signal: AbortSignal | undefined;
  /** For the whole exchange: connecting, headers and body. */
  timeLimitMs: number;
  maxBytes: number;
}

/** Thrown by `exchange` instead of an answer. */
export class ExchangeFault extends Error {
  readonly fault: Fault;

  constructor(fault: Fault) {
    super(fault.reason);
    this.name = "ExchangeFault";
    this.fault = fault;
  }
}

/**
 * Sends a request once and reads the answer, whatever its status. Redirects are not followed.
 * @throws ExchangeFault where there is no whole answer, OktaMcpError cancelled when `signal` aborts, or bug where our
 *   own code failed
 */
export async function exchange(request: OktaRequest, options: ExchangeOptions): Promise<Exchanged> {
  const { fetch, url, signal, timeLimitMs, maxBytes } = options;
  try {
    return await withinTime({ timeLimitMs, signal }, async (limit) => {
      const attempt = new AbortController();
      const stop = () => attempt.abort();
      limit.addEventListener("abort", stop, { once: true });
      const { body, headers } = await encodeBody(request.body);
      const response = await fetch(url, {
        method: request.method,
        headers: { ...headers, ...options.headers },
        ...(body === undefined ? {} : { body }),
        redirect: "manual",
        signal: attempt.signal,
      });
      return { response, text: await readText(response, maxBytes, stop) };
    });
  } catch (error) {
    if (signal?.aborted) throw cancelledInFlight(request);
    if (error instanceof ExchangeFault) throw error;
    if (error instanceof TimeIsUp) throw new ExchangeFault(timeoutFault(timeLimitMs));
    throw isOwnFault(error) ? toOktaMcpError(error) : new ExchangeFault(networkFault(error));
  }
}

interface EncodedBody {
  body: string | Uint8Array<ArrayBuffer> | undefined;
  headers: Record<string, string>;
}

/** The body as it goes on the wire, made anew for each attempt. */
async function encodeBody(body: OktaRequest["body"]): Promise<EncodedBody> {
  if (body === undefined) return { body: undefined, headers: {} };
  if ("json" in body) {
    return { body: stringifyJson(body.json), headers: { "Content-Type": body.contentType ?? "application/json" } };
  }
  if ("raw" in body) {
    const raw = typeof body.raw === "string" ? body.raw : Uint8Array.from(body.raw);
    return { body: raw, headers: { "Content-Type": body.contentType } };
  }
  const { part, upload } = body;
  const form = new FormData();
  form.append(part, new Blob([Uint8Array.from(upload.data)], { type: upload.contentType }), upload.name);
  // As bytes rather than as a form, so that every `fetch` takes it, undici's own included.
  const encoded = new Response(form);
  return {
    body: new Uint8Array(await encoded.arrayBuffer()),
    headers: { "Content-Type": encoded.headers.get("Content-Type") ?? "multipart/form-data" },
  };
}

async function readText(response: HttpAnswer, maxBytes: number, stop: () => void): Promise<string> {
  if (response.body === null) return "";
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) {
      stop();
      throw new ExchangeFault(oversizeFault(maxBytes));
    }
    chunks.push(chunk);
  }
  // At once rather than chunk by chunk: a text made of many pieces is put together again before it is parsed.
  return Buffer.concat(chunks, bytes)
    .toString("utf8")
    .replace(/^\uFEFF/, "");
}

function cancelledInFlight({ method, template }: OktaRequest): OktaMcpError {
  return new OktaMcpError("cancelled", `${method} ${template} was cancelled before Okta answered.`);
}

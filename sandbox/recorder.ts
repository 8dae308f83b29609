import type { IncomingMessage } from "node:http";
import { pathMatches } from "./router.js";

/** One request as it reached the sandbox, for tests. It holds everything that was sent, tokens included. */
export interface RecordedRequest {
  method: string;
  /** Path and query, as sent. */
  path: string;
  headers: Record<string, string>;
  /** The body's bytes. */
  rawBody: Buffer;
  /** The body as text. */
  body: string;
  /** The status of the answer; undefined before it, and for ever where the connection was cut or left hanging. */
  status: number | undefined;
}

/** The requests of one server. */
export interface Recorder {
  /** The requests that are kept, in the order of arrival. */
  readonly requests: readonly RecordedRequest[];
  record(incoming: IncomingMessage, url: URL, headers: Headers, rawBody: Buffer): RecordedRequest;
  /** Resolves when the next request that matches has arrived in full, before its answer. */
  arrival(method: string, path: string): Promise<RecordedRequest>;
  /** How many requests have come. `*` is any method. */
  count(method: string, path: string): number;
  forgetCounts(): void;
}

/**
 * Keeps the requests for looking at, and tells of those that are waited for.
 * @param keepRequests how many are kept; the oldest go first
 */
export function createRecorder(keepRequests: number): Recorder {
  const requests: RecordedRequest[] = [];
  const counts = new Map<string, number>();
  let waiting: { method: string; path: string; resolve: (request: RecordedRequest) => void }[] = [];
  function record(incoming: IncomingMessage, url: URL, headers: Headers, rawBody: Buffer): RecordedRequest {
    const request: RecordedRequest = {
      method: incoming.method ?? "GET",
      path: incoming.url ?? "/",
      headers: Object.fromEntries(headers),
      rawBody,
      get body() {
        return rawBody.toString("utf8");
      },
      status: undefined,
    };
    const place = `${request.method} ${url.pathname}`;
    counts.set(place, (counts.get(place) ?? 0) + 1);
    const [oldest] = counts.keys();
    if (counts.size > keepRequests && oldest !== undefined) counts.delete(oldest);
    requests.push(request);
    if (requests.length > keepRequests) requests.shift();
    const met = waiting.filter(({ method, path }) => method === request.method && pathMatches(path, url.pathname));
    waiting = waiting.filter((entry) => !met.includes(entry));
    for (const { resolve } of met) resolve(request);
    return request;
  }
  const arrival: Recorder["arrival"] = (method, path) =>
    new Promise((resolve) => waiting.push({ method, path, resolve }));
  function count(method: string, path: string): number {
    const met = [...counts].filter(([place]) => {
      const [asked = "", pathname = ""] = place.split(" ");
      return (method === "*" || method === asked) && pathMatches(path, pathname);
    });
    return met.reduce((sum, [, times]) => sum + times, 0);
  }
  return { requests, record, arrival, count, forgetCounts: () => counts.clear() };
}

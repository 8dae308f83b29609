import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Log } from "../log.js";
import { AsyncVariable } from "../watch/async-variable.js";
import { type SpanIds, UNWATCHED, type Watch } from "../watch/observer.js";
import { traceContextOf } from "../watch/trace-context.js";
import { FOR_PROBES, routeName } from "./route-names.js";

/** A segment of a path that may be a handle, and not a name of ours. */
const HANDLE = /^(?=.*\d)[\w-]{12,}$|^[\w-]{20,}$/;

/** The status that the log has where whoever asked has gone before there was an answer. */
const GONE = 499;

/** The path of a request for the log: without its query, and with no handle in it. */
function pathForLog(url: string | undefined): string {
  const path = (url ?? "/").split("?", 1)[0] ?? "/";
  const parts = path.slice(0, 300).split("/");
  // Our own names of the well-known documents are long.
  return parts.map((part) => (HANDLE.test(part) && !/^o(auth|penid)-[a-z-]+$/.test(part) ? ":id" : part)).join("/");
}

interface Running {
  id: string;
  /** The trace that it belongs to, as far as anybody has named one. */
  ids: SpanIds | undefined;
}

/** The requests that run, each with a name of its own, which its log records and pages tell. */
export class RunningRequests {
  readonly #ids = new WeakMap<IncomingMessage, string>();
  readonly #running = new AsyncVariable<Running>();
  readonly #watch: Watch;
  #count = 0;

  constructor(watch: Watch = UNWATCHED) {
    this.#watch = watch;
  }

  /** The number of requests that run. */
  get count(): number {
    return this.#count;
  }

  /** The name of a request. */
  idOf(incoming: IncomingMessage): string {
    const known = this.#ids.get(incoming);
    if (known !== undefined) return known;
    const id = randomUUID();
    this.#ids.set(incoming, id);
    return id;
  }

  /** What every log record of the request has in which the caller runs; nothing outside of all requests. */
  logFields(): Record<string, string> {
    const running = this.#running.get();
    if (running === undefined) return {};
    const { id, ids } = running;
    return { request_id: id, ...(ids && { trace_id: ids.traceId, span_id: ids.spanId }) };
  }

  /** Runs a part of the present request in which its log records belong to another span. */
  inSpan<T>(ids: SpanIds, action: () => T): T {
    const running = this.#running.get();
    return running === undefined ? action() : this.#running.run({ ...running, ids }, action);
  }

  /** Answers a request. The answer names it, and the log says how it ended. */
  run(request: IncomingMessage, response: ServerResponse, log: Log, answer: () => void): void {
    const { observer, tracing } = this.#watch;
    const id = this.idOf(request);
    const startedAtMs = performance.now();
    const route = routeName((request.url ?? "/").split("?", 1)[0] ?? "/");
    const parent = traceContextOf(request.headers);
    const method = METHODS.has(request.method ?? "") ? request.method : "other";
    const span = tracing?.begin({
      name: `${method} ${route}`,
      kind: "server",
      parent,
      attributes: { "http.route": route, "http.request.method": method ?? "other" },
    });
    response.setHeader("x-request-id", id);
    this.#count += 1;
    this.#running.run({ id, ids: span?.ids ?? parent }, () => {
      response.once("close", () => {
        this.#count -= 1;
        const status = response.headersSent ? response.statusCode : GONE;
        const ms = performance.now() - startedAtMs;
        // Balancers ask every second; where all is well, that would be most of the log.
        const level = FOR_PROBES.has(route) && status === 200 ? "debug" : "info";
        log[level]("request", {
          method: request.method,
          path: pathForLog(request.url),
          status,
          ms: Math.round(ms),
        });
        observer.note({ kind: "request", route, status, ms });
        span?.end({ hasFailed: status >= 500, attributes: { "http.response.status_code": status } });
      });
      if (span === undefined) answer();
      else span.run(answer);
    });
  }
}

/** The methods that have a name in traces. */
const METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

import { AsyncLocalStorage } from "node:async_hooks";
import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Log } from "../log.js";

/** A segment of a path that may be a handle, and not a name of ours. */
const HANDLE = /^(?=.*\d)[\w-]{12,}$|^[\w-]{20,}$/;

/** The path of a request for the log: without its query, and with no handle in it. */
function pathForLog(url: string | undefined): string {
  const path = (url ?? "/").split("?", 1)[0] ?? "/";
  const parts = path.slice(0, 300).split("/");
  // Our own names of the well-known documents are long.
  return parts.map((part) => (HANDLE.test(part) && !/^o(auth|penid)-[a-z-]+$/.test(part) ? ":id" : part)).join("/");
}

/** The requests that run, each with a name of its own, which its log records and pages tell. */
export class RunningRequests {
  readonly #ids = new WeakMap<IncomingMessage, string>();
  readonly #running = new AsyncLocalStorage<string>();

  /** The name of a request. */
  idOf(incoming: IncomingMessage): string {
    const known = this.#ids.get(incoming);
    if (known !== undefined) return known;
    const id = randomUUID();
    this.#ids.set(incoming, id);
    return id;
  }

  /** The name of the request in which the caller runs; undefined outside of all. */
  get runningId(): string | undefined {
    return this.#running.getStore();
  }

  /** Answers a request. The answer names it, and the log says how it ended. */
  run(request: IncomingMessage, response: ServerResponse, log: Log, answer: () => void): void {
    const id = this.idOf(request);
    const startedAtMs = performance.now();
    response.setHeader("x-request-id", id);
    this.#running.run(id, () => {
      response.once("close", () => {
        log.info("request", {
          method: request.method,
          path: pathForLog(request.url),
          // Whoever asked has gone before there was an answer.
          status: response.headersSent ? response.statusCode : 499,
          ms: Math.round(performance.now() - startedAtMs),
        });
      });
      answer();
    });
  }
}

import type { SandboxReply } from "./route.js";
import { pathMatches } from "./router.js";

/**
 * A fault of the org.
 *
 * Faults of the first kind replace the org's answer. The operation does not run, unless `performed` says that it ran
 * and only its answer was lost. Faults of the second kind spoil the answer of an operation that ran.
 */
export type Fault =
  | ((
      | {
          /** A status of its own. Without `json` and `text` the answer has no body. */
          status: number;
          headers?: Record<string, string>;
          json?: unknown;
          text?: string;
        }
      /** The connection is cut before the first byte of the answer. */
      | { fault: "reset" }
      /** The request gets no answer, and the connection stays open. */
      | { fault: "hang" }
      /** Status 200 and a web page, as from a captive portal. */
      | { fault: "html" }
      /** Okta's refusal of an operation whose feature the org does not have: 401 with E0000015, by its document. */
      | { fault: "feature-off" }
      /** Status 200 and no body at all. */
      | { fault: "empty" }
      /** Status 200 and one JSON object of about `bytes`. */
      | { fault: "huge"; bytes: number }
      /** Status 302 to `location`. */
      | { fault: "redirect"; location: string }
    ) & { performed?: boolean })
  /** The body of the answer ends in the middle, and the connection is cut. */
  | { fault: "reset-body" }
  /** Half of the answer's body, declared as the whole. */
  | { fault: "truncate" }
  /** The body of the answer is no JSON, though its type says so. */
  | { fault: "malformed" }
  /** The answer has this `contentType`. */
  | { fault: "content-type"; contentType: string }
  /** The body of the answer comes in pieces of `bytes` (default 1), one every `intervalMs`. */
  | { fault: "slow-drip"; intervalMs: number; bytes?: number }
  /** The answer comes `delayMs` later. */
  | { fault: "delay"; delayMs: number }
  /** The test changes the answer itself: another `Link`, a skewed `Date`, one field more. */
  | { rewrite: (reply: SandboxReply) => SandboxReply };

export interface FaultScript {
  /**
   * Applies a fault to the next request that matches, or to the next `times`.
   * @param method an HTTP method, or `*` for any
   * @param path a path whose `{parameters}` and `*` stand for any one segment, or an expression for the path
   */
  next(method: string, path: string | RegExp, fault: Fault & { times?: number }): void;
  /** The fault for this request, if any. It counts as used then. */
  take(method: string, pathname: string): Fault | undefined;
  /** Forgets all faults that have not been used. */
  clear(): void;
}

/** Faults in the order in which they were added. */
export function createFaultScript(): FaultScript {
  let waiting: { method: string; path: string | RegExp; fault: Fault; left: number }[] = [];
  return {
    next(method, path, { times = 1, ...fault }) {
      waiting.push({ method, path, fault, left: times });
    },
    take(method, pathname) {
      const found = waiting.find(
        (entry) =>
          (entry.method === "*" || entry.method === method) &&
          (typeof entry.path === "string" ? pathMatches(entry.path, pathname) : pathname.search(entry.path) !== -1),
      );
      if (found === undefined) return undefined;
      found.left -= 1;
      if (found.left <= 0) waiting = waiting.filter((entry) => entry !== found);
      return found.fault;
    },
    clear() {
      waiting = [];
    },
  };
}

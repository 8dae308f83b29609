import type { SandboxReply } from "./route.js";
import { pathMatches } from "./router.js";

/**
 * One way for the org to misbehave.
 *
 * Those of the first kind stand in for the org's answer: the operation does not run, unless
 * `performed` says that it ran and only its answer was lost. Those of the second kind spoil the
 * answer of an operation that ran.
 */
export type Fault =
  | ((
      | {
          /** An answer of its own. Without `json` and `text` it has no body. */
          status: number;
          headers?: Record<string, string>;
          json?: unknown;
          text?: string;
        }
      /** The connection is cut before a byte is answered. */
      | { fault: "reset" }
      /** Nothing is ever answered; the connection stays open. */
      | { fault: "hang" }
      /** Status 200 and a web page, as a captive portal sends. */
      | { fault: "html" }
      /** Okta's refusal of an operation whose feature the org does not have: 401 with E0000015, as its document says. */
      | { fault: "feature-off" }
      /** Status 200 and no body at all. */
      | { fault: "empty" }
      /** Status 302 to `location`. */
      | { fault: "redirect"; location: string }
    ) & { performed?: boolean })
  /** The answer's body ends in the middle, and the connection is cut. */
  | { fault: "reset-body" }
  /** Half of the answer's body, declared as the whole. */
  | { fault: "truncate" }
  /** The answer's body is no JSON, though it says so. */
  | { fault: "malformed" }
  /** The answer declares itself `contentType`. */
  | { fault: "content-type"; contentType: string }
  /** The answer's body comes in pieces of `bytes` (default 1), one every `intervalMs`. */
  | { fault: "slow-drip"; intervalMs: number; bytes?: number }
  /** The answer comes `delayMs` later. */
  | { fault: "delay"; delayMs: number }
  /** The test changes the answer itself: another `Link`, a skewed `Date`, one field more. */
  | { rewrite: (reply: SandboxReply) => SandboxReply };

export interface FaultScript {
  /**
   * Makes the next request that matches go wrong, or the next `times`.
   * @param method an HTTP method, or `*` for any
   * @param path a path whose `{parameters}` and `*` stand for any one segment, or an expression on the path
   */
  next(method: string, path: string | RegExp, fault: Fault & { times?: number }): void;
  /** The fault that this request meets, if any; counts it as used. */
  take(method: string, pathname: string): Fault | undefined;
  /** Forgets everything that has not happened yet. */
  clear(): void;
}

/** Faults in the order in which they were asked for. */
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

import { setTimeout as delay } from "node:timers/promises";
import { OktaMcpError } from "../errors/index.js";

/** Waits `ms` milliseconds; rejects when the signal aborts. */
export type Sleep = (ms: number, signal?: AbortSignal) => Promise<void>;

/** The real thing, for everything but tests. */
export const realSleep: Sleep = (ms, signal) => delay(ms, undefined, { signal });

/** The error of a caller that does not want to wait any longer. */
export function cancelled(what: string): OktaMcpError {
  return new OktaMcpError("cancelled", `${what} was cancelled.`);
}

/**
 * Waits for a promise that others wait for too: an abort ends this wait and nothing else.
 * @throws OktaMcpError cancelled
 */
export async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined, what: string): Promise<T> {
  if (!signal) return promise;
  let stop = () => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(cancelled(what));
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

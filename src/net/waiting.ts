import { setTimeout as delay } from "node:timers/promises";
import { OktaMcpError } from "../errors/index.js";

/**
 * Waits `ms` milliseconds. Rejects when `signal` aborts, whatever the reason; who waits tells the
 * reason from the signal.
 */
export type Sleep = (ms: number, signal?: AbortSignal) => Promise<void>;

/** `Sleep` in real time, for everything but tests. */
export const realSleep: Sleep = (ms, signal) => delay(ms, undefined, signal === undefined ? {} : { signal });

/**
 * The error of a caller that does not want to wait any longer.
 * @param what what was cancelled, as the beginning of a sentence
 * @param when the rest of that sentence
 */
export function cancelled(what: string, when?: string): OktaMcpError {
  return new OktaMcpError("cancelled", `${what} was cancelled${when === undefined ? "" : ` ${when}`}.`);
}

/**
 * Sleeps `ms` milliseconds.
 * @param what what an abort cancels, and when, as in `cancelled`
 * @throws OktaMcpError cancelled
 */
export async function pause(
  ms: number,
  { sleep, signal }: { sleep: Sleep; signal: AbortSignal | undefined },
  ...what: Parameters<typeof cancelled>
): Promise<void> {
  try {
    await sleep(ms, signal);
  } catch (error) {
    if (!signal?.aborted) throw error;
  }
  if (signal?.aborted) throw cancelled(...what);
}

/**
 * Waits for a promise that others wait for too: an abort ends this wait and nothing else.
 * @param what what an abort cancels, and when, as in `cancelled`
 * @throws OktaMcpError cancelled
 */
export async function untilAborted<T>(
  promise: Promise<T>,
  signal: AbortSignal | undefined,
  ...what: Parameters<typeof cancelled>
): Promise<T> {
  if (!signal) return promise;
  let stop = () => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(cancelled(...what));
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

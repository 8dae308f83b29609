/** Thrown by `withinTime` when the time is over. */
export class TimeIsUp extends Error {
  constructor() {
    super("The time limit has passed.");
    this.name = "TimeIsUp";
  }
}

/**
 * Runs an exchange that has an end in time, whatever the other side and the HTTP client do: who waits is told by the
 * clock itself, and not by the client once it has noticed that it was stopped.
 * @param run gets a signal that aborts when the time is over or the caller's signal aborts; it does not run at all
 * where the caller's signal has aborted already
 * @throws TimeIsUp when the time is over; the reason of the caller's signal when that aborts; else what `run` rejects with
 */
export async function withinTime<T>(
  { timeLimitMs, signal }: { timeLimitMs: number; signal: AbortSignal | undefined },
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const exchange = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let onAbort = (): void => {};
  const ended = new Promise<never>((_, reject) => {
    const end = (reason: unknown) => {
      reject(reason);
      exchange.abort();
    };
    timer = setTimeout(() => end(new TimeIsUp()), timeLimitMs);
    onAbort = () => end(signal?.reason);
    signal?.addEventListener("abort", onAbort, { once: true });
  });
  try {
    return await Promise.race([ended, run(exchange.signal)]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}

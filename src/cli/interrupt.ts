/**
 * Runs an action that Ctrl-C or SIGTERM asks to stop, through its signal; a second Ctrl-C ends the
 * process the usual way.
 */
export async function interruptible<T>(action: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = () => controller.abort();
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const name of signals) process.once(name, stop);
  try {
    return await action(controller.signal);
  } finally {
    for (const name of signals) process.off(name, stop);
  }
}

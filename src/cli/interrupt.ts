import { constants } from "node:os";
import { allWritten } from "./exit.js";
import type { Io, Stop } from "./io.js";

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** The signals that end a command which runs until it is stopped. A closed terminal sends one of them. */
export const ENDING_SIGNALS = [...SIGNALS, "SIGHUP"] as const;

/**
 * Runs an action that Ctrl-C or SIGTERM can stop through its abort signal. A second Ctrl-C ends the process the usual
 * way. `io.stoppedBy` keeps the reason.
 */
export async function interruptible<T>(io: Io, action: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = (signal: Stop["signal"]) => {
    io.stoppedBy = { signal, asKey: false };
    controller.abort();
  };
  for (const name of SIGNALS) process.once(name, stop);
  try {
    return await action(controller.signal);
  } finally {
    for (const name of SIGNALS) process.off(name, stop);
  }
}

/** The exit code with which shells report a signal: 130 for SIGINT, 143 for SIGTERM. */
export function exitCodeOf({ signal }: Stop): number {
  return 128 + constants.signals[signal];
}

/**
 * Ends the process by the signal that stopped its command. Shells expect this: Ctrl-C in a loop then ends the loop, and
 * a command that failed does not. Ctrl-C as a key becomes the signal that the terminal would have sent to the group of
 * processes. All output is written first.
 */
export async function dieOf(stop: Stop): Promise<void> {
  const { signal, asKey } = stop;
  process.exitCode = exitCodeOf(stop);
  if (process.platform === "win32") return;
  await allWritten();
  process.removeAllListeners(signal);
  process.kill(asKey ? 0 : process.pid, signal);
}

import { constants } from "node:os";
import { allWritten } from "./exit.js";
import type { Io, Stop } from "./io.js";

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** What ends a command that runs until somebody asks for its end: also that the terminal is closed. */
export const ENDING_SIGNALS = [...SIGNALS, "SIGHUP"] as const;

/**
 * Runs an action that Ctrl-C or SIGTERM asks to stop, through its signal; a second Ctrl-C ends the
 * process the usual way. What asked is noted in `io.stoppedBy`.
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

/** The exit code by which shells tell of a signal: 130 for SIGINT, 143 for SIGTERM. */
export function exitCodeOf({ signal }: Stop): number {
  return 128 + constants.signals[signal];
}

/**
 * Ends the process by the signal that stopped its command, as shells have it: a loop ends with the command that
 * Ctrl-C ended in it, and goes on after one that merely failed. A key becomes the signal that the terminal would have
 * sent to the whole group of processes. What was written is let out first.
 */
export async function dieOf(stop: Stop): Promise<void> {
  const { signal, asKey } = stop;
  process.exitCode = exitCodeOf(stop);
  if (process.platform === "win32") return;
  await allWritten();
  process.removeAllListeners(signal);
  process.kill(asKey ? 0 : process.pid, signal);
}

import { format } from "node:util";
import type { Log, LogLevel } from "../../log.js";

/** The methods of the console that libraries use, and the level of each in the log. */
const LEVELS: Readonly<Record<"debug" | "log" | "info" | "warn" | "error", LogLevel>> = {
  debug: "debug",
  log: "info",
  info: "info",
  warn: "warn",
  error: "error",
};

/** The console, as far as libraries write to it. */
export type WritableConsole = Record<keyof typeof LEVELS, (...parts: unknown[]) => void>;

/**
 * Has the log take what libraries write to the console, e.g. that a version of Node.js is old. Nothing of it is lost, and
 * every line of the server has the form of the log.
 * @returns the way back
 */
export function consoleToLog(log: Log, target: WritableConsole = console): () => void {
  const methods = Object.keys(LEVELS) as (keyof typeof LEVELS)[];
  const before = methods.map((method) => [method, target[method]] as const);
  for (const method of methods) {
    target[method] = (...parts) => log[LEVELS[method]]("a library reports", { text: format(...parts) });
  }
  return () => {
    for (const [method, original] of before) target[method] = original;
  };
}

import { createInterface, type Interface } from "node:readline/promises";
import { visible } from "../text/quote.js";
import type { Io } from "./io.js";

/** Opens the terminal for answers. `left` is aborted once the person leaves without one (Ctrl-C, Ctrl-D). */
export function openLines(io: Io): { lines: Interface; left: AbortController } {
  const lines = createInterface({ input: io.stdin, output: io.stderr });
  const left = new AbortController();
  lines.once("close", () => left.abort());
  lines.once("SIGINT", () => {
    io.stoppedBy = { signal: "SIGINT", asKey: true };
    left.abort();
  });
  return { lines, left };
}

/**
 * Asks a yes-or-no question on the terminal; anything but yes is no.
 * @returns undefined when the person left without an answer (Ctrl-C, Ctrl-D)
 */
export async function askYesNo(io: Io, question: string, signal: AbortSignal): Promise<boolean | undefined> {
  const { lines, left } = openLines(io);
  try {
    const answer = await lines.question(`${question} ${io.style("dim", "[y/N]")} `, {
      signal: AbortSignal.any([left.signal, signal]),
    });
    return /^(?:y|yes)$/i.test(answer.trim());
  } catch {
    io.note();
    return undefined;
  } finally {
    lines.close();
  }
}

/** A sign on stderr that work goes on. */
export interface Activity {
  /** Tells the present step. */
  say(message: string): void;
  /** Ends it, and leaves nothing behind on a terminal. */
  stop(): void;
}

/** Shows a spinner on a terminal. Elsewhere each new message is a line of its own, or nothing with `quiet`. */
export async function startActivity(io: Io, message: string, options: { quiet?: boolean } = {}): Promise<Activity> {
  if (io.stderr.isTTY !== true) {
    const say = (text: string) => {
      if (!options.quiet) io.note(text);
    };
    say(message);
    return { say, stop: () => {} };
  }
  const { default: spinner } = await import("yocto-spinner");
  // The spinner writes to the terminal itself.
  const running = spinner({ text: visible(message), stream: io.stderr, handleSignals: false }).start();
  return {
    say: (text) => {
      running.text = visible(text);
    },
    stop: () => void running.stop(),
  };
}

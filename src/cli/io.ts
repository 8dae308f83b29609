import { styleText } from "node:util";
import type { Stop } from "./interrupt.js";
import { wrap } from "./words.js";

type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

/** The terminal around a command: where it reads, where results go, where a person is spoken to. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: NodeJS.ReadStream;
  /** For results only. */
  readonly stdout: NodeJS.WriteStream;
  /** For everything that is said to a person. */
  readonly stderr: NodeJS.WriteStream;
  /** True where a person can be asked: a terminal to read from and one to be shown the question. */
  readonly interactive: boolean;
  /** What stopped the command, if anything did. */
  stoppedBy?: Stop;
  /** One result, or a part of it, to stdout. */
  out(text: string): void;
  /** A line to stderr, broken between words where the terminal is narrow. */
  note(text?: string): void;
  /** A line to stderr as it is, for what is there to be copied. */
  copyable(text: string): void;
  /** The text in a style, where the stream it is for (stderr when not told) shows styles. */
  style(style: Style | Style[], text: string, stream?: NodeJS.WriteStream): string;
}

/**
 * Whether to colour what goes to a stream: `NO_COLOR` (no-color.org) forbids it, `FORCE_COLOR`
 * demands it, otherwise the stream has to be a terminal.
 */
export function wantsColor(stream: { isTTY?: boolean }, env: Io["env"]): boolean {
  if (env.NO_COLOR || env.FORCE_COLOR === "0" || env.FORCE_COLOR === "false") return false;
  return env.FORCE_COLOR !== undefined || (stream.isTTY === true && env.TERM !== "dumb");
}

/** The terminal of a process. */
export function createIo(owner: Pick<NodeJS.Process, "stdin" | "stdout" | "stderr" | "env">): Io {
  const { stdin, stdout, stderr, env } = owner;
  return {
    env,
    stdin,
    stdout,
    stderr,
    interactive: stdin.isTTY === true && stderr.isTTY === true,
    out: (text) => void stdout.write(`${text}\n`),
    note: (text = "") => void stderr.write(`${stderr.isTTY ? wrap(text, columnsOf(stderr)) : text}\n`),
    copyable: (text) => void stderr.write(`${text}\n`),
    style: (style, text, stream = stderr) =>
      wantsColor(stream, env) ? styleText(style, text, { validateStream: false }) : text,
  };
}

/** Columns of a stream; 80 where it does not tell. */
export function columnsOf(stream: { columns?: number }): number {
  return stream.columns && stream.columns > 0 ? stream.columns : 80;
}

import { inspect, styleText } from "node:util";
import { INVISIBLE, writtenOut } from "../text/quote.js";
import { wrap } from "./words.js";

const STYLES = ["bold", "dim", "red", "green", "yellow", "cyan"] as const;

type Style = (typeof STYLES)[number];

/** The sequences that `style` makes, and every character that steers a terminal or hides something. */
const STYLE_OR_INVISIBLE = new RegExp(
  `\\u001b\\[(?:${[...new Set(STYLES.flatMap((style) => inspect.colors[style] ?? []))].join("|")})m|${INVISIBLE.source}`,
  "gu",
);

/**
 * A text as a terminal may get it: of what steers it or hides something nothing is left but line breaks and, where
 * there are styles, our own. Whatever a command says goes through here, so that no text from outside that somebody
 * forgot to escape reaches a terminal raw; it could still pass for words of ours, which `visible` and `quoteOkta` prevent.
 */
export function forTerminal(text: string, hasStyles: boolean): string {
  return text.replace(STYLE_OR_INVISIBLE, (found) => {
    if (found === "\n" || (hasStyles && found.startsWith("\u001b["))) return found;
    const [first = "", ...rest] = found;
    return writtenOut(first) + rest.join("");
  });
}

/** With what a person or the system asks a command to stop. */
export interface Stop {
  signal: "SIGINT" | "SIGTERM";
  /** While a line is edited, the terminal hands Ctrl-C over as a key, and sends no signal to anybody. */
  asKey: boolean;
}

/**
 * The terminal around a command: where it reads, where results go, where a person is spoken to. What is written goes
 * through `out`, `note`, `copyable` and `write`, never to the streams themselves.
 */
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
  /** A line to stderr that is not broken, for what is there to be copied. */
  copyable(text: string): void;
  /** A text of any number of lines to one of the streams. */
  write(stream: "stdout" | "stderr", text: string): void;
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
  const write: Io["write"] = (name, text) => {
    const stream = name === "stdout" ? stdout : stderr;
    stream.write(forTerminal(text, wantsColor(stream, env)));
  };
  return {
    env,
    stdin,
    stdout,
    stderr,
    interactive: stdin.isTTY === true && stderr.isTTY === true,
    out: (text) => write("stdout", `${text}\n`),
    note: (text = "") => write("stderr", `${stderr.isTTY ? wrap(text, columnsOf(stderr)) : text}\n`),
    copyable: (text) => write("stderr", `${text}\n`),
    write,
    style: (style, text, stream = stderr) =>
      wantsColor(stream, env) ? styleText(style, text, { validateStream: false }) : text,
  };
}

/** Columns of a stream; 80 where it does not tell. */
export function columnsOf(stream: { columns?: number }): number {
  return stream.columns && stream.columns > 0 ? stream.columns : 80;
}

import { inspect, styleText } from "node:util";
import { INVISIBLE, writtenOut } from "../text/quote.js";
import { wrap } from "./words.js";

const STYLES = ["bold", "dim", "red", "green", "yellow", "cyan"] as const;

type Style = (typeof STYLES)[number];

/** The sequences that `style` makes, and every character that steers a terminal or is invisible. */
const STYLE_OR_INVISIBLE = new RegExp(
  `\\u001b\\[(?:${[...new Set(STYLES.flatMap((style) => inspect.colors[style] ?? []))].join("|")})m|${INVISIBLE.source}`,
  "gu",
);

/**
 * A text that is safe for a terminal. Characters that steer the terminal or are invisible are written out, except for
 * line breaks and, where there are styles, our own. All output of a command goes through here, so that text from
 * outside never reaches a terminal raw. Such a text could still imitate our own words; `visible` and `quoteOkta`
 * prevent that.
 */
export function forTerminal(text: string, hasStyles: boolean): string {
  return text.replace(STYLE_OR_INVISIBLE, (found) => {
    if (found === "\n" || (hasStyles && found.startsWith("\u001b["))) return found;
    const [first = "", ...rest] = found;
    return writtenOut(first) + rest.join("");
  });
}

/** The signal with which a person or the system stops a command. */
export interface Stop {
  signal: "SIGINT" | "SIGTERM";
  /**
   * True where the signal was a key. While a line is edited, the terminal hands over Ctrl-C as a key and sends no
   * signal.
   */
  asKey: boolean;
}

/**
 * The terminal of a command: input, results, and messages to a person. Output goes through `out`, `note`, `copyable`
 * and `write`, never to the streams themselves.
 */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: NodeJS.ReadStream;
  /** For results only. */
  readonly stdout: NodeJS.WriteStream;
  /** For all messages to a person. */
  readonly stderr: NodeJS.WriteStream;
  /** True where a person can be asked: there is a terminal to read from and one to show the question. */
  readonly interactive: boolean;
  /** The signal that stopped the command, if one did. */
  stoppedBy?: Stop;
  /** Writes a result, or a part of it, to stdout. */
  out(text: string): void;
  /** Writes a line to stderr. It is broken between words where the terminal is narrow. */
  note(text?: string): void;
  /** Writes a line to stderr that a person copies, and that is therefore not broken. */
  copyable(text: string): void;
  /** Writes a text of any number of lines to one of the streams. */
  write(stream: "stdout" | "stderr", text: string): void;
  /** The text in a style, where the stream shows styles; stderr by default. */
  style(style: Style | Style[], text: string, stream?: NodeJS.WriteStream): string;
}

/**
 * True where a stream gets colours: `NO_COLOR` (no-color.org) forbids them, `FORCE_COLOR` demands them, otherwise the
 * stream has to be a terminal.
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

/** The number of columns of a stream; 80 where it does not tell. */
export function columnsOf(stream: { columns?: number }): number {
  return stream.columns && stream.columns > 0 ? stream.columns : 80;
}

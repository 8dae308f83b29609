import { closeSync, openSync, writeSync } from "node:fs";
import { OktaMcpError } from "./errors/index.js";
import { visible } from "./errors/quote.js";
import { isSecretName, REDACTED, redact } from "./redact.js";

/** From what always matters to what only a developer wants to see. */
export const LOG_LEVELS = ["error", "warn", "info", "debug", "trace"] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

/** Facts that go with a message. Secrets among them are recognised by name and by look and left out. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Writes one line per record, to stderr or to a file, never to stdout. No method ever throws. */
export type Log = Record<LogLevel, (message: string, fields?: LogFields) => void> & {
  /** Closes the log file; records after that are dropped. */
  close(): void;
};

export interface LogOptions {
  level: LogLevel;
  /** Appended to; created with mode 0600. */
  file?: string | undefined;
  stderr?: Pick<NodeJS.WritableStream, "write">;
  /** Epoch milliseconds. */
  now?: () => number;
}

/** Longest record, in characters; a stray response body must not fill a disk. */
const MAX_RECORD_CHARS = 8_000;
/** Longest text that is searched for secrets. */
const MAX_SEARCHED_CHARS = 64_000;
const MAX_DEPTH = 6;

/**
 * A log that writes the levels up to `level`.
 * @throws OktaMcpError bad_config when the file cannot be opened
 */
export function createLog({ level, file, stderr = process.stderr, now = Date.now }: LogOptions): Log {
  const sink = file === undefined ? streamSink(stderr) : fileSink(file);
  const threshold = LOG_LEVELS.indexOf(level);
  const writer =
    (recordLevel: LogLevel) =>
    (message: string, fields?: LogFields): void => {
      if (LOG_LEVELS.indexOf(recordLevel) > threshold) return;
      try {
        sink.write(`${formatRecord(new Date(now()), recordLevel, message, fields, threshold)}\n`);
      } catch {
        // A log that fails must not take the call down with it.
      }
    };
  return {
    error: writer("error"),
    warn: writer("warn"),
    info: writer("info"),
    debug: writer("debug"),
    trace: writer("trace"),
    close: sink.close,
  };
}

/** A log that drops everything. */
export function silentLog(): Log {
  return createLog({ level: "error", stderr: { write: () => true } });
}

interface Sink {
  write(line: string): void;
  close(): void;
}

function streamSink(stream: Pick<NodeJS.WritableStream, "write">): Sink {
  return {
    write: (line) => {
      stream.write(line);
    },
    close: () => {},
  };
}

function fileSink(file: string): Sink {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, "a", 0o600);
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? "unknown error";
    throw new OktaMcpError("bad_config", `The log file ${visible(file)} (OKTA_LOG_FILE) cannot be opened: ${reason}.`, {
      fix: "Choose a file in an existing folder that this user may write to, or leave OKTA_LOG_FILE out to log to stderr.",
      cause,
    });
  }
  return {
    write: (line) => {
      if (descriptor !== undefined) writeSync(descriptor, line);
    },
    close: () => {
      if (descriptor !== undefined) closeSync(descriptor);
      descriptor = undefined;
    },
  };
}

function formatRecord(time: Date, level: LogLevel, message: string, fields: LogFields | undefined, threshold: number) {
  const pairs = Object.entries(fields ?? {}).map(([name, value]) => {
    const plain = isSecretName(name) && typeof value !== "number" ? REDACTED : toPlain(value, 0, threshold);
    return `${name}=${typeof plain === "string" && /^[\w./:@+-]+$/.test(plain) ? plain : JSON.stringify(plain)}`;
  });
  const text = [message, ...pairs].join(" ");
  const line = visible(redact(text.slice(0, MAX_SEARCHED_CHARS)));
  const shown = line.length > MAX_RECORD_CHARS ? `${line.slice(0, MAX_RECORD_CHARS)}… (cut)` : line;
  return `${time.toISOString()} ${level.padEnd(5)} ${shown}`;
}

/** A value that JSON can carry, without secrets, cycles, functions or endless depth. */
function toPlain(value: unknown, depth: number, threshold: number): unknown {
  if (value === undefined || value === null || typeof value === "boolean" || typeof value === "number") return value;
  if (typeof value === "string") return redact(value.slice(0, MAX_SEARCHED_CHARS));
  if (typeof value !== "object") return String(value);
  if (value instanceof Error) return describeError(value, threshold);
  if (value instanceof URL) return redact(value.href);
  if (value instanceof Date) return value.toISOString();
  if (depth >= MAX_DEPTH) return "…";
  if (Array.isArray(value)) return value.map((item) => toPlain(item, depth + 1, threshold));
  if (value instanceof Set) return toPlain([...value], depth, threshold);
  const entries = value instanceof Headers || value instanceof Map ? [...value.entries()] : Object.entries(value);
  return Object.fromEntries(
    entries.map(([name, inner]) => [
      String(name),
      isSecretName(String(name)) ? REDACTED : toPlain(inner, depth + 1, threshold),
    ]),
  );
}

/** An error and its causes in a line; with the stack where a developer is listening. */
function describeError(error: Error, threshold: number): string {
  const own = error instanceof OktaMcpError ? `${error.code}: ${error.message}` : `${error.name}: ${error.message}`;
  const stack =
    threshold >= LOG_LEVELS.indexOf("debug") && !(error instanceof OktaMcpError) ? ` at ${error.stack ?? "?"}` : "";
  const cause = error.cause instanceof Error ? ` (because ${describeError(error.cause, threshold)})` : "";
  return redact(`${own}${stack}${cause}`);
}

import { closeSync, constants, fstatSync, openSync, writeSync } from "node:fs";
import { OktaMcpError } from "./errors/index.js";
import { isExactNumber } from "./json/exact-json.js";
import { visible } from "./text/quote.js";
import { REDACTED, redact } from "./text/redact.js";
import { isUnlogged } from "./text/secrets.js";

/** The levels, from the most important to the most detailed. */
export const LOG_LEVELS = ["error", "warn", "info", "debug", "trace"] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

/** Facts of a record. Secrets among them are recognised by name and by look and left out. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Writes one line per record, to stderr or to a file, never to stdout. No method ever throws. */
export type Log = Record<LogLevel, (message: string, fields?: LogFields) => void> & {
  /** Closes the log file; records after that are dropped. */
  close(): void;
};

export interface LogOptions {
  level: LogLevel;
  /** The file to append to. It is created with mode 0600. */
  file?: string | undefined;
  /** True for a field at a path that is left out besides secrets. */
  hides?: (path: readonly string[]) => boolean;
  stderr?: Pick<NodeJS.WritableStream, "write">;
  /** Epoch milliseconds. */
  now?: () => number;
}

/** Longest record, in characters. A response body in it must not fill a disk. */
export const MAX_RECORD_CHARS = 8_000;
/** Longest text that is searched for secrets. */
const MAX_SEARCHED_CHARS = 64_000;
const MAX_DEPTH = 6;

/**
 * A log that writes the levels up to `level`.
 * @throws OktaMcpError bad_config when the file cannot be opened
 */
export function createLog({
  level,
  file,
  hides = () => false,
  stderr = process.stderr,
  now = Date.now,
}: LogOptions): Log {
  const sink = file === undefined ? streamSink(stderr) : fileSink(file);
  const threshold = LOG_LEVELS.indexOf(level);
  const format: Format = { threshold, hides };
  const write = (recordLevel: LogLevel, message: string, fields: LogFields | undefined) =>
    sink.write(`${formatRecord(new Date(now()), recordLevel, message, fields, format)}\n`);
  return { ...logMethods(() => threshold, write), close: sink.close };
}

/**
 * The methods of a log, one for each level. None of them ever throws, since a log that fails must not fail the call.
 * @param threshold the place of the last level that is written, in `LOG_LEVELS`
 */
export function logMethods(
  threshold: () => number,
  write: (level: LogLevel, message: string, fields: LogFields | undefined) => void,
): Record<LogLevel, (message: string, fields?: LogFields) => void> {
  const writer =
    (level: LogLevel) =>
    (message: string, fields?: LogFields): void => {
      if (LOG_LEVELS.indexOf(level) > threshold()) return;
      try {
        write(level, message, fields);
      } catch {
        // Nobody is there to be told.
      }
    };
  return {
    error: writer("error"),
    warn: writer("warn"),
    info: writer("info"),
    debug: writer("debug"),
    trace: writer("trace"),
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

/** Opens a regular file, made with mode 0600 where there is none. A pipe that nobody reads does not block it. */
function openForAppending(file: string): number {
  // Windows has neither this flag nor pipes among files.
  const nonBlocking = process.platform === "win32" ? 0 : constants.O_NONBLOCK;
  const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | nonBlocking;
  const descriptor = openSync(file, flags, 0o600);
  if (fstatSync(descriptor).isFile()) return descriptor;
  closeSync(descriptor);
  throw new Error("it is no regular file");
}

function fileSink(file: string): Sink {
  let descriptor: number | undefined;
  try {
    descriptor = openForAppending(file);
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? (cause as Error).message;
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

/** The settings that all records of a log share. */
export interface Format {
  threshold: number;
  /** True for a field that is hidden besides secrets. */
  hides(path: readonly string[]): boolean;
}

/** The fields of a record as JSON can carry them, without secrets. Every log of the project writes them in this form. */
export function plainFields(fields: LogFields | undefined, format: Format): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields ?? {}).map(([name, value]) => {
      // A number, such as `tokens=3`, is no secret.
      const secret = (isUnlogged(name) && typeof value !== "number") || format.hides([name]);
      return [name, secret ? REDACTED : toPlain(value, [name], 0, format)];
    }),
  );
}

function formatRecord(
  time: Date,
  level: LogLevel,
  message: string,
  fields: LogFields | undefined,
  format: Format,
): string {
  const pairs = Object.entries(plainFields(fields, format)).map(
    ([name, plain]) =>
      `${name}=${typeof plain === "string" && /^[\w./:@+-]+$/.test(plain) ? plain : JSON.stringify(plain)}`,
  );
  const text = [message, ...pairs].join(" ");
  const line = visible(redact(text.slice(0, MAX_SEARCHED_CHARS)));
  const shown = line.length > MAX_RECORD_CHARS ? `${line.slice(0, MAX_RECORD_CHARS)}… (cut)` : line;
  return `${time.toISOString()} ${level.padEnd(5)} ${shown}`;
}

/** A value that JSON can carry, without secrets, cycles, functions or endless depth. */
function toPlain(value: unknown, path: readonly string[], depth: number, format: Format): unknown {
  if (value === undefined || value === null || typeof value === "boolean" || typeof value === "number") return value;
  if (typeof value === "string") return redact(value.slice(0, MAX_SEARCHED_CHARS));
  if (typeof value !== "object" || isExactNumber(value)) return String(value);
  if (value instanceof Error) return describeError(value, format.threshold);
  if (value instanceof URL) return redact(value.href);
  if (value instanceof Date) return value.toISOString();
  if (depth >= MAX_DEPTH) return "…";
  if (Array.isArray(value)) return value.map((item) => toPlain(item, path, depth + 1, format));
  if (value instanceof Set) return toPlain([...value], path, depth, format);
  const entries = value instanceof Headers || value instanceof Map ? [...value.entries()] : Object.entries(value);
  return Object.fromEntries(
    entries.map(([key, inner]) => {
      const name = String(key);
      const here = [...path, name];
      return [name, isUnlogged(name) || format.hides(here) ? REDACTED : toPlain(inner, here, depth + 1, format)];
    }),
  );
}

/** An error and its causes in one line. The detailed levels add the stack. */
function describeError(error: Error, threshold: number): string {
  const own = error instanceof OktaMcpError ? `${error.code}: ${error.message}` : `${error.name}: ${error.message}`;
  const stack =
    threshold >= LOG_LEVELS.indexOf("debug") && !(error instanceof OktaMcpError) ? ` at ${error.stack ?? "?"}` : "";
  const cause = error.cause instanceof Error ? ` (because ${describeError(error.cause, threshold)})` : "";
  return redact(`${own}${stack}${cause}`);
}

import { Writable } from "node:stream";
import { visible } from "../text/quote.js";
import { redact } from "../text/redact.js";

/** The time that open connections and files get to close by themselves, in milliseconds. */
const GRACE_MS = 500;

/** Codes of a write to a pipe or a socket that nobody reads any more. */
const READER_LEFT: ReadonlySet<string> = new Set(["EPIPE", "ECONNRESET", "EOF"]);

/**
 * Resolves when all that was given to a stream is written, however slowly the reader is, or can no longer be written.
 * Never rejects: an error is the stream's "error" event.
 */
export function written(stream: Writable): Promise<void> {
  if (stream.writableLength === 0 || stream.destroyed || stream.errored) return Promise.resolve();
  // The stream's own `write` may have been replaced. An empty text is written after everything else.
  return new Promise((resolve) => void Writable.prototype.write.call(stream, "", "utf8", () => resolve()));
}

/** Resolves when all output of this process is written, as `written` says. */
export async function allWritten(): Promise<void> {
  await Promise.all([written(process.stdout), written(process.stderr)]);
}

/**
 * The time that a running file operation gets to end by itself, in milliseconds. Without it a record could be cut
 * short.
 */
const FILE_GRACE_MS = 5_000;
const LOOK_EVERY_MS = 50;

/**
 * Ends the process with a code after a short grace, even if something is still open or unwritten. A file operation gets
 * longer. One that never ends, as on a network that is gone, would keep the exit waiting; then the process kills
 * itself.
 */
export function endSoon(exitCode: number): void {
  const killAtMs = performance.now() + GRACE_MS + FILE_GRACE_MS;
  const end = (): void => {
    const isFileBusy = process.getActiveResourcesInfo().some((name) => name.startsWith("FSReq"));
    if (!isFileBusy) process.exit(exitCode);
    if (performance.now() >= killAtMs) process.kill(process.pid, "SIGKILL");
    setTimeout(end, LOOK_EVERY_MS).unref();
  };
  // None of these timers keeps the process alive. They only fire where something else does.
  setTimeout(end, GRACE_MS).unref();
}

/**
 * Ends the process with a code once all its output is written. It waits a short grace at most for what is open, but
 * without a limit for a slow reader (a pager, a busy script): a success must not lose the rest of a result.
 */
export async function endProcess(exitCode: number): Promise<void> {
  process.exitCode = exitCode;
  process.stdin.destroy();
  await allWritten();
  endSoon(exitCode);
}

/**
 * Handles errors that nobody caught. They end the process with one line on stderr and no stack, since a stack's message
 * can hold anything. A reader of our output who has left is no error. A result that cannot be written is one, since a
 * caller who reads the exit code must not take half a result for the whole.
 */
export function guardProcess(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (stream === process.stderr) return;
      if (READER_LEFT.has(error.code ?? "")) {
        void endProcess(0);
        return;
      }
      process.stderr.write(`okta-mcp: stdout cannot be written to: ${visible(error.code ?? "no reason given")}\n`);
      process.exit(1);
    });
  }
  // A file that reaches a user's size limit fails its writer, as a full disk does. Without this listener, the library
  // that locks files would end the process at this signal.
  process.on("SIGXFSZ", () => {});
  process.on("uncaughtException", (error: unknown) => {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    try {
      process.stderr.write(`okta-mcp: unexpected error: ${visible(redact(text)).slice(0, 500)}\n`);
    } finally {
      process.exit(1);
    }
  });
}

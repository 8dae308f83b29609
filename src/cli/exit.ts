import { Writable } from "node:stream";
import { visible } from "../text/quote.js";
import { redact } from "../text/redact.js";

/** How long what is still open may take to close by itself before the process ends anyway. */
const GRACE_MS = 500;

/** What a write to a pipe or a socket fails with when nobody is at its other end. */
const READER_LEFT: ReadonlySet<string> = new Set(["EPIPE", "ECONNRESET", "EOF"]);

/**
 * Resolves when all that was given to a stream is written, however slowly its reader takes it, or can
 * no longer be. Never rejects: what fails is the stream's "error".
 */
export function written(stream: Writable): Promise<void> {
  if (stream.writableLength === 0 || stream.destroyed || stream.errored) return Promise.resolve();
  // Its own `write` may have been given away; what is written last is nothing, and comes after all else.
  return new Promise((resolve) => void Writable.prototype.write.call(stream, "", "utf8", () => resolve()));
}

/** Resolves when all that this process has put out is written, as `written` has it. */
export async function allWritten(): Promise<void> {
  await Promise.all([written(process.stdout), written(process.stderr)]);
}

/** How long a file operation that is on its way may take to end by itself, so that no record is cut short. */
const FILE_GRACE_MS = 5_000;
const LOOK_EVERY_MS = 50;

/**
 * Ends the process with a code after a short grace, whatever is still open or to be written. A file
 * operation gets longer; one that never ends, as on a network that is gone, would keep an exit waiting
 * for it, so the process then kills itself.
 */
export function endSoon(exitCode: number): void {
  const killAtMs = performance.now() + GRACE_MS + FILE_GRACE_MS;
  const end = (): void => {
    const isFileBusy = process.getActiveResourcesInfo().some((name) => name.startsWith("FSReq"));
    if (!isFileBusy) process.exit(exitCode);
    if (performance.now() >= killAtMs) process.kill(process.pid, "SIGKILL");
    setTimeout(end, LOOK_EVERY_MS).unref();
  };
  // None of these timers keeps the process alive: they only fire where something else does.
  setTimeout(end, GRACE_MS).unref();
}

/**
 * Ends the process with a code, once all its output is written, as soon as nothing is open any more
 * and at the latest after a short grace. A reader may take its time (a pager, a busy script): the
 * rest of a result must not be lost to an exit code of success.
 */
export async function endProcess(exitCode: number): Promise<void> {
  process.exitCode = exitCode;
  process.stdin.destroy();
  await allWritten();
  endSoon(exitCode);
}

/**
 * What nobody caught ends the process with one line on stderr and no stack, since a stack's message
 * can hold anything. A reader of our output who has left is no error at all, but a result that finds
 * no room is: who reads the exit code must not take half of it for the whole.
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
  // A file that may grow no longer (a limit of the user's) fails its writer as a full disk does. Without
  // a listener, the library that locks files would take this signal for the end of the process.
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

import { ERROR_CODES, type ErrorCode, OktaMcpError, wordsFor } from "../errors/index.js";
import { type RenderedError, renderError, retryInWords } from "../errors/render.js";
import { inertJson } from "../text/inert-json.js";
import { visible } from "../text/quote.js";
import type { Io } from "./io.js";

/**
 * Shows a failed command on stderr: code, what and why, fix, whether to try again. With `json` it is one line of JSON.
 * @returns the exit code
 */
export function showError(io: Io, error: OktaMcpError, { json = false } = {}): number {
  if (json) {
    io.note(inertJson({ error: renderError(error, "terminal") }));
    return error.exitCode;
  }
  const { message, fix } = wordsFor(error, "terminal");
  const [first = "", ...rest] = message.split("\n").map(visible);
  io.note(`${io.style(["red", "bold"], error.code)}: ${first}`);
  for (const line of rest) io.note(line);
  if (rest.length > 0) io.note();
  io.note(`${io.style("dim", "Fix:")} ${visible(fix)}`);
  // A wrong command line or setting does not repair itself, so this line would not help.
  if (error.exitCode === 1) io.note(`${io.style("dim", "Retry:")} ${retryInWords(error)}`);
  return error.exitCode;
}

/** The error in a server's answer as an OktaMcpError; undefined when there is none. */
export function errorFrom(structuredContent: unknown): OktaMcpError | undefined {
  const { error } = (structuredContent ?? {}) as { error?: Partial<RenderedError> };
  if (error?.code === undefined || !Object.hasOwn(ERROR_CODES, error.code)) return undefined;
  return new OktaMcpError(error.code as ErrorCode, error.message ?? "", {
    ...(error.fix === undefined ? {} : { fix: error.fix }),
    ...(error.retry_after_seconds === undefined ? {} : { retryAfterSeconds: error.retry_after_seconds }),
    ...(error.data === undefined ? {} : { data: error.data }),
  });
}

/** An error about wrong use of the command line, with advice. */
export function usageError(message: string, fix: string): OktaMcpError {
  return new OktaMcpError("bad_input", message, { fix });
}

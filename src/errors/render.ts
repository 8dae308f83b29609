import { inertJson } from "../text/inert-json.js";
import { visibleLines } from "../text/quote.js";
import { OktaMcpError, type Reader, wordsFor } from "./index.js";

/** The form of an error in the structured content of a failed call. */
export interface RenderedError {
  code: string;
  message: string;
  fix: string;
  retry: string;
  retry_after_seconds?: number;
  exit_code: number;
  data?: Record<string, unknown>;
}

/**
 * Makes an OktaMcpError of anything that was thrown. An unknown error becomes `bug`. Its own text may hold anything, so
 * only a plausible name of its class is shown; the log has the rest.
 */
export function toOktaMcpError(thrown: unknown, signal?: AbortSignal): OktaMcpError {
  if (thrown instanceof OktaMcpError) return thrown;
  // `throwIfAborted` throws the client's reason for a cancellation, which may be anything.
  const reason = signal?.aborted === true && thrown === signal.reason;
  if (reason || (thrown instanceof Error && thrown.name === "AbortError")) {
    return new OktaMcpError("cancelled", "The call was cancelled.", { cause: thrown });
  }
  const kind = thrown instanceof Error && /^\w{1,40}$/.test(thrown.name) ? thrown.name : typeof thrown;
  return new OktaMcpError("bug", `Something went wrong inside okta-mcp (${kind}).`, { cause: thrown });
}

/** The machine-readable form of an error, in the words for a reader. */
export function renderError(error: OktaMcpError, reader: Reader = "model"): RenderedError {
  const { message, fix } = wordsFor(error, reader);
  return {
    code: error.code,
    message: visibleLines(message),
    fix: visibleLines(fix),
    retry: error.retry,
    ...(error.retryAfterSeconds === undefined ? {} : { retry_after_seconds: error.retryAfterSeconds }),
    exit_code: error.exitCode,
    ...(error.data === undefined ? {} : { data: error.data }),
  };
}

const RETRY_WORDS = {
  "after-fix": "after the fix",
  "after-wait": "after a wait",
  never: "no",
} as const;

/** Whether and when to try again, in words. */
export function retryInWords(error: OktaMcpError): string {
  const wait = error.retryAfterSeconds === undefined ? "" : ` of ${error.retryAfterSeconds} s`;
  return `${RETRY_WORDS[error.retry]}${wait}`;
}

/** The text of an error: what failed, why, what to do, and whether to try again. */
export function errorText(error: OktaMcpError, reader: Reader = "model"): string {
  const { message, fix } = wordsFor(error, reader);
  return [
    `${error.code}: ${visibleLines(message)}`,
    `Fix: ${visibleLines(fix)}`,
    `Retry: ${retryInWords(error)}`,
    ...(error.data === undefined ? [] : [`Data: ${inertJson(error.data)}`]),
  ].join("\n");
}

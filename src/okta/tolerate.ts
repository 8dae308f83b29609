import { type ErrorCode, OktaMcpError } from "../errors/index.js";

/** Errors that keep one object from being read, while the rest of the org can be read. */
const NOT_READABLE: ReadonlySet<ErrorCode> = new Set(["not_found", "forbidden", "missing_scope", "okta_down"]);

/** Errors that keep a part of Okta from being read: those above, and a part that the org does not have. */
const NOT_OFFERED: ReadonlySet<ErrorCode> = new Set([...NOT_READABLE, "bad_input"]);

/**
 * The code of the error for which something could not be had that may be done without.
 * @param passing codes that say more than that
 * @throws the error itself where it has such a code, is cancelled or a bug, or is none of ours
 */
export function reasonOf(error: unknown, ...passing: readonly ErrorCode[]): ErrorCode {
  if (error instanceof OktaMcpError && !["cancelled", "bug", ...passing].includes(error.code)) return error.code;
  throw error;
}

/** An answer, or undefined where Okta has no such object. Every other error passes. */
export function ifFound<T>(answer: Promise<T>): Promise<T | undefined> {
  return answer.catch((error: unknown) => {
    if (error instanceof OktaMcpError && error.code === "not_found") return undefined;
    throw error;
  });
}

/** An answer, or undefined where this caller cannot read it; for what is only good to know. */
export function ifReadable<T>(answer: Promise<T>): Promise<T | undefined> {
  return answer.catch((error: unknown) => {
    if (error instanceof OktaMcpError && NOT_READABLE.has(error.code)) return undefined;
    throw error;
  });
}

/**
 * As `ifReadable`, and undefined also where the org lacks the feature. It is for arguments that are known to be right.
 */
export function ifOffered<T>(answer: Promise<T>): Promise<T | undefined> {
  return answer.catch((error: unknown) => {
    if (error instanceof OktaMcpError && NOT_OFFERED.has(error.code)) return undefined;
    throw error;
  });
}

/** Okta's code for a feature that is off in the org (E0000015). */
const FEATURE_OFF = "E0000015";

/** An answer, or undefined where the org has no such feature, so that there can be nothing. Every other error passes. */
export function ifFeature<T>(answer: Promise<T>): Promise<T | undefined> {
  return answer.catch((error: unknown) => {
    const isOff =
      error instanceof OktaMcpError && (error.code === "bad_input" || error.data?.okta_error_code === FEATURE_OFF);
    if (isOff) return undefined;
    throw error;
  });
}

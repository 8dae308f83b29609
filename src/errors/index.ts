/** The cases in which a failed call is worth repeating. */
export type Retry = "after-fix" | "after-wait" | "never";

interface CodeProperties {
  retry: Retry;
  exitCode: 1 | 2;
  fix: string;
  /** The advice for a person who types commands, where `fix` does not fit. */
  fixAtTerminal?: string;
}

/**
 * The closed set of error codes. `retry` and `exitCode` belong to the code. `fix` is the advice where the failing code
 * has no better one.
 */
export const ERROR_CODES = {
  bad_config: { retry: "after-fix", exitCode: 2, fix: "Correct the settings named above and start again." },
  signed_out: { retry: "after-fix", exitCode: 1, fix: "Sign in with `okta-mcp login`." },
  session_ended: { retry: "after-fix", exitCode: 1, fix: "Sign in again with `okta-mcp login`." },
  sign_in_pending: { retry: "after-fix", exitCode: 1, fix: "Open the link, approve the sign-in, then try again." },
  login_denied: { retry: "after-fix", exitCode: 1, fix: "Start the sign-in again and approve it." },
  login_expired: { retry: "after-fix", exitCode: 1, fix: "Start the sign-in again; a code is good for a few minutes." },
  client_rejected: {
    retry: "after-fix",
    exitCode: 1,
    fix: "In the Okta Admin Console, check the app's client ID, grant types and keys (Applications > Applications > your app > General).",
  },
  missing_scope: { retry: "after-fix", exitCode: 1, fix: "Add the scope in both places and sign in again." },
  bad_input: { retry: "after-fix", exitCode: 2, fix: "Correct the arguments named above." },
  needs_confirmation: {
    retry: "after-fix",
    exitCode: 1,
    fix: "Show the person what would happen; if they agree, repeat the call with the given `confirmation`.",
    fixAtTerminal: "If you agree, repeat the call with the given `confirmation`.",
  },
  needs_approval: {
    retry: "after-fix",
    exitCode: 1,
    fix: "Give the person the link. They sign in there, read what would happen, and answer; then make the very same call again.",
    fixAtTerminal:
      "Open the link, sign in there, read what would happen, and answer; then make the very same call again.",
  },
  needs_user: {
    retry: "never",
    exitCode: 1,
    fix: "Have a person make this call with a client of their own.",
  },
  would_remove: {
    retry: "after-fix",
    exitCode: 1,
    fix: "Add what should stay to the body, or repeat the call with `allow_removals: true`.",
  },
  declined: {
    retry: "never",
    exitCode: 1,
    fix: "Ask the person before trying again.",
    fixAtTerminal: "Call it again if you want it after all.",
  },
  protected: { retry: "never", exitCode: 1, fix: "This object is protected; choose another or change the rule." },
  forbidden: {
    retry: "after-fix",
    exitCode: 1,
    fix: "Okta refuses this for the reason above. Look at the org's settings in the Okta Admin Console, or choose another way.",
  },
  not_found: { retry: "after-fix", exitCode: 1, fix: "Look the id up first." },
  conflict: { retry: "after-fix", exitCode: 1, fix: "Read the object again and decide with its present state." },
  rate_limited: { retry: "after-wait", exitCode: 1, fix: "Wait, then try again." },
  okta_down: { retry: "after-wait", exitCode: 1, fix: "Try again in a minute; see status.okta.com if it goes on." },
  api_down: {
    retry: "after-wait",
    exitCode: 1,
    fix: "Try again in a minute; if it goes on, ask whoever runs that API.",
  },
  api_refused_token: {
    retry: "after-fix",
    exitCode: 1,
    fix: "Ask whoever set up that API here to compare its auth settings (issuer, audience and scopes, or the key) with what the API takes.",
  },
  unreachable: {
    retry: "after-wait",
    exitCode: 1,
    fix: "Check the network, OKTA_ORG_URL and, behind a proxy, HTTPS_PROXY and NO_PROXY.",
  },
  store_unavailable: {
    retry: "after-wait",
    exitCode: 1,
    fix: "Try again in a minute; if it goes on, whoever runs this server has to look at its database.",
  },
  cancelled: { retry: "never", exitCode: 1, fix: "Repeat the call if it is still wanted." },
  bug: { retry: "never", exitCode: 1, fix: "Please report this with the steps that led to it." },
} as const satisfies Record<string, CodeProperties>;

export type ErrorCode = keyof typeof ERROR_CODES;

/** The reader of an error: an assistant (`model`), or a person who types commands (`terminal`). */
export type Reader = "model" | "terminal";

/** The words for a person who types commands, where those for an assistant do not fit. */
export interface TerminalWords {
  message?: string;
  fix?: string;
}

export interface ErrorDetails {
  /** Replaces the code's own advice. */
  fix?: string;
  /** The words for a person at a terminal, where message or advice do not fit. */
  atTerminal?: TerminalWords;
  /** Seconds to wait before a retry makes sense; only with `rate_limited`. */
  retryAfterSeconds?: number;
  /** Machine-readable facts for the caller: ids, states, a link. Never a secret. */
  data?: Record<string, unknown>;
  /**
   * For a write: true where it may have been made in spite of the error, false where it was not. Left out where neither
   * is known.
   */
  maybeDone?: boolean;
  /** True where all text of the error is ours, the caller's or a schema's, and none comes from an object of the org. */
  namesNoObject?: boolean;
  cause?: unknown;
}

/**
 * The one error class of the project. We write its `message`: what failed and why, in one or two sentences. Text from
 * Okta stands in it only through `quoteOkta`.
 */
export class OktaMcpError extends Error {
  readonly code: ErrorCode;
  readonly fix: string;
  readonly atTerminal: TerminalWords;
  readonly retry: Retry;
  readonly exitCode: 1 | 2;
  readonly retryAfterSeconds: number | undefined;
  readonly data: Record<string, unknown> | undefined;
  readonly maybeDone: boolean | undefined;
  readonly namesNoObject: boolean;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "OktaMcpError";
    this.code = code;
    const { fix, fixAtTerminal, retry, exitCode }: CodeProperties = ERROR_CODES[code];
    this.fix = details.fix ?? fix;
    const ownFix = details.fix === undefined && fixAtTerminal !== undefined ? { fix: fixAtTerminal } : {};
    this.atTerminal = { ...ownFix, ...details.atTerminal };
    this.retry = retry;
    this.exitCode = exitCode;
    this.retryAfterSeconds = details.retryAfterSeconds;
    this.data = details.data;
    this.maybeDone = details.maybeDone;
    this.namesNoObject = details.namesNoObject === true;
  }
}

/** The words of an error for a reader. */
export function wordsFor({ message, fix, atTerminal }: OktaMcpError, reader: Reader): { message: string; fix: string } {
  return { message, fix, ...(reader === "terminal" ? atTerminal : {}) };
}

/** A copy of an error with the given words and facts in place of its own. New words are for both readers. */
export function reworded(
  error: OktaMcpError,
  { message = error.message, ...details }: ErrorDetails & { message?: string },
): OktaMcpError {
  const { code, fix, retryAfterSeconds, data, maybeDone, namesNoObject, cause } = error;
  const atTerminal = { ...error.atTerminal };
  if (message !== error.message) delete atTerminal.message;
  if (details.fix !== undefined) delete atTerminal.fix;
  const kept = { fix, atTerminal, retryAfterSeconds, data, maybeDone, namesNoObject, cause };
  return new OktaMcpError(code, message, { ...kept, ...details });
}

/** The words of an error for a terminal, each changed. */
export function changedAtTerminal(
  { atTerminal: { message, fix } }: Pick<OktaMcpError, "atTerminal">,
  change: { message: (text: string) => string; fix: (text: string) => string },
): TerminalWords {
  return {
    ...(message === undefined ? {} : { message: change.message(message) }),
    ...(fix === undefined ? {} : { fix: change.fix(fix) }),
  };
}

const LOOK_FIRST = "Look at the object first, and repeat the call only if the change is not there.";

/** The error of a write, with what is known about whether the write may have been made. */
export function ofWrite(error: OktaMcpError, maybeDone: boolean): OktaMcpError {
  const { code, message, fix, retry } = error;
  if (!maybeDone) return reworded(error, { maybeDone });
  // The advice to look first replaces the advice to try again.
  const isSuperseded = retry !== "after-fix" && fix === ERROR_CODES[code].fix;
  const withDoubt = {
    message: (text: string) => `${text} The change may have been made all the same.`,
    fix: (text: string) => (isSuperseded ? LOOK_FIRST : `${text} ${LOOK_FIRST}`),
  };
  return reworded(error, {
    message: withDoubt.message(message),
    fix: withDoubt.fix(fix),
    atTerminal: changedAtTerminal(error, withDoubt),
    maybeDone,
  });
}

import type { ErrorCode } from "../index.js";

/**
 * The meaning of one of Okta's error codes: the HTTP status that Okta publishes with it, our code, the reason and the
 * advice. `{finder}` in the advice stands for the tool that finds the object in the request's path. An empty reason
 * adds nothing to Okta's words; for an empty advice, our code's own advice counts.
 */
export type Row = readonly [status: number, code: ErrorCode, why: string, fix: string];

export type Rows = Readonly<Record<string, Row>>;

/** Advice that fits several codes. */
export const NOTHING_TO_DO = "Nothing to do.";
export const AS_NAMED = "Correct what Okta names above.";
export const READ_IT = "Read the object again and decide with its present state.";
export const LATER = "Try again in a few minutes.";
export const OF_OURS = "Report this as a fault of okta-mcp, with the call that led to it.";
export const AT_SOURCE = "Change it where it comes from; Okta takes it over with the next import.";
export const IN_CONSOLE = "Look at its settings in the Okta Admin Console; this cannot be done from here.";
export const OF_PERSON = "Only the user can do this, at the sign-in page or in their own settings.";
export const SHORTER = "Ask for less at once.";
export const FREE_A_PLACE = "Delete one that is not needed, or ask Okta for a higher limit.";
export const CHANGE_POLICY_FIRST =
  "Change the policies and rules that use it first; Okta names them above where it does.";

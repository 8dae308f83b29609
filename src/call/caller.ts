import type { ApprovalChannel } from "./approval-channel.js";
import type { Answer, Resumed } from "./input-needed.js";
import type { LinkChannels, ShowLink } from "./sign-in-prompt.js";

interface CallerParts extends Omit<LinkChannels, "showLink"> {
  signal: AbortSignal;
  /** Tells the present step. */
  progress?: ((message: string) => void) | undefined;
  /** The way to a person who is asked elsewhere than in the client; undefined where there is none. */
  approvals?: ApprovalChannel | undefined;
  /** The request at a company's server, for the log and the journal. */
  requestId?: string | undefined;
  /** The place of the call in the client's trace (W3C Trace Context, `traceparent`). It is for the log alone. */
  traceparent?: string | undefined;
}

/** A caller that holds its call while a person answers. */
export interface HoldingCaller extends CallerParts {
  /** Asks the person one yes-or-no question; undefined where the client has no way to ask. */
  ask: ((message: string) => Promise<Answer>) | undefined;
  showLink?: ShowLink | undefined;
  /**
   * The folders that the client opens to servers, as absolute paths; asked for before a tool runs that reads a file
   * from elsewhere than the settings allow, and again once a person has answered.
   */
  roots?: (() => Promise<readonly string[]>) | undefined;
  resumed?: undefined;
}

/**
 * A caller that cannot hold a call, as over stateless HTTP: it is told what has to be answered, and repeats the call
 * with the answers.
 */
export interface DeferringCaller extends CallerParts {
  /** Undefined where the client has no way to ask. */
  ask: "later" | undefined;
  showLink?: "later" | undefined;
  /** Undefined where the client has no roots. */
  roots?: "later" | undefined;
  /** The answers and the state that a repeated call brings. */
  resumed?: Resumed | undefined;
}

/** The caller of a tool, and the ways to reach the person behind it. */
export type Caller = HoldingCaller | DeferringCaller;

/**
 * The caller of a call that is a part of another. Calls before it may be done, so that nothing can be put off until the
 * whole is repeated.
 */
export function withinCall(caller: Caller): Caller {
  const { ask, showLink, roots, resumed: _, ...parts } = caller;
  return {
    ...parts,
    ask: ask === "later" ? undefined : ask,
    showLink: showLink === "later" ? undefined : showLink,
    roots: roots === "later" ? undefined : roots,
  };
}

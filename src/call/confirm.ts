import type { ConfirmMode } from "../config/settings.js";
import { OktaMcpError } from "../errors/index.js";
import type { Agreed } from "../journal/agreed.js";
import { canonical } from "../json/json.js";
import { lookalikes } from "../text/lookalikes.js";
import { visible } from "../text/quote.js";
import type { Impact } from "../tool.js";
import type { ApprovalChannel } from "./approval-channel.js";
import { broughtAnswer } from "./brought-answer.js";
import type { Caller } from "./caller.js";
import { type Answer, InputNeeded, type Resumed } from "./input-needed.js";
import { SEAL_LIFETIME_MS, type Seals, type Subject, type Unfit } from "./seals.js";

/** Other ways to ask a person, where the client has none. */
const ASK_ELSEWHERE = {
  fix: "Tell the person. They can run `okta-mcp call` in a terminal, use a client that shows questions (MCP elicitation), or choose another OKTA_MCP_CONFIRM.",
  atTerminal: { fix: "Choose another OKTA_MCP_CONFIRM." },
};

interface Refusal {
  decidedBy: "person" | "client" | "okta-mcp";
  why: string;
  /** The advice, where that of the error's code does not help. */
  fix?: string;
  /** Other words for a person at a terminal. */
  atTerminal?: { why?: string; fix?: string };
}

const REFUSALS: Record<Exclude<Answer, "accepted" | "unsupported">, Refusal> = {
  declined: { decidedBy: "person", why: "The person declined.", atTerminal: { why: "You said no." } },
  cancelled: {
    decidedBy: "person",
    why: "The person closed the question without an answer.",
    atTerminal: { why: "You left the question without an answer." },
  },
  timed_out: { decidedBy: "okta-mcp", why: "Nobody answered in time." },
  not_shown: {
    decidedBy: "client",
    why: "The client said no by itself, faster than anybody can read: it did not ask a person, and seems unable to.",
    ...ASK_ELSEWHERE,
  },
  failed: { decidedBy: "okta-mcp", why: "The client could not show the question.", ...ASK_ELSEWHERE },
};

function refused(answer: keyof typeof REFUSALS): OktaMcpError {
  const { decidedBy, why, fix, atTerminal = {} } = REFUSALS[answer];
  const changedNothing = (reason: string) => `Nothing was changed. ${reason}`;
  return new OktaMcpError("declined", changedNothing(why), {
    ...(fix === undefined ? {} : { fix }),
    atTerminal: {
      ...(atTerminal.why === undefined ? {} : { message: changedNothing(atTerminal.why) }),
      ...(atTerminal.fix === undefined ? {} : { fix: atTerminal.fix }),
    },
    data: { decided_by: decidedBy, answer },
  });
}

/** True when the target is in the state that was confirmed. */
export function sameImpact(a: Impact, b: Impact): boolean {
  return canonical(a) === canonical(b);
}

/** The reasons why a one-time value does not count. */
const VALUE_UNFIT: Readonly<Record<Unfit, string>> = {
  unknown: "it is unknown here (a value counts for whoever is signed in, in the process that gave it)",
  used: "it was used already (a value counts once)",
  expired: "it is older than five minutes",
  another_call: "it belongs to another call, or the target has changed since",
  another_state: "it belongs to another call, or the target has changed since",
};

const MAX_SHOWN_CHARS = 200;

/**
 * Text from the org in the form for a person: one line, without invisible characters, with no quotation mark that ends
 * it early, and not too long.
 */
function shown(text: string): string {
  const line = visible(text.slice(0, MAX_SHOWN_CHARS)).replaceAll('"', "'");
  return text.length > MAX_SHOWN_CHARS ? `${line}… (cut)` : line;
}

/** A warning about a name that imitates another one. */
function warnings(name: string): string[] {
  const letters = lookalikes(name.slice(0, MAX_SHOWN_CHARS));
  return letters.length === 0 ? [] : [`careful: the name has letters that look like others: ${letters.join(", ")}`];
}

/** The impact in the form for a person. */
function shownImpact({ target, details }: Impact): Pick<Impact, "target" | "details"> {
  return {
    target: { type: target.type, name: shown(target.name), id: shown(target.id) },
    details: [...details.map(shown), ...warnings(target.name)],
  };
}

/** The question in the words for a person. */
export function question(title: string, impact: Impact): string {
  const { target, details } = shownImpact(impact);
  return [`${title}: ${target.type} "${target.name}" (${target.id})`, ...details.map((detail) => `- ${detail}`)].join(
    "\n",
  );
}

/** The call that somebody agrees to, and the present state of its target. */
export interface Confirmed extends Pick<Subject, "principal" | "tool" | "args"> {
  impact: Impact;
}

export interface ConfirmRequest {
  mode: ConfirmMode;
  title: string;
  subject: Confirmed;
  /** The part of the impact that is shown, where it is not the whole. */
  shown?: Impact;
  /** The value in the call, if any. */
  confirmation: string | undefined;
  ask: Caller["ask"];
  /** The answers and the state from an earlier round of the call. */
  resumed: Resumed | undefined;
  seals: Seals;
  /** The way to a person who is asked elsewhere; undefined where there is none. */
  approvals: ApprovalChannel | undefined;
}

/** How the call was agreed to. */
export interface Confirmation {
  agreed: Agreed;
  /** True where a person was asked meanwhile: time has passed, and the target has to be read again. */
  waited: boolean;
}

/**
 * Resolves when the call may go on. Every other way out is thrown, and nothing has happened.
 * @throws OktaMcpError declined, needs_confirmation, needs_approval; InputNeeded where the caller asks the person later
 */
export async function confirm(request: ConfirmRequest): Promise<Confirmation> {
  const { mode, title, subject, ask, seals, shown: impact = subject.impact } = request;
  if (mode === "never") return { agreed: "never_asked", waited: false };
  const text = question(title, impact);
  const earlier = await broughtAnswer(request.resumed, "confirm", seals, sealed("question", subject));
  if (earlier.answer === undefined && ask === "later") {
    const state = await seals.issue(sealed("question", subject));
    throw new InputNeeded([{ id: "confirm", kind: "form", message: `${text}${askedAgain(earlier.unfit)}` }], state);
  }
  const answer = earlier.answer ?? (typeof ask === "function" ? await ask(text) : "unsupported");
  // With an answer of an earlier round the target was read after the yes.
  if (answer === "accepted") return { agreed: "person", waited: earlier.answer === undefined };
  if (answer !== "unsupported") throw refused(answer);
  if (request.approvals !== undefined) return approvedElsewhere(request, request.approvals, text);
  if (mode === "elicit-only") {
    throw new OktaMcpError(
      "declined",
      "Nothing was changed. This client cannot ask a person, and OKTA_MCP_CONFIRM=elicit-only demands it.",
      { ...ASK_ELSEWHERE, data: { decided_by: "okta-mcp", answer: "unsupported" } },
    );
  }
  await redeemValue(request, text, impact);
  return { agreed: "one_time_value", waited: false };
}

function sealed(use: Subject["use"], { impact, ...call }: Confirmed): Subject {
  return { use, ...call, state: impact };
}

/** The reasons for which a person is asked once more, in a line of the question. */
const ASKED_AGAIN: Readonly<Record<Unfit, string>> = {
  unknown: "",
  expired: "\nYou are asked again, since the answer took longer than five minutes.",
  another_call: "\nYou are asked again, since the answer was for another call.",
  another_state: "\nYou are asked again, since this has changed since the last question.",
  used: "\nYou are asked again, since the answer was used already.",
};

function askedAgain(unfit: Unfit | undefined): string {
  return unfit === undefined ? "" : ASKED_AGAIN[unfit];
}

/** The refusal of a call whose target is not any more as the person was told. */
export function changedMeanwhile(): OktaMcpError {
  return new OktaMcpError("conflict", "Nothing was changed. The target changed while the person was being asked.", {
    fix: "Make the call again; the question will show the present state.",
    atTerminal: { message: "Nothing was changed. The target changed while you were being asked." },
  });
}

/**
 * Takes what the person answered elsewhere, or asks there. Where a person can be asked so, a value that a model can
 * repeat does not count.
 * @throws OktaMcpError declined; needs_approval with the address of the question
 */
async function approvedElsewhere(
  { subject: { impact, ...call } }: ConfirmRequest,
  approvals: ApprovalChannel,
  text: string,
): Promise<Confirmation> {
  const approvable = { ...call, state: impact, question: text };
  const answer = await approvals.take(approvable);
  if (answer === "accepted") return { agreed: "person", waited: false };
  if (answer === "declined") throw refused("declined");
  const { url, validForSeconds } = await approvals.ask(approvable);
  throw new OktaMcpError("needs_approval", `Nothing was changed yet. A person has to agree on a page: ${url}`, {
    data: { approve_url: url, valid_for_seconds: validForSeconds, ...shownImpact(impact) },
  });
}

/** Takes the one-time value that a call came with. @throws OktaMcpError needs_confirmation, with a new value, where it does not count */
async function redeemValue(
  { confirmation, seals, subject }: ConfirmRequest,
  text: string,
  impact: Impact,
): Promise<void> {
  const value = sealed("value", subject);
  const unfit = confirmation === undefined ? undefined : await seals.redeem(confirmation, value);
  if (confirmation !== undefined && unfit === undefined) return;
  const why = unfit === undefined ? "" : `: the confirmation does not count, since ${VALUE_UNFIT[unfit]}`;
  throw new OktaMcpError("needs_confirmation", `Nothing was changed yet${why}. What would happen:\n${text}`, {
    data: {
      ...shownImpact(impact),
      confirmation: await seals.issue(value),
      valid_for_seconds: SEAL_LIFETIME_MS / 1000,
    },
  });
}

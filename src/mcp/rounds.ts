import { type InputRequiredResult, inputRequired, type ServerContext } from "@modelcontextprotocol/server";
import type { DeferringCaller } from "../call/caller.js";
import type { Answer, InputAnswers, InputRequest, Resumed } from "../call/input-needed.js";
import type { Round } from "../call/invoke.js";
import { isObject } from "../json/json.js";
import {
  type AdapterOptions,
  type CallParts,
  CONFIRM_FORM,
  declaredIn,
  FASTEST_PERSON_MS,
  listedFolders,
} from "./adapter.js";
import { ENVELOPE } from "./envelope.js";
import { formAnswers } from "./form-answers.js";

/** The time that a repeated call waits for a sign-in. Most clients give up after 60 s. */
const SIGN_IN_WAIT_MS = 45_000;

/** The client and the person behind it, for the time of one request. Only what this request declares counts. */
export function callerOf({ mcpReq }: ServerContext, parts: CallParts, options: AdapterOptions): DeferringCaller {
  const envelope: { readonly [key: string]: unknown } = mcpReq.envelope ?? {};
  const { asksForms, showsLinks, hasRoots } = declaredIn(envelope[ENVELOPE.capabilities]);
  return {
    ...parts,
    ask: asksForms ? "later" : undefined,
    showLink: showsLinks ? "later" : undefined,
    roots: hasRoots && !options.isRemote ? "later" : undefined,
    approvals: options.approvals,
    resumed: resumedBy(mcpReq, options),
  };
}

/** The answers and the state that a repeated call brings. Answers without a state count for nothing. */
function resumedBy(
  { inputResponses = {}, requestState }: ServerContext["mcpReq"],
  { fastestPersonMs = FASTEST_PERSON_MS, signInWaitMs = SIGN_IN_WAIT_MS }: AdapterOptions,
): Resumed | undefined {
  const state = requestState();
  if (typeof state !== "string") return undefined;
  // The library copies the answers, and a member of the name __proto__ becomes the copy's prototype.
  const { confirm, sign_in, roots } = { ...inputResponses };
  const answers: InputAnswers = {
    confirm: answerTo(confirm, filledIn),
    // Who accepts a link has opened it, and nothing more.
    sign_in: answerTo(sign_in, () => "accepted"),
    roots: roots === undefined ? undefined : listedFolders(roots),
  };
  return { state, answers, fastestPersonMs, signInWaitMs };
}

/** The answer in a result of an elicitation; undefined where there is none. What cannot be read counts as no yes. */
function answerTo(response: unknown, accepted: (content: unknown) => Answer): Answer | undefined {
  if (response === undefined) return undefined;
  const { action, content } = isObject(response) ? response : {};
  if (action === "accept") return accepted(content);
  if (action === "decline") return "declined";
  return action === "cancel" ? "cancelled" : "failed";
}

/** The answer in a form that was sent back. No person filled in what does not fit the form. */
function filledIn(content: unknown): Answer {
  if (content === undefined) return "declined";
  const { valid, data } = formAnswers.getValidator<{ confirm: boolean }>(CONFIRM_FORM)(content);
  if (!valid) return "failed";
  return data.confirm ? "accepted" : "declined";
}

function requestOf(need: InputRequest) {
  switch (need.kind) {
    case "form":
      return inputRequired.elicit({ message: need.message, requestedSchema: CONFIRM_FORM });
    case "link":
      return inputRequired.elicitUrl({ message: need.message, url: need.url });
    case "roots":
      return inputRequired.listRoots();
  }
}

/** A round in the form for a client (MCP 2026-07-28, "Multi Round-Trip Requests"). */
export function roundResult({ needs, state }: Round): InputRequiredResult {
  const inputRequests = Object.fromEntries(needs.map((need) => [need.id, requestOf(need)]));
  return inputRequired({ inputRequests, requestState: state });
}

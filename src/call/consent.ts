import type { ConfirmMode } from "../config/settings.js";
import { OktaMcpError } from "../errors/index.js";
import type { Consent, Reading } from "../journal/agreed.js";
import { stringifyJson } from "../json/exact-json.js";
import type { Json } from "../json/json.js";
import { kindOfArgument, nameOf, OBJECTS } from "../okta/objects.js";
import { isKeptIn } from "../results/keep-hidden.js";
import { type Loss, losses, type NamedLoss, named, widensToEverybody } from "../results/losses.js";
import { type ShapeOptions, shape } from "../results/shape.js";
import { shortened, visible } from "../text/quote.js";
import type { Arguments, Impact, Proposal, Tool, ToolContext } from "../tool.js";
import type { Caller } from "./caller.js";
import { changedMeanwhile, confirm, sameImpact } from "./confirm.js";
import type { Resumed } from "./input-needed.js";
import type { Seals } from "./seals.js";
import type { Look, OtherCall } from "./side-effects.js";

/** The facts from which the losses of a call follow. */
export interface Impacting {
  tool: Tool;
  /** The tool's own arguments. */
  args: Arguments;
  context: ToolContext;
  /**
   * The allowed losses of a full replace. `refused`: none. `asked`: those that a person agrees to (`allow_removals`).
   * `meant`: all, since the object is put back as it was.
   */
  losses: "refused" | "asked" | "meant";
  /** The shape of this call's results. It tells which parts of an object may be shown. */
  shaping: ShapeOptions;
}

/** A call to which somebody may have to agree. */
export interface ConsentRequest extends Impacting {
  /** The first look at the call. */
  look: Look;
  /** Looks at the call again after time has passed. It throws the same errors as the first look. */
  lookAgain(): Promise<Look>;
  /** The value in the call, if any. */
  confirmation: string | undefined;
  mode: ConfirmMode;
  ask: Caller["ask"];
  /** The answers and the state from an earlier round of the call. */
  resumed: Resumed | undefined;
  seals: Seals;
  /** The way to a person who is asked elsewhere than in the client. */
  approvals: Caller["approvals"];
  /** On whose behalf the call is made at the moment, as `Operator.agreeing` has it. */
  who(): Promise<string>;
  /** A text without the values that the settings hide. */
  hide(text: string): string;
  /** Called with the description before anybody is asked. */
  seen(shown: Pick<Impact, "target" | "details">): void;
  /** Called before a person is asked, where something gets lost. It throws where that is not allowed. */
  beforeLoss(): Promise<void>;
}

/** The most lost settings in one answer and one question. An object may have any number of attributes. */
const MAX_NAMED = 50;
const MAX_VALUE_CHARS = 100;
const MAX_PATH_CHARS = 200;

const BECOMES: Record<Loss["how"], string> = {
  left_out: "is lost",
  emptied: "is emptied",
  replaced: "gives way to another kind of value",
  hidden: "is overwritten, and what that takes away is hidden",
};

/** A lost setting and its present value, as far as it may be seen. */
function lostLine({ path, value }: NamedLoss, how: Loss["how"]): string {
  const now = value === undefined ? "" : `, now ${shortened(stringifyJson(value), MAX_VALUE_CHARS)}`;
  return `${path} ${BECOMES[how]}${now}`;
}

const EVERYBODY = "names nobody in particular any more, which Okta takes for everybody";

/** The object that the innermost id of a call names. */
function targetOf(current: Json, args: Arguments): Impact["target"] {
  const named = Object.entries(args).flatMap(([argument, id]) => {
    const kind = kindOfArgument(argument);
    return kind === undefined || typeof id !== "string" ? [] : [{ kind, id }];
  });
  const { kind, id = "" } = named.at(-1) ?? {};
  return { type: kind === undefined ? "object" : OBJECTS[kind].word, name: nameOf(current, kind) ?? "", id };
}

/** The losses of a full replace, and their description for a person. */
interface LossReading {
  loses: boolean;
  impact?: Impact;
}

/**
 * The losses of a full replace, described for a person.
 * @throws OktaMcpError would_remove where the call does not allow them
 */
async function readLoss(request: Impacting, { body, current, kept }: Proposal): Promise<LossReading> {
  const { tool, args, context, losses: allowed, shaping } = request;
  if (!tool.replaces) return { loses: false };
  const { target } = tool.replaces;
  const now = await current();
  const lost = losses(now, body, {
    ...tool.replaces,
    isKept: isKeptIn(kept),
    isHidden: (path) => shaping.hides?.(path) !== undefined,
  });
  if (lost.length === 0) return { loses: false };
  // A body that is put back loses these settings on purpose. The undo tells which fields change.
  if (allowed === "meant") return { loses: true };
  const seen = shape(now, { ...shaping, fields: undefined, includeLinks: false });
  // An object may have any number of attributes with names of any length.
  const first = lost.slice(0, MAX_NAMED).map((loss) => ({ how: loss.how, ...named(loss, seen) }));
  const more = lost.length - first.length;
  const widens = widensToEverybody(now, body);
  if (allowed === "refused") {
    const paths = first.map(({ path }) => shortened(path, MAX_PATH_CHARS));
    throw new OktaMcpError(
      "would_remove",
      `Nothing was changed. Okta replaces the whole object, and with this body what is set now is lost or gives way: ${visible(paths.join(", "))}${more > 0 ? ` and ${more} more` : ""}.${widens ? ` It ${EVERYBODY}.` : ""}`,
      { data: { would_be_lost: paths, ...(more > 0 ? { and_more: more } : {}) } },
    );
  }
  const impact: Impact = {
    target: target ? await target(context, args) : targetOf(now, args),
    details: [
      ...(widens ? [EVERYBODY] : []),
      ...first.map((loss) => lostLine(loss, loss.how)),
      ...(more > 0 ? [`${more} more settings are lost`] : []),
    ],
    state: shape(now, { includeLinks: false }),
  };
  return { loses: true, impact };
}

/** The question of another tool that does the same as a part of the call. It always has a line that names the tool. */
async function readOther(context: ToolContext, { tool, args }: OtherCall, proposal: Proposal) {
  const impact = await tool.impact?.(context, args, { ...proposal, body: {} });
  return { impact, details: [doesAlso(tool), ...detailsOf(impact)] };
}

const doesAlso = ({ name }: Pick<Tool, "name">) => `does what ${name} does`;

const detailsOf = (impact: Impact | undefined) => [...(impact?.details ?? []), ...(impact?.sideEffects ?? [])];

/**
 * The description of a call for a person; undefined where nobody has to agree.
 * @throws OktaMcpError as `seekConsent` before it asks; the errors of the tool's own checks
 */
export async function readImpact(request: Impacting, { proposal, also }: Look): Promise<Reading> {
  const { tool, context, args } = request;
  const loss = await readLoss(request, proposal);
  const own = await tool.impact?.(context, args, proposal);
  const others = await Promise.all(also.map((other) => readOther(context, other, proposal)));
  const impacts = [own, ...others.map(({ impact }) => impact), loss.impact].filter((one) => one !== undefined);
  const [first, ...more] = impacts;
  const removes = [tool, ...also.map((other) => other.tool)].some(({ effect }) => effect === "removes");
  const impact = first && {
    ...first,
    details: [...detailsOf(own), ...others.flatMap(({ details }) => details), ...detailsOf(loss.impact)],
    ...(more.length === 0 ? {} : { state: impacts.map(({ state }) => state ?? null) }),
  };
  return {
    impact,
    loses: removes || loss.loses,
    sideEffects: [...also.map((other) => doesAlso(other.tool)), ...impacts.flatMap((one) => one.sideEffects ?? [])],
  };
}

/** A way of agreeing to a call. */
export type ConsentPolicy = (request: ConsentRequest) => Promise<Consent>;

/**
 * The policy of a part of an undo: who agreed to the undo was told of all its calls. What they check for counts all
 * the same.
 */
export function agreedBefore(agreed: Consent["agreed"]): ConsentPolicy {
  return async (request) => {
    const { loses, sideEffects } = await readImpact(request, request.look);
    return { agreed, loses, sideEffects };
  };
}

/**
 * Reads what a call would take away and has somebody agree to it. Between the answer of a person
 * and the return of this function it is read again.
 * @throws OktaMcpError would_remove, needs_confirmation, declined; conflict where it changed meanwhile; InputNeeded
 * where the caller asks the person later
 */
export const seekConsent: ConsentPolicy = async (request) => {
  const { tool, args, mode, ask, resumed, seals, approvals, confirmation, hide } = request;
  const { impact, loses, sideEffects } = await readImpact(request, request.look);
  if (!impact) return { agreed: "not_needed", loses, sideEffects };
  const { target, details } = impact;
  const shown = { target: { ...target, name: hide(target.name) }, details: details.map(hide) };
  request.seen(shown);
  if (loses) await request.beforeLoss();
  const principal = await request.who();
  const { agreed, waited } = await confirm({
    mode,
    title: tool.title,
    subject: { principal, tool: tool.name, args, impact },
    shown,
    confirmation,
    ask,
    resumed,
    seals,
    approvals,
  });
  if (!waited) return { agreed, loses, sideEffects };
  const now = await readImpact(request, await request.lookAgain());
  if (principal !== (await request.who())) throw signedInMeanwhile();
  if (now.impact && sameImpact(impact, now.impact)) return { agreed, loses, sideEffects };
  throw changedMeanwhile();
};

function signedInMeanwhile(): OktaMcpError {
  return new OktaMcpError(
    "conflict",
    "Nothing was changed. Somebody else signed in while the person was being asked.",
    {
      fix: "Make the call again; whoever is signed in now is asked.",
      atTerminal: { message: "Nothing was changed. Somebody else signed in while you were being asked." },
    },
  );
}

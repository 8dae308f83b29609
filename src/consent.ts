import {
  type Agreed,
  type AskPerson,
  type ConfirmationValues,
  type ConfirmMode,
  confirm,
  sameImpact,
} from "./confirm.js";
import { OktaMcpError } from "./errors/index.js";
import { shortened, visible } from "./errors/quote.js";
import { stringifyJson } from "./exact-json.js";
import { valueAt } from "./json.js";
import type { Json } from "./okta/request.js";
import { type Loss, losses, type NamedLoss, named, widensToEverybody } from "./replace.js";
import { type ShapeOptions, shape } from "./results.js";
import type { Impact, Tool, ToolContext } from "./tool.js";

type Arguments = Readonly<Record<string, unknown>>;

/** A call that may need somebody to agree. */
export interface ConsentRequest {
  tool: Tool;
  /** The tool's own arguments. */
  args: Arguments;
  context: ToolContext;
  /** `allow_removals`: a full replace may drop settings, once a person agreed. */
  allowRemovals: boolean;
  /** The value the call came with, if any. */
  confirmation: string | undefined;
  mode: ConfirmMode;
  ask: AskPerson;
  values: ConfirmationValues;
  /** How results of this call are shaped, and with that what of an object may be shown. */
  shaping: ShapeOptions;
  /** A text without what the settings hide. */
  hide(text: string): string;
  /** Told what there is to agree to, before anybody is asked. */
  seen(shown: Pick<Impact, "target" | "details">): void;
  /** Asked before a person is, where something gets lost; throws where that is out of the question. */
  beforeLoss(): void;
}

/** What has to be known to tell what a call would take away. */
export type Impacting = Pick<ConsentRequest, "tool" | "args" | "context" | "allowRemovals" | "shaping">;

/** What came of it. */
export interface Consent {
  agreed: Agreed | "not_needed";
  /** True where something gets lost: a removal, or a full replace that drops settings. */
  loses: boolean;
}

/** Lost settings that one answer and one question name; an object may have any number of attributes. */
const MAX_NAMED = 50;
const MAX_VALUE_CHARS = 100;
const MAX_PATH_CHARS = 200;

const BECOMES: Record<Loss["how"], string> = {
  left_out: "is lost",
  emptied: "is emptied",
  replaced: "gives way to another kind of value",
  hidden: "is overwritten, and what that takes away is hidden",
};

/** A setting that gets lost, with what it is now as far as that may be seen. */
function lostLine({ path, value }: NamedLoss, how: Loss["how"]): string {
  const now = value === undefined ? "" : `, now ${shortened(stringifyJson(value), MAX_VALUE_CHARS)}`;
  return `${path} ${BECOMES[how]}${now}`;
}

const EVERYBODY = "names nobody in particular any more, which Okta takes for everybody";

/** The object as most of Okta's name themselves. */
function targetOf(current: Json, args: Arguments): Impact["target"] {
  const ids = Object.entries(args).filter(([name, value]) => name.endsWith("_id") && typeof value === "string");
  const [name = "object", id = ""] = ids.at(-1) ?? [];
  const names = [["name"], ["profile", "name"]].map((path) => valueAt(current, ...path));
  const label = valueAt(current, "label") ?? names.find((one) => typeof one === "string");
  return {
    type: name.replace(/_id$/, "").replaceAll("_", " "),
    name: typeof label === "string" ? label : "",
    id: String(id),
  };
}

/**
 * What a full replace would drop, as a person should see it; undefined where it drops nothing.
 * @throws OktaMcpError would_remove where that is not allowed by the call
 */
async function readLoss(request: Impacting): Promise<Impact | undefined> {
  const { tool, args, context, allowRemovals, shaping } = request;
  if (!tool.replaces) return undefined;
  const { current, proposed, target } = tool.replaces;
  // First what needs no request: arguments that cannot be right must not cost one.
  const body = proposed(args);
  const now = await current(context, args);
  const lost = losses(now, body, { ...tool.replaces, isHidden: (path) => shaping.hides?.(path) !== undefined });
  if (lost.length === 0) return undefined;
  const seen = shape(now, { ...shaping, fields: undefined, includeLinks: false });
  // An object may have any number of attributes, and each a name of any length.
  const first = lost.slice(0, MAX_NAMED).map((loss) => ({ how: loss.how, ...named(loss, seen) }));
  const more = lost.length - first.length;
  const widens = widensToEverybody(now, body);
  if (!allowRemovals) {
    const paths = first.map(({ path }) => shortened(path, MAX_PATH_CHARS));
    throw new OktaMcpError(
      "would_remove",
      `Nothing was changed. Okta replaces the whole object, and the body lacks what is set now: ${visible(paths.join(", "))}${more > 0 ? ` and ${more} more` : ""}.${widens ? ` It ${EVERYBODY}.` : ""}`,
      { data: { would_be_lost: paths, ...(more > 0 ? { and_more: more } : {}) } },
    );
  }
  return {
    target: target ? await target(context, args) : targetOf(now, args),
    details: [
      ...(widens ? [EVERYBODY] : []),
      ...first.map((loss) => lostLine(loss, loss.how)),
      ...(more > 0 ? [`${more} more settings are lost`] : []),
    ],
    state: shape(now, { includeLinks: false }),
  };
}

/**
 * All that a person should see before the call goes on; undefined where nobody has to agree.
 * @throws OktaMcpError as `seekConsent` does before it asks, and what the tool's own checks throw
 */
export async function readImpact(request: Impacting): Promise<Impact | undefined> {
  const { tool, context, args } = request;
  const loss = await readLoss(request);
  const impact = await tool.impact?.(context, args);
  if (!impact || !loss) return impact ?? loss;
  return {
    target: impact.target,
    details: [...impact.details, ...loss.details],
    state: [impact.state ?? null, loss.state ?? null],
  };
}

/**
 * Reads what a call would take away and has somebody agree to it. Between the answer of a person
 * and the return of this function it is read again.
 * @throws OktaMcpError would_remove, needs_confirmation, declined; conflict where it changed meanwhile
 */
export async function seekConsent(request: ConsentRequest): Promise<Consent> {
  const { tool, args, mode, ask, values, confirmation, hide } = request;
  const impact = await readImpact(request);
  if (!impact) return { agreed: "not_needed", loses: false };
  const loses = tool.effect === "removes" || tool.replaces !== undefined;
  const { target, details } = impact;
  const shown = { target: { ...target, name: hide(target.name) }, details: details.map(hide) };
  request.seen(shown);
  if (loses) request.beforeLoss();
  const agreed = await confirm({
    mode,
    title: tool.title,
    subject: { tool: tool.name, args, impact },
    shown,
    confirmation,
    ask,
    values,
  });
  if (agreed !== "person") return { agreed, loses };
  const now = await readImpact(request);
  if (now && sameImpact(impact, now)) return { agreed, loses };
  throw new OktaMcpError("conflict", "Nothing was changed. The target changed while the person was being asked.", {
    fix: "Make the call again; the question will show the present state.",
  });
}

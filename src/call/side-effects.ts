import type { ScopeView } from "../catalogue/active-tools.js";
import type { Catalogue, CatalogueEntry } from "../catalogue/catalogue.js";
import { lookUp } from "../catalogue/find-tool.js";
import { requireScopes } from "../catalogue/require-scopes.js";
import { OktaMcpError } from "../errors/index.js";
import type { CallGuard } from "../guard/guard.js";
import type { JsonObject } from "../json/json.js";
import { keepHidden, NOTHING_KEPT } from "../results/keep-hidden.js";
import { type ShapeOptions, shape } from "../results/shape.js";
import type { Arguments, Proposal, Tool, ToolContext } from "../tool.js";
import { refuseMask } from "./arguments.js";

/** An effect of a call besides the one in its tool's name, as a call of another tool. */
export interface OtherCall {
  tool: CatalogueEntry;
  args: Arguments;
}

/** A write that is about to be made, and all of its effects. */
export interface Look {
  proposal: Proposal;
  also: readonly OtherCall[];
}

/**
 * A write that is about to be made. The body of a full replace includes the hidden values that its sender could not
 * see.
 * @throws the error of `replaces.proposed`; bad_input for a mask in a place where none was shown
 */
async function proposalOf(tool: Tool, { callGuard, context, args, body, hides }: Looked): Promise<Proposal> {
  const { replaces } = tool;
  let now: ReturnType<Proposal["current"]> | undefined;
  const current = () => {
    now ??= replaces?.current(context, args) ?? Promise.resolve({});
    return now;
  };
  if (body !== undefined || replaces === undefined) return { body: body ?? {}, current, kept: NOTHING_KEPT };
  // The checks without a request come first, so that wrong arguments cost none.
  const proposed = replaces.proposed(args);
  const present = await current();
  const kept = keepHidden(present, shape(present, { hides }), proposed, replaces.setByOkta);
  refuseMask(kept.body);
  callGuard.conceal(kept.values);
  return { body: kept.body, current, kept };
}

/** The catalogue and the scopes for looking up tools. */
export interface Choosing {
  catalogue: Catalogue;
  view(): ScopeView;
}

/**
 * Finds the effects of a call besides the one in its tool's name. Each of them counts like a call of the tool with that
 * effect, so all these tools have to be on.
 * @throws OktaMcpError protected for a tool that a setting leaves out; missing_scope; the error of the tool
 */
async function alsoDone(
  tool: Tool,
  args: Arguments,
  { context, proposal }: { context: ToolContext; proposal: Proposal },
  { catalogue, view }: Choosing,
): Promise<OtherCall[]> {
  const same = (await tool.alsoDoes?.(context, args, proposal)) ?? [];
  const calls: OtherCall[] = [];
  for (const one of same) {
    const found = lookUp(catalogue, one.tool);
    if ("names" in found) throw new OktaMcpError("bug", `${tool.name} names ${one.tool}, which is no tool.`);
    if (found.why !== undefined) throw leftOut(tool.name, one.tool, found.why);
    await requireScopes(found.tool, view, async () => calls.push({ tool: found.tool, args: one.args }));
  }
  return calls;
}

/** A call of a tool that is about to be checked. */
export interface Looked {
  callGuard: CallGuard;
  context: ToolContext;
  args: Arguments;
  /** The body in place of the one that the arguments make. */
  body?: JsonObject | undefined;
  /** The attributes that the settings hide. */
  hides: ShapeOptions["hides"];
}

/**
 * Checks the effects of a call, whatever its tool, after `callGuard.begin`.
 * @throws OktaMcpError protected, missing_scope, bad_input; the errors of reading
 */
export async function lookAt(tool: Tool, looked: Looked, choosing: Choosing): Promise<Look> {
  const { callGuard, context, args } = looked;
  const proposal = await proposalOf(tool, looked);
  await touch(tool, args, proposal, looked);
  const also = await alsoDone(tool, args, { context, proposal }, choosing);
  await callGuard.also(also);
  for (const other of also) await touch(other.tool, other.args, { ...proposal, body: {} }, looked);
  return { proposal, also };
}

/** Checks the objects that a tool changes without naming them. @throws OktaMcpError protected */
async function touch(tool: Tool, args: Arguments, proposal: Proposal, { callGuard, context }: Looked): Promise<void> {
  const { touches } = tool;
  if (touches)
    await callGuard.touch(touches.kinds, (isProtected) => touches.read(context, args, proposal, isProtected));
}

function leftOut(name: string, other: string, why: string): OktaMcpError {
  return new OktaMcpError(
    "protected",
    `Nothing was changed. With this body ${name} also does what ${other} does, and ${other} is off: ${why}.`,
    {
      fix: `Make the call without that part, or tell the person. Only a person can change that setting, and has to start the server again.`,
      atTerminal: { fix: "Make the call without that part, or change that setting, if it is yours to change." },
      data: { rule: why, also_does: other },
    },
  );
}

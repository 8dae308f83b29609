import { lookUp } from "./call-arguments.js";
import type { Catalogue, CatalogueEntry } from "./catalogue.js";
import { OktaMcpError } from "./errors/index.js";
import type { Watch } from "./guard/guard.js";
import type { JsonObject } from "./json.js";
import { requireScopes } from "./require-scopes.js";
import type { Proposal, Tool, ToolContext } from "./tool.js";
import type { ScopeView } from "./tools-on.js";

type Arguments = Readonly<Record<string, unknown>>;

/** What a call does besides what its tool's name says, as a call of another tool. */
export interface OtherCall {
  tool: CatalogueEntry;
  args: Arguments;
}

/** A write as it is about to be made, and all that it does. */
export interface Look {
  proposal: Proposal;
  also: readonly OtherCall[];
}

/**
 * A write as it is about to be made.
 * @param body in place of the one that the arguments make
 * @throws what `replaces.proposed` finds wrong with the arguments
 */
function proposalOf(tool: Tool, context: ToolContext, args: Arguments, body?: JsonObject): Proposal {
  let now: ReturnType<Proposal["current"]> | undefined;
  return {
    body: body ?? tool.replaces?.proposed(args) ?? {},
    current() {
      now ??= tool.replaces?.current(context, args) ?? Promise.resolve({});
      return now;
    },
  };
}

/** In whose name tools are looked up. */
export interface Choosing {
  catalogue: Catalogue;
  view(): ScopeView;
}

/**
 * Finds out what a call does besides what its tool's name says. What a call does decides whether it
 * may be made, so each of these tools has to be on, as if it were called itself.
 * @throws OktaMcpError protected for a tool that a setting leaves out, missing_scope, and what the tool throws
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

/** A call of a tool that is about to be looked at. */
export interface Looked {
  watch: Watch;
  context: ToolContext;
  args: Arguments;
  /** In place of the one that the arguments make. */
  body?: JsonObject | undefined;
}

/**
 * Looks at what a call would do, whatever its tool is called, after `watch.begin`.
 * @throws OktaMcpError protected, missing_scope, bad_input, and what reading for it fails with
 */
export async function lookAt(tool: Tool, { watch, context, args, body }: Looked, choosing: Choosing): Promise<Look> {
  const proposal = proposalOf(tool, context, args, body);
  const touch = async ({ touches }: Tool, given: Arguments, how: Proposal) => {
    if (touches) await watch.touch(touches.kinds, (isProtected) => touches.read(context, given, how, isProtected));
  };
  await touch(tool, args, proposal);
  const also = await alsoDone(tool, args, { context, proposal }, choosing);
  await watch.also(also);
  for (const other of also) await touch(other.tool, other.args, { ...proposal, body: {} });
  return { proposal, also };
}

function leftOut(name: string, other: string, why: string): OktaMcpError {
  return new OktaMcpError(
    "protected",
    `Nothing was changed. With this body ${name} also does what ${other} does, and ${other} is off: ${why}.`,
    {
      fix: `Make the call without that part, or tell the person. Only a person can change that setting, and has to start the server again.`,
      data: { rule: why, also_does: other },
    },
  );
}

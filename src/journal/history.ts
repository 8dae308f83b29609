import type { Catalogue } from "../catalogue/catalogue.js";
import { findTool } from "../catalogue/find-tool.js";
import { OktaMcpError } from "../errors/index.js";
import type { Guard } from "../guard/guard.js";
import type { Json, JsonObject } from "../json/json.js";
import { type ToolFor, withTool } from "../okta/purpose.js";
import type { Scope } from "../okta/scopes.js";
import { difference, hiddenIn, sameButHidden, settled } from "../results/difference.js";
import type { ChangeQuery, Changes, ToolContext, UndoStep } from "../tool.js";
import type { Reading } from "./agreed.js";
import { type Change, findChange, type Journal } from "./change.js";
import { idsOf } from "./change-ids.js";
import type { Masking } from "./masking.js";
import { ReadingRight } from "./reading.js";
import { shownChange } from "./shown.js";
import { toJson } from "./state.js";
import { type PerformStep, runUndo } from "./undo.js";
import { allSteps, describePlan, planUndo, type UndoPlan } from "./undo-plan.js";

export interface ChangeHistoryOptions {
  journal: Journal | undefined;
  catalogue: Catalogue;
  mask: Masking;
  /** The guard, which knows the hidden attributes. */
  guard: Guard;
  /** The context of the present call. */
  context: () => ToolContext;
  /** The company's own id of the person who looks; undefined where one person has this server. */
  person: string | undefined;
  /** Reads the losses of one call of an undo. @throws OktaMcpError where the call would be refused */
  weigh: (step: UndoStep) => Promise<Reading>;
  /** @throws OktaMcpError protected where the limits leave no room for so many calls; `writes` includes the removals */
  room: (wanted: { writes: number; removals: number }) => Promise<void>;
  perform: PerformStep;
  /** Epoch milliseconds. */
  now: () => number;
}

const PAGE = 50;

/** The journal for tools. A session does not see more of an object here than it may read in the org. */
export class ChangeHistory implements Changes {
  readonly #options: ChangeHistoryOptions;
  readonly #right: ReadingRight;

  constructor(options: ChangeHistoryOptions) {
    this.#options = options;
    const { catalogue, context, person } = options;
    const may = (scope: Scope) => context().may(scope);
    this.#right = new ReadingRight({ catalogue, journal: () => this.#journal(), may, person });
  }

  async page(query: ChangeQuery, after: string | undefined): Promise<{ items: Json[]; next: string | undefined }> {
    const wanted = query.limit ?? PAGE;
    const items: Json[] = [];
    let last: string | undefined;
    let reached = after === undefined;
    for await (const change of this.#journal().changes()) {
      if (!reached) {
        reached = change.id === after;
        continue;
      }
      if (!matches(change, query)) continue;
      if (!isAbout(change, query)) continue;
      const withheld = await this.#right.withheld(change);
      const shown = this.#shown(change);
      // A change that is not shown must not tell either which object it is about.
      if (query.target_id !== undefined && (withheld !== undefined || !isAbout(shown, query))) continue;
      if (items.length === wanted) return { items, next: last };
      items.push(await this.#short(shown, withheld));
      last = change.id;
    }
    return { items, next: undefined };
  }

  async get(id: string): Promise<Json> {
    const recorded = await this.#find(id);
    const withheld = await this.#right.withheld(recorded);
    const change = this.#shown(recorded);
    if (withheld !== undefined) return { ...(await this.#short(change, withheld)), requests: withoutPaths(change) };
    const { arguments: args, before, after, ...rest } = change;
    const target = (await this.#right.target(change)) ?? undefined;
    const isKnown = before !== undefined && after !== undefined;
    const sides = isKnown ? ([settled(before), settled(after)] as const) : undefined;
    const hidden = sides ? hiddenIn(...sides) : [];
    return toJson({
      ...rest,
      target,
      arguments: args,
      difference: sides && difference(...sides, { same: sameButHidden }),
      ...(hidden.length > 0 ? { not_compared: hidden } : {}),
      before,
      after,
      undo: this.#whetherUndoable(change),
    });
  }

  async describeUndo(id: string, force: boolean): ReturnType<Changes["describeUndo"]> {
    const { plan, first } = await this.#planned(id, force);
    return describePlan(plan, this.#options.mask, first);
  }

  async undo(id: string, force: boolean): Promise<Json> {
    const { mask, perform, now } = this.#options;
    const { plan } = await this.#planned(id, force);
    return runUndo(plan, { perform, mask, now });
  }

  /**
   * The plan of an undo, once all of its calls may be made, and the losses of its first call.
   * @throws OktaMcpError conflict, also where the session may not see the change
   */
  async #planned(id: string, force: boolean): Promise<{ plan: UndoPlan; first: Reading | undefined }> {
    const { catalogue, mask, context, weigh, room } = this.#options;
    const change = await this.#find(id);
    const withheld = await this.#right.withheld(change);
    const planning = { catalogue, mask, context: context(), force };
    const plan = await planUndo(change, { ...planning, withheld, shown: this.#shown(change) });
    const [step, ...later] = allSteps(plan);
    // A call that is refused after others were made would leave the undo half-way.
    const tools = later.map(({ tool }) => findTool(catalogue, tool));
    const first = step && (await weigh(step));
    const removals = tools.filter(({ effect }) => effect === "removes").length + (first?.loses ? 1 : 0);
    await room({ writes: tools.length + (step ? 1 : 0), removals });
    return { plan, first };
  }

  #shown(change: Change): Change {
    const { mask, guard } = this.#options;
    return shownChange(change, mask, guard);
  }

  #toolFor: ToolFor = (purpose) => this.#options.context().toolFor(purpose);

  #journal(): Journal {
    const { journal } = this.#options;
    if (journal) return journal;
    throw new OktaMcpError("bad_config", "There is no journal of changes: OKTA_MCP_JOURNAL is off.", {
      fix: "Leave OKTA_MCP_JOURNAL out, or set it to a folder, and start again; what was done meanwhile is not in it.",
    });
  }

  async #find(id: string): Promise<Change> {
    const change = await findChange(this.#journal(), id);
    if (change) return change;
    throw new OktaMcpError("not_found", "The journal of this org and client has no change with that id.", {
      fix: `Find its id${withTool(this.#toolFor, "find change")}.`,
    });
  }

  /** @param withheld the reason why the content of the change is not shown */
  async #short(change: Change, withheld: string | undefined): Promise<JsonObject> {
    const { id, at, tool, api, outcome, actor, confirmed, error, undo_of, undone_by } = change;
    return {
      id,
      at,
      tool,
      ...(api === undefined ? {} : { api }),
      outcome,
      ...(withheld === undefined ? { target: await this.#right.target(change), ids: idsOf(change) } : { withheld }),
      actor: actor.user ?? actor.client_id,
      confirmed,
      ...(error === undefined ? {} : { error: error.code }),
      ...(undo_of === undefined ? {} : { undo_of }),
      ...(undone_by === undefined ? {} : { undone_by }),
    };
  }

  #whetherUndoable({ outcome, tool, undone_by }: Change): JsonObject {
    const cannot = (why: string) => ({ possible: false, why });
    if (outcome === "refused" || outcome === "failed") return cannot("It changed nothing.");
    if (undone_by !== undefined) return cannot("It has been undone already.");
    const entry = this.#options.catalogue.get(tool);
    if (!entry) return cannot(`The tool ${tool} is not on here.`);
    const undo = entry.change?.undo;
    if (typeof undo === "string") return cannot(undo);
    if (undo === undefined && !entry.replaces) return cannot("This tool names no way back.");
    const by = this.#toolFor("undo change");
    return { possible: true, ...(by === undefined ? {} : { with: `${by}; dry_run shows what it would do` }) };
  }
}

/** The requests of a change without their paths, since these name the object. */
function withoutPaths({ requests }: Change): Json {
  return requests.map(({ path: _, ...request }) => ({ ...request }));
}

function matches(change: Change, { since, until, tool, outcome }: ChangeQuery): boolean {
  const at = Date.parse(change.at);
  return (
    (since === undefined || at >= Date.parse(since)) &&
    (until === undefined || at <= Date.parse(until)) &&
    (tool === undefined || change.tool === tool || change.also_does?.includes(tool) === true) &&
    (outcome === undefined || (outcome === "not_refused" ? change.outcome !== "refused" : change.outcome === outcome))
  );
}

function isAbout(change: Change, { target_id }: ChangeQuery): boolean {
  return target_id === undefined || idsOf(change).includes(target_id);
}

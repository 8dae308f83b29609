import type { Catalogue } from "../catalogue.js";
import { OktaMcpError } from "../errors/index.js";
import { isObject, type JsonObject } from "../json.js";
import type { Json } from "../okta/request.js";
import type { Scope } from "../scopes.js";
import type { ToolContext } from "../tool.js";
import { type Change, findChange, type Journal } from "./change.js";
import type { ChangeQuery, Changes } from "./contract.js";
import { difference, settled } from "./difference.js";
import type { Mask } from "./masking.js";
import { toJson } from "./state.js";
import { type PerformStep, runUndo } from "./undo.js";
import { describePlan, planUndo } from "./undo-plan.js";

export interface ChangeDeskOptions {
  journal: Journal | undefined;
  catalogue: Catalogue;
  mask: Mask;
  /** The context of the call that asks. */
  context: () => ToolContext;
  perform: PerformStep;
  /** Epoch milliseconds. */
  now: () => number;
}

const PAGE = 50;

/** The scope that reading what a tool changes takes. */
function readScope(scope: Scope): Scope {
  return scope.replace(/\.manage$/, ".read") as Scope;
}

/** The journal as tools see it: what a session may not read in the org it does not read here. */
export class ChangeDesk implements Changes {
  readonly #options: ChangeDeskOptions;

  constructor(options: ChangeDeskOptions) {
    this.#options = options;
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
      if (items.length === wanted) return { items, next: last };
      items.push(this.#short(change));
      last = change.id;
    }
    return { items, next: undefined };
  }

  async get(id: string): Promise<Json> {
    const change = await this.#find(id);
    const withheld = this.#withheld(change);
    if (withheld !== undefined) return { ...this.#short(change), requests: requestsOf(change) };
    const { arguments: args, before, after, ...rest } = change;
    const fields =
      before === undefined || after === undefined ? undefined : difference(settled(before), settled(after));
    return toJson({
      ...rest,
      arguments: args,
      difference: fields,
      before,
      after,
      undo: this.#whetherUndoable(change),
    });
  }

  async describeUndo(id: string, force: boolean): ReturnType<Changes["describeUndo"]> {
    const { catalogue, mask } = this.#options;
    const context = this.#options.context();
    const plan = await planUndo(await this.#find(id), { catalogue, mask, context, force });
    return describePlan(plan, { catalogue, context, mask });
  }

  async undo(id: string, force: boolean): Promise<Json> {
    const { catalogue, mask, perform, now } = this.#options;
    const plan = await planUndo(await this.#find(id), { catalogue, mask, context: this.#options.context(), force });
    return runUndo(plan, perform, now);
  }

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
      fix: "Find its id with list_changes.",
    });
  }

  /** Why the content of a change is not shown; undefined where it is. */
  #withheld({ tool }: Change): string | undefined {
    const scope = this.#options.catalogue.get(tool)?.scope;
    if (!scope) return undefined;
    const needed = readScope(scope);
    return this.#options.context().may(needed) ? undefined : `what was changed is shown with ${needed} only`;
  }

  #short(change: Change): JsonObject {
    const { id, at, tool, outcome, target, actor, confirmed, error, undo_of, undone_by } = change;
    const withheld = this.#withheld(change);
    return {
      id,
      at,
      tool,
      outcome,
      ...(withheld === undefined ? { target: target ?? null, ids: idsOf(change) } : { withheld }),
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
    return { possible: true, with: "undo_change; dry_run shows what it would do" };
  }
}

function requestsOf({ requests }: Change): Json {
  return requests.map((request) => ({ ...request }));
}

/** The ids that a call named, and that of what it made. */
function idsOf({ arguments: args, after, before }: Change): string[] {
  const named = isObject(args) ? Object.entries(args) : [];
  const own = [before, after].flatMap((side) => (isObject(side) ? [side.id] : []));
  const ids = [...named.flatMap(([key, value]) => (key.endsWith("_id") ? [value] : [])), ...own];
  return [...new Set(ids.filter((id) => typeof id === "string"))];
}

function matches(change: Change, { since, until, tool, target_id, outcome }: ChangeQuery): boolean {
  const at = Date.parse(change.at);
  return (
    (since === undefined || at >= Date.parse(since)) &&
    (until === undefined || at <= Date.parse(until)) &&
    (tool === undefined || change.tool === tool) &&
    (outcome === undefined ||
      (outcome === "not_refused" ? change.outcome !== "refused" : change.outcome === outcome)) &&
    (target_id === undefined || idsOf(change).includes(target_id))
  );
}

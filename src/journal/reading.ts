import type { Catalogue, CatalogueEntry } from "../catalogue/catalogue.js";
import { textAt } from "../json/json.js";
import { nameOf } from "../okta/objects.js";
import type { Scope } from "../okta/scopes.js";
import type { Change, Journal } from "./change.js";

export interface ReadingRights {
  catalogue: Catalogue;
  journal: () => Journal;
  /** True when the session may use a scope. */
  may(scope: Scope): boolean;
}

/** What decides whose work a change is. */
type Named = Pick<Change, "tool" | "arguments">;

/** The scope that reading what a tool changes takes. */
function readScope(scope: Scope): Scope {
  return scope.replace(/\.manage$/, ".read") as Scope;
}

/**
 * Tells what of the changes on record a session may see: what it may read in the org. That follows
 * from the tool that made a change, whether or not that tool is on. Of a tool that this version does
 * not have nobody can tell, so that nothing of its changes is shown.
 */
export class ReadingRight {
  readonly #rights: ReadingRights;
  /** Every change by its id, read once where a change names another. */
  #named: Promise<ReadonlyMap<string, Named>> | undefined;

  constructor(rights: ReadingRights) {
    this.#rights = rights;
  }

  /** Why the content of a change is not shown; undefined where it is. */
  async withheld(change: Change): Promise<string | undefined> {
    const tool = await this.#toolOf(change);
    if (!tool?.scope) {
      return `this version of okta-mcp does not know what ${change.tool} changed, and so not which scope seeing it takes`;
    }
    const states = [change.before, change.after].filter((state) => state !== undefined);
    const scopes = [readScope(tool.scope), ...states.flatMap((state) => tool.change?.stateUses?.(state) ?? [])];
    const missing = [...new Set(scopes)].filter((scope) => !this.#rights.may(scope));
    return missing.length === 0 ? undefined : `what was changed is shown with ${missing.join(" and ")} only`;
  }

  /**
   * What the object of a change is called, for a session that may see the change. A question may have
   * named more than the object itself, such as the user of a membership.
   */
  async target(change: Change): Promise<string | null> {
    const others = (await this.#toolOf(change))?.alsoUses ?? [];
    if (others.every((scope) => this.#rights.may(readScope(scope)))) return change.target ?? null;
    return nameOf(change.before) ?? nameOf(change.after) ?? null;
  }

  /** The tool whose work a change is: where it is an undo, which has no scope of its own, that of the change it names. */
  async #toolOf(change: Named): Promise<CatalogueEntry | undefined> {
    let named: Named | undefined = change;
    const seen = new Set<Named>();
    while (named !== undefined && !seen.has(named)) {
      seen.add(named);
      const tool = this.#rights.catalogue.known(named.tool);
      if (tool === undefined || tool.scope !== null) return tool;
      named = (await this.#byId()).get(textAt(named.arguments, "change_id"));
    }
    return undefined;
  }

  #byId(): Promise<ReadonlyMap<string, Named>> {
    const read = async () => {
      const found = new Map<string, Named>();
      for await (const { id, tool, arguments: args } of this.#rights.journal().changes()) {
        const { scope } = this.#rights.catalogue.known(tool) ?? {};
        found.set(id, { tool, ...(scope === null && args !== undefined ? { arguments: args } : {}) });
      }
      return found;
    };
    this.#named ??= read();
    return this.#named;
  }
}

import type { Catalogue, CatalogueEntry } from "../catalogue/catalogue.js";
import { actsItself } from "../catalogue/tool-sorts.js";
import { textAt } from "../json/json.js";
import { nameOf } from "../okta/objects.js";
import type { Scope } from "../okta/scopes.js";
import type { Change, Journal } from "./change.js";

export interface ReadingRights {
  catalogue: Catalogue;
  journal: () => Journal;
  /** True when the session may use a scope. */
  may(scope: Scope): boolean;
  /** The company's own id of the person who looks; undefined where one person has this server. */
  person: string | undefined;
}

/** The parts of a change that tell which tool made it. */
type Named = Pick<Change, "tool" | "arguments">;

/** The scope for reading the objects that a tool changes. */
function readScope(scope: Scope): Scope {
  return scope.replace(/\.manage$/, ".read") as Scope;
}

/**
 * Decides what a session may see of recorded changes: as much as it may read in the org. The tool that made a change
 * decides this, whether or not it is on. Nothing is shown of a change whose tool this version does not have.
 */
export class ReadingRight {
  readonly #rights: ReadingRights;
  /** All changes by id. They are read once, when a change names another. */
  #named: Promise<ReadonlyMap<string, Named>> | undefined;

  constructor(rights: ReadingRights) {
    this.#rights = rights;
  }

  /** The reason why the content of a change is not shown; undefined where it is shown. */
  async withheld(change: Change): Promise<string | undefined> {
    const tool = await this.#toolOf(change);
    if (tool?.api !== undefined) return this.#withheldOfApi(change);
    if (!tool?.scope) {
      return `this version of okta-mcp does not know what ${change.tool} changed, and so not which scope seeing it takes`;
    }
    const states = [change.before, change.after].filter((state) => state !== undefined);
    const scopes = [readScope(tool.scope), ...states.flatMap((state) => tool.change?.stateUses?.(state) ?? [])];
    const missing = [...new Set(scopes)].filter((scope) => !this.#rights.may(scope));
    return missing.length === 0 ? undefined : `what was changed is shown with ${missing.join(" and ")} only`;
  }

  /** What somebody may see at a company's API is known of their own changes alone: the API answered them. */
  #withheldOfApi({ caller, tool }: Change): string | undefined {
    if (caller === undefined || caller.person === this.#rights.person) return undefined;
    return `what ${tool} changed is shown to whoever made the change, since nobody else's right at that API is known here`;
  }

  /**
   * The name of a change's object, for a session that may see the change. A question may have named more than the
   * object, such as the user of a membership.
   */
  async target(change: Change): Promise<string | null> {
    const others = (await this.#toolOf(change))?.alsoUses ?? [];
    if (others.every((scope) => this.#rights.may(readScope(scope)))) return change.target ?? null;
    return nameOf(change.before) ?? nameOf(change.after) ?? null;
  }

  /**
   * The tool that made a change. For an undo, which has no scope of its own, it is the tool of the change that it
   * names.
   */
  async #toolOf(change: Named): Promise<CatalogueEntry | undefined> {
    let named: Named | undefined = change;
    const seen = new Set<Named>();
    while (named !== undefined && !seen.has(named)) {
      seen.add(named);
      const tool = this.#rights.catalogue.known(named.tool);
      if (tool === undefined || actsItself(tool)) return tool;
      named = (await this.#byId()).get(textAt(named.arguments, "change_id"));
    }
    return undefined;
  }

  #byId(): Promise<ReadonlyMap<string, Named>> {
    const read = async () => {
      const found = new Map<string, Named>();
      for await (const { id, tool, arguments: args } of this.#rights.journal().changes()) {
        const known = this.#rights.catalogue.known(tool);
        found.set(id, { tool, ...(known && !actsItself(known) && args !== undefined ? { arguments: args } : {}) });
      }
      return found;
    };
    this.#named ??= read();
    return this.#named;
  }
}

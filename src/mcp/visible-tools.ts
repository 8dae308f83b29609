import type { Session } from "../auth/session.js";
import { scopeView, toolsOn } from "../catalogue/active-tools.js";
import type { ToolCard, ToolDefinition, ToolListing } from "../catalogue/catalogue.js";
import { listing } from "../catalogue/listed-tools.js";

/** The tools that a client sees: those that are on for the session at the moment, as far as a list has room for them. */
export class VisibleTools {
  readonly #catalogue: ToolListing;
  readonly #session: Session;

  constructor(catalogue: ToolListing, session: Session) {
    this.#catalogue = catalogue;
    this.#session = session;
  }

  /** The answer to `tools/list`. */
  definitions(): Promise<ToolDefinition[]> {
    return this.#catalogue.definitions(this.#names());
  }

  /** The tools themselves, as far as they are known without loading them. */
  cards(): readonly ToolCard[] {
    return listing(toolsOn(this.#catalogue, scopeView(this.#session))).listed;
  }

  /** Calls back whenever other tools are visible than before, until the returned function is called. */
  watch(onChange: () => void): () => void {
    let listed = this.#names().join();
    return this.#session.onChange(() => {
      const now = this.#names().join();
      if (now === listed) return;
      listed = now;
      onChange();
    });
  }

  #names(): string[] {
    return this.cards().map(({ name }) => name);
  }
}

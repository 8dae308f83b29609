import type { Session } from "../auth/session.js";
import { scopeView, toolsOn } from "../catalogue/active-tools.js";
import type { ToolCard, ToolDefinition, ToolListing } from "../catalogue/catalogue.js";
import { listing } from "../catalogue/listed-tools.js";

/** The tools that a client sees: those that are on for the session at the moment, as far as a list has room for them. */
export class VisibleTools {
  readonly #catalogue: ToolListing;
  readonly #session: Session;
  #stop: () => void = () => undefined;

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

  /** Calls back whenever other tools are visible than at the moment, until `unwatch`. */
  watch(onChange: () => void): void {
    this.unwatch();
    let listed = this.#names().join();
    this.#stop = this.#session.onChange(() => {
      const now = this.#names().join();
      if (now === listed) return;
      listed = now;
      onChange();
    });
  }

  unwatch(): void {
    this.#stop();
    this.#stop = () => undefined;
  }

  #names(): string[] {
    return this.cards().map(({ name }) => name);
  }
}

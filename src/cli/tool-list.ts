import type { ToolCard, ToolListing } from "../catalogue/catalogue.js";
import { leftOutBecause } from "../catalogue/choice.js";
import type { Settings } from "../config/config.js";
import { toolCards } from "./tool-cards.js";

/** The tools that the settings allow, as a client sees them. It loads no tool but those of a company's own APIs. */
export function toolList({ choice, apis }: Pick<Settings, "choice" | "apis">): ToolListing & { total: number } {
  const own = apis?.catalogue;
  const all: readonly ToolCard[] = own === undefined ? toolCards : byName([...toolCards, ...own.entries]);
  return {
    entries: all.filter((card) => leftOutBecause(choice, card) === undefined),
    total: all.length,
    async definitions(names) {
      const { toolDefinitions } = await import("./tool-definitions.js");
      return names.map((name) => {
        const definition = own?.get(name) ? own.definition(name) : toolDefinitions[name];
        if (!definition) throw new Error(`There is no tool ${name}.`);
        return definition;
      });
    },
    load: async () => (await import("./chosen-catalogue.js")).chosenCatalogue({ choice, apis }),
  };
}

function byName(cards: ToolCard[]): ToolCard[] {
  return cards.sort((a, b) => (a.name < b.name ? -1 : 1));
}

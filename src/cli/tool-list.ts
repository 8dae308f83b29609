import type { ToolListing } from "../catalogue/catalogue.js";
import { leftOutBecause } from "../catalogue/choice.js";
import type { Settings } from "../config/config.js";
import { toolCards } from "./tool-cards.js";

/** The tools that the settings allow, as a client sees them. It loads no tool. */
export function toolList({ choice }: Pick<Settings, "choice">): ToolListing & { total: number } {
  return {
    entries: toolCards.filter((card) => leftOutBecause(choice, card) === undefined),
    total: toolCards.length,
    async definitions(names) {
      const { toolDefinitions } = await import("./tool-definitions.js");
      return names.map((name) => {
        const definition = toolDefinitions[name];
        if (!definition) throw new Error(`There is no tool ${name}.`);
        return definition;
      });
    },
    load: async () => (await import("./chosen-catalogue.js")).chosenCatalogue({ choice }),
  };
}

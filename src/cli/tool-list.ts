import type { ToolListing } from "../catalogue.js";
import { leftOutBecause, unmatchedPatterns } from "../choice.js";
import { badConfig, type Settings } from "../config.js";
import { toolCards } from "./tool-cards.js";

/**
 * The tools that the settings let be, as a client sees them, without loading a single one.
 * @throws OktaMcpError bad_config, naming every pattern that matches no tool
 */
export function toolList({ choice }: Pick<Settings, "choice">): ToolListing & { total: number } {
  const problems = unmatchedPatterns(choice, toolCards);
  if (problems.length > 0) throw badConfig(problems);
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
    load: async () => (await import("./catalogue.js")).chosenCatalogue({ choice }),
  };
}

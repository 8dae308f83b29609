import { areas } from "../../tools/index.js";
import { createCatalogue, type ToolCard, type ToolDefinition } from "../catalogue.js";

const { entries, definition } = createCatalogue(areas);

/**
 * What a list tells of every tool. In a bundle `scripts/tool-cards-plugin.ts` replaces this module by
 * what comes of it, so that no tool and no schema is made before the list is asked for.
 */
export const toolCards: readonly (ToolCard & { definition: ToolDefinition })[] = entries.map((entry) => {
  const { name, area, scope, effect, staysOn, about } = entry;
  return {
    name,
    area,
    scope,
    effect,
    ...(staysOn && { staysOn }),
    ...(about && { about }),
    definition: definition(name),
  };
});

import { areas } from "../../tools/index.js";
import { createCatalogue, type ToolCard } from "../catalogue/catalogue.js";

/**
 * The properties of every tool that decide whether it is listed. In a bundle, `scripts/known-values-plugin.ts` replaces
 * this module by its result, so that no tool and no schema is made before a call needs it.
 */
export const toolCards: readonly ToolCard[] = createCatalogue(areas).entries.map(
  ({ name, area, scope, effect, staysOn, about }) => ({
    name,
    area,
    scope,
    effect,
    ...(staysOn && { staysOn }),
    ...(about && { about }),
  }),
);

import { areas, notes } from "../../tools/index.js";
import { createCatalogue, type ToolCard } from "../catalogue/catalogue.js";
import { ALL_TOOLS } from "../catalogue/choice.js";

/**
 * The properties of every tool that decide whether it is listed. In a bundle, `scripts/known-values-plugin.ts` replaces
 * this module by its result, so that no tool and no schema is made before a call needs it.
 */
export const toolCards: readonly ToolCard[] = createCatalogue(areas, ALL_TOOLS, notes).entries.map(
  ({ name, area, scope, effect, staysOn, readsFile, about, purpose, reaches, leaves }) => ({
    name,
    area,
    scope,
    effect,
    ...(staysOn && { staysOn }),
    ...(readsFile && { readsFile }),
    ...(about && { about }),
    ...(purpose && { purpose }),
    ...(reaches && { reaches }),
    ...(leaves === undefined ? {} : { leaves }),
  }),
);

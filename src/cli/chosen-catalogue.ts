import { areas, notes } from "../../tools/index.js";
import { type Catalogue, createCatalogue } from "../catalogue/catalogue.js";
import type { Settings } from "../config/config.js";

/** The tools that the settings let be. */
export function chosenCatalogue({ choice }: Pick<Settings, "choice">): Catalogue {
  return createCatalogue(areas, choice, notes);
}

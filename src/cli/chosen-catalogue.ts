import { areas, notes } from "../../tools/index.js";
import { type Catalogue, createCatalogue } from "../catalogue/catalogue.js";
import type { Settings } from "../config/config.js";

/** The tools that the settings let be, those of a company's own APIs among them. */
export function chosenCatalogue({
  choice,
  apis,
}: Pick<Settings, "choice"> & Partial<Pick<Settings, "apis">>): Catalogue {
  return createCatalogue({ ...areas, ...apis?.areas }, choice, notes);
}

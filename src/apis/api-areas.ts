import type { Areas } from "../catalogue/catalogue.js";
import type { LoadedApi } from "./loaded-api.js";

/** The tools of APIs as areas of a catalogue. */
export function apiAreas(apis: readonly LoadedApi[]): Areas {
  const areas = apis.map(({ name, chosen }) => [name, Object.fromEntries(chosen.map(({ tool }) => [tool.name, tool]))]);
  return Object.fromEntries(areas);
}

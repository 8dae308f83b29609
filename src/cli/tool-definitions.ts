import { areas } from "../../tools/index.js";
import { createCatalogue, type ToolDefinition } from "../catalogue/catalogue.js";

const { entries, definition } = createCatalogue(areas);

/** The definition of every tool, by its name. The bundle has its result, as with `tool-cards.ts`. */
export const toolDefinitions: Readonly<Record<string, ToolDefinition>> = Object.fromEntries(
  entries.map(({ name }) => [name, definition(name)]),
);

import { areas } from "../../tools/index.js";
import { createCatalogue, type ToolDefinition } from "../catalogue/catalogue.js";

const { entries, definition } = createCatalogue(areas);

/** What a list tells of every tool, by its name. In a bundle replaced as `tool-cards.ts` is. */
export const toolDefinitions: Readonly<Record<string, ToolDefinition>> = Object.fromEntries(
  entries.map(({ name }) => [name, definition(name)]),
);

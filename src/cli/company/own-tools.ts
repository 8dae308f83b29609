import { toolCards } from "../tool-cards.js";

const NAMES: ReadonlySet<string> = new Set(toolCards.map(({ name }) => name));

/** True for the name of a tool that there is, whoever may use it. */
export const isTool = (name: string): boolean => NAMES.has(name);

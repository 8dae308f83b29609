import type { Reach } from "../tool.js";
import type { ToolCard } from "./catalogue.js";

/** The most tools that a list holds: clients cut longer lists at this number, and some of them without a word. */
export const MOST_LISTED = 128;

/** The tools that are on, by whether a list shows them. */
export interface Listing<Card> {
  listed: Card[];
  unlisted: Card[];
}

/** True for a tool that finds unlisted tools, or calls those of an effect. */
function does({ reaches }: ToolCard, reach: Reach): boolean {
  return reaches === "all" || (reaches?.includes(reach) ?? false);
}

/** The tools among these that find or call a tool which is not listed. */
export function reaching<Card extends ToolCard>(on: readonly Card[], { effect }: ToolCard): Card[] {
  return on.filter((tool) => does(tool, "finds") || does(tool, effect));
}

/**
 * Chooses the tools that a list shows. Where more are on than it has room for, those that have a place in the order of
 * leaving leave, in that order; each of them only while one listed tool finds it and one calls it. Nothing else
 * leaves: a list that is too long loses less than a tool that nobody can reach any more.
 * @param on the tools that are on, in the order of the list, which stays
 * @param most the number of tools that a list holds; by default 128
 */
export function listing<Card extends ToolCard>(on: readonly Card[], most = MOST_LISTED): Listing<Card> {
  const isReached = ({ effect }: Card) =>
    on.some((tool) => does(tool, "finds")) && on.some((tool) => does(tool, effect));
  const leaving = on
    .filter((tool) => tool.leaves !== undefined && tool.reaches === undefined && isReached(tool))
    .sort((one, other) => (one.leaves ?? 0) - (other.leaves ?? 0))
    .slice(0, Math.max(0, on.length - most));
  return {
    listed: on.filter((tool) => !leaving.includes(tool)),
    unlisted: on.filter((tool) => leaving.includes(tool)),
  };
}

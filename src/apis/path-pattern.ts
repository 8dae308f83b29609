import { matchesGlob, matchesSteps } from "../text/glob.js";

/**
 * True when a pattern describes the whole of a path. `**` as a part stands for any number of parts, none among them; in
 * any other part `*` stands for any characters. The time is at most proportional to the product of the two lengths.
 */
export function matchesPath(pattern: string, path: string): boolean {
  return matchesSteps(pattern.split("/"), path.split("/"), "**", matchesPart);
}

/** Paths tell upper from lower case, and `?` begins no path's query here. */
function matchesPart(wanted: string, given: string): boolean {
  if (!wanted.includes("*")) return wanted === given;
  const [first = "", ...others] = wanted.split("*");
  return given.startsWith(first) && given.endsWith(others.at(-1) ?? "") && matchesGlob(wanted, given);
}

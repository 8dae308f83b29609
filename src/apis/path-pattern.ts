import { matchesGlob } from "../text/glob.js";

/**
 * True when a pattern describes the whole of a path. `**` as a part stands for any number of parts, none among them; in
 * any other part `*` stands for any characters. The time is at most proportional to the product of the two lengths.
 */
export function matchesPath(pattern: string, path: string): boolean {
  const wanted = pattern.split("/");
  const given = path.split("/");
  let at = 0;
  let star = -1;
  let resumed = 0;
  for (let place = 0; place < given.length; ) {
    if (wanted[at] === "**") {
      star = at;
      resumed = place;
      at += 1;
    } else if (at < wanted.length && matchesPart(wanted[at] ?? "", given[place] ?? "")) {
      at += 1;
      place += 1;
    } else if (star >= 0) {
      resumed += 1;
      place = resumed;
      at = star + 1;
    } else return false;
  }
  return wanted.slice(at).every((part) => part === "**");
}

/** Paths tell upper from lower case, and `?` begins no path's query here. */
function matchesPart(wanted: string, given: string): boolean {
  if (!wanted.includes("*")) return wanted === given;
  const [first = "", ...others] = wanted.split("*");
  return given.startsWith(first) && given.endsWith(others.at(-1) ?? "") && matchesGlob(wanted, given);
}

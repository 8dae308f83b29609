/**
 * A text in the form in which names are compared. It ignores compatibility forms (NFKC), upper and lower case, white
 * space and invisible characters.
 */
export function folded(text: string): string {
  return text
    .normalize("NFKC")
    .replace(/[\p{Default_Ignorable_Code_Point}\p{Cc}]/gu, (character) => (/\s/.test(character) ? " " : ""))
    .toLowerCase()
    .toUpperCase()
    .toLowerCase()
    .normalize("NFKC")
    .replace(/\s+/gu, " ")
    .trim();
}

/** True when two names differ only in what `folded` ignores. */
export function sameFolded(a: string, b: string): boolean {
  return folded(a) === folded(b);
}

/**
 * True when a pattern describes the whole of a text. `*` stands for any number of characters, `?` for exactly one, and
 * every other character for itself, as `folded` sees it. The time is at most proportional to the product of the two
 * lengths, whatever the pattern.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  const wanted = [...folded(pattern)];
  const given = [...folded(text)];
  return matchesSteps(wanted, given, "*", (one, other) => one === "?" || one === other);
}

/**
 * True when the steps of a pattern describe all of what is given, one each, but for stars: each stands for any number of
 * steps. The time is at most proportional to the product of the two lengths.
 */
export function matchesSteps<Step>(
  wanted: readonly Step[],
  given: readonly Step[],
  star: Step,
  matches: (wanted: Step, given: Step) => boolean,
): boolean {
  let at = 0;
  let lastStar = -1;
  let resumed = 0;
  for (let place = 0; place < given.length; ) {
    if (at < wanted.length && wanted[at] === star) {
      lastStar = at;
      resumed = place;
      at += 1;
    } else if (at < wanted.length && matches(wanted[at] as Step, given[place] as Step)) {
      at += 1;
      place += 1;
    } else if (lastStar >= 0) {
      // The last star takes one step more.
      resumed += 1;
      place = resumed;
      at = lastStar + 1;
    } else return false;
  }
  return wanted.slice(at).every((step) => step === star);
}

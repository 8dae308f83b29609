/**
 * A text as names are compared here: compatibility forms (NFKC), upper and lower case, white space
 * and characters that nobody sees make no difference.
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

/** True when two names are the same but for what `folded` ignores. */
export function sameFolded(a: string, b: string): boolean {
  return folded(a) === folded(b);
}

/**
 * True when the whole of a text is what a pattern describes: `*` stands for any characters, also
 * none, `?` for exactly one; all else for itself, as `folded` sees it. Takes time in proportion to
 * the two lengths at most, whatever the pattern.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  const wanted = [...folded(pattern)];
  const given = [...folded(text)];
  let at = 0;
  let star = -1;
  let resumed = 0;
  for (let place = 0; place < given.length; ) {
    if (wanted[at] === "*") {
      star = at;
      resumed = place;
      at += 1;
    } else if (wanted[at] === "?" || wanted[at] === given[place]) {
      at += 1;
      place += 1;
    } else if (star >= 0) {
      // The last star has to take in one character more.
      resumed += 1;
      place = resumed;
      at = star + 1;
    } else return false;
  }
  return wanted.slice(at).every((part) => part === "*");
}

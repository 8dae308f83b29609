/** Scripts with letters that look like Latin letters. */
const LIKE_LATIN =
  /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}\p{Script=Coptic}\p{Script=Lisu}]/u;
const LATIN = /\p{Script=Latin}/u;
const WORD = /[\p{L}\p{M}\p{N}]+/gu;
const PLAIN_LETTER = /^[A-Za-z]$/;
/** Ordinals of Spanish and Portuguese. Nobody takes them for letters. */
const ORDINALS = "\u00aa\u00ba";
const MAX_NAMED = 5;

/** True for a letter that stands for another one: mathematical, fullwidth, circled. */
function isCostume(character: string): boolean {
  if (PLAIN_LETTER.test(character) || ORDINALS.includes(character)) return false;
  return PLAIN_LETTER.test(character.normalize("NFKC"));
}

/**
 * The letters of a name that imitate others: letters of another script within a Latin word, such as the Cyrillic A of
 * "Аdmins", and mathematical, fullwidth or circled letters. A word in one script is left alone, since a Cyrillic name
 * is nothing strange.
 * @returns up to five different letters, e.g. "А (U+0410)"; none where nothing is strange
 */
export function lookalikes(name: string): string[] {
  const found = new Set([...name].filter(isCostume));
  for (const [word] of name.matchAll(WORD)) {
    if (LATIN.test(word)) for (const character of word) if (LIKE_LATIN.test(character)) found.add(character);
  }
  return [...found].slice(0, MAX_NAMED).map((character) => {
    const point = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
    return `${character} (U+${point})`;
  });
}

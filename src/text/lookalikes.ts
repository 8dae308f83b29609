/** Scripts with letters that pass for Latin ones. */
const LIKE_LATIN =
  /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}\p{Script=Coptic}\p{Script=Lisu}]/u;
const LATIN = /\p{Script=Latin}/u;
const WORD = /[\p{L}\p{M}\p{N}]+/gu;
const PLAIN_LETTER = /^[A-Za-z]$/;
/** Ordinals of Spanish and Portuguese, which nobody takes for letters. */
const ORDINALS = "\u00aa\u00ba";
const MAX_NAMED = 5;

/** True for a letter that is another one in costume: mathematical, fullwidth, circled. */
function isCostume(character: string): boolean {
  if (PLAIN_LETTER.test(character) || ORDINALS.includes(character)) return false;
  return PLAIN_LETTER.test(character.normalize("NFKC"));
}

/**
 * The letters of a name that look like others: those of another script within a Latin word, as the
 * Cyrillic A of "Аdmins", and letters in costume. A word that is all of one script is left alone,
 * since a name in Cyrillic is nothing strange.
 * @returns e.g. "А (U+0410)", each once, the first five; none where nothing is strange
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

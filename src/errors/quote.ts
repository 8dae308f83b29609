/**
 * Characters that change how text around them looks or hide what is there: controls (C0, C1, DEL),
 * line and paragraph separators, bidirectional controls, zero-width characters, soft hyphen,
 * invisible operators, variation-selector supplements, tag characters, lone surrogates.
 */
const DECEPTIVE =
  /[\p{Cc}\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u2028-\u202E\u2060-\u206F\u3164\uFEFF\uFFA0\uFFF0-\uFFFB\u{1D173}-\u{1D17A}\u{E0000}-\u{E0FFF}]|\p{Cs}/gu;

/**
 * Text from outside, safe to put into a line of ours: one line, and every character that could
 * deceive a reader written out as `<U+202E>`. White space of any kind becomes one space.
 */
export function visible(text: string): string {
  return text
    .replace(/[\t\r\n]+/g, " ")
    .replace(DECEPTIVE, (character) => {
      const point = character.codePointAt(0) ?? 0;
      return `<U+${point.toString(16).toUpperCase().padStart(4, "0")}>`;
    });
}

/**
 * Quotes text from Okta as data inside a message of ours.
 * @param text what Okta sent
 * @param maxChars where it is cut, in characters of the visible form
 */
export function quoteOkta(text: string, maxChars = 300): string {
  const line = visible(text).replaceAll('"', "'").trim();
  const cut = [...line].slice(0, maxChars).join("");
  return `"${cut}${cut.length < line.length ? "…" : ""}"`;
}

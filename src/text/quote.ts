import { redactKeys } from "./redact.js";

/**
 * Characters that a reader cannot see: controls, bidirectional marks, zero-width and tag characters,
 * fillers, lone surrogates, and the Braille cell without dots.
 */
export const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/**
 * Quotes text that came from Okta, so that it can stand inside our own message as data.
 *
 * It takes any text and returns one line in double quotes, with at most `maxChars` characters between them. Line breaks
 * and other control characters become a space. Invisible characters (bidirectional marks, zero-width and tag
 * characters, lone surrogates) are removed. Double quotes inside become single quotes, so that the text cannot seem to
 * end early. Keys and tokens are removed, in case Okta ever repeats what it was sent.
 */
export function quoteOkta(text: string, maxChars = 300): string {
  // Only the beginning is shown, and a text may have megabytes: the rest need not be cleaned.
  const head = text.slice(0, maxChars * 4);
  const clean = redactKeys(head)
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, " ")
    .replace(INVISIBLE, "")
    .replaceAll('"', "'")
    .replace(/\s+/gu, " ")
    .trim();
  const chars = [...clean];
  const cut = chars.length > maxChars || head.length < text.length;
  return `"${cut ? `${chars.slice(0, maxChars - 1).join("")}…` : clean}"`;
}

/**
 * Text from outside, for use inside a line of our own. Line breaks and tabs become a space, and invisible characters
 * are written out, e.g. `<U+202E>`.
 */
export function visible(text: string): string {
  return text.replace(/[\t\r\n\u2028\u2029]+/gu, " ").replace(INVISIBLE, writtenOut);
}

/** The written form of an invisible character, by its number: `<U+202E>`. */
export function writtenOut(character: string): string {
  const point = character.codePointAt(0) ?? 0;
  return `<U+${point.toString(16).toUpperCase().padStart(4, "0")}>`;
}

/** The first `maxChars` characters of a text, with `…` where there are more. */
export function shortened(text: string, maxChars: number): string {
  return text.length > maxChars ? `${text.slice(0, maxChars)}…` : text;
}

/** The beginning of a text from outside, in the form of `visible`. It is for names and values of any length. */
export function visibleStart(text: string, maxChars = 100): string {
  return visible(shortened(text, maxChars));
}

/** A text of several lines, each in the form of `visible`. */
export function visibleLines(text: string): string {
  return text.split("\n").map(visible).join("\n");
}

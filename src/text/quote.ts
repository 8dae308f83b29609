import { redactKeys } from "./redact.js";

/**
 * Characters that a reader cannot see: controls, bidirectional marks, zero-width and tag characters,
 * fillers, lone surrogates, and the Braille cell without dots.
 */
export const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/**
 * Quotes text that came from Okta, so that it can stand inside a message of ours as data.
 *
 * Takes any text and gives back one line in double quotes of at most `maxChars` characters between
 * them. Line breaks and other control characters become a space; characters that a reader cannot
 * see (bidirectional marks, zero-width and tag characters, lone surrogates) go; double quotes
 * inside become single ones, so that the text cannot seem to end early. Keys and tokens go, should
 * Okta ever repeat what it was sent.
 */
export function quoteOkta(text: string, maxChars = 300): string {
  // What is thrown away for length need not be cleaned first: a text may have megabytes.
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
 * Text from outside inside a line of ours, with nothing hidden: line breaks and tabs become a
 * space, and every character that a reader cannot see is written out, e.g. `<U+202E>`.
 */
export function visible(text: string): string {
  return text.replace(/[\t\r\n\u2028\u2029]+/gu, " ").replace(INVISIBLE, writtenOut);
}

/** A character that a reader cannot see, by its number: `<U+202E>`. */
export function writtenOut(character: string): string {
  const point = character.codePointAt(0) ?? 0;
  return `<U+${point.toString(16).toUpperCase().padStart(4, "0")}>`;
}

/** The first `maxChars` characters of a text, with a sign where there are more. */
export function shortened(text: string, maxChars: number): string {
  return text.length > maxChars ? `${text.slice(0, maxChars)}…` : text;
}

/** The beginning of a text from outside, as `visible` shows it; for names and values that may have any length. */
export function visibleStart(text: string, maxChars = 100): string {
  return visible(shortened(text, maxChars));
}

/** A text of several lines, each as `visible` shows it. */
export function visibleLines(text: string): string {
  return text.split("\n").map(visible).join("\n");
}

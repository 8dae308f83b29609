import { stringifyJson } from "../json/exact-json.js";
import { INVISIBLE } from "./quote.js";

/** Each UTF-16 unit of a text as a JSON escape. */
function escaped(character: string): string {
  return character
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
}

/**
 * A text of common scripts in which no character can hide: Western, Greek, Cyrillic, Hebrew, Japanese, Chinese, Korean.
 * This test is several times faster than a search for invisible characters.
 */
const VISIBLE =
  /^[\n\x20-\x7e\xa0-\xac\xae-\u02ff\u0370-\u0482\u048a-\u058f\u05d0-\u05f4\u2010-\u2027\u20a0-\u20bf\u3001-\u3029\u3030-\u3096\u309b-\u30ff\u3400-\u9fff\uac00-\ud7a3\uff01-\uff9f]*$/;

/**
 * JSON in which no character is invisible: control, bidirectional, zero-width, tag and similar characters stand as
 * escapes. It parses to the same value. 80,000 characters take about a tenth of a millisecond.
 * @param indent spaces for each level; without it the JSON is one line
 */
export function inertJson(value: unknown, indent?: number): string {
  const json = stringifyJson(value, indent);
  if (VISIBLE.test(json)) return json;
  // `JSON.stringify` escapes line breaks inside strings. A line break that is still there belongs to the layout.
  return json.replace(INVISIBLE, (character) => (character === "\n" ? character : escaped(character)));
}

/** The length of one escape. Each character of plain JSON may become one. */
const ESCAPE_CHARS = 6;

/** True where a value takes at most `maxChars` characters in a result. */
export function fitsInto(value: unknown, maxChars: number): boolean {
  const { length } = stringifyJson(value);
  return length * ESCAPE_CHARS <= maxChars || (length <= maxChars && jsonLength(value) <= maxChars);
}

/** The number of characters that a value takes in a result. */
export function jsonLength(value: unknown): number {
  return inertJson(value).length;
}

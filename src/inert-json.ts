import { INVISIBLE } from "./errors/quote.js";

/** Each UTF-16 unit of a text as a JSON escape. */
function escaped(character: string): string {
  return character
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
}

/** Western text, in which nothing can hide; told several times faster than by what does. */
const VISIBLE = /^[\n\x20-\x7e\xa0-\xac\xae-\u02ff]*$/;

/**
 * JSON in which nothing is hidden: control, bidirectional, zero-width, tag and other characters that
 * a reader cannot see stand as escapes. It parses to the same value, so that nothing is lost either.
 * Costs about a tenth of a millisecond for 80,000 characters.
 * @param indent spaces for each level; without it the JSON is one line
 */
export function inertJson(value: unknown, indent?: number): string {
  const json = JSON.stringify(value, undefined, indent);
  if (VISIBLE.test(json)) return json;
  // `JSON.stringify` escapes line breaks inside strings, so that one that is left is its own layout.
  return json.replace(INVISIBLE, (character) => (character === "\n" ? character : escaped(character)));
}

/** Characters that a value takes in a result. */
export function jsonLength(value: unknown): number {
  return inertJson(value).length;
}

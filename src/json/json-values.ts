import { LosslessNumber } from "lossless-json";

/**
 * Values in one JSON text at most: each costs up to some 150 bytes of memory, however few characters it has. The
 * largest answers of Okta, 10,000 groups or 1,000 events, have some 400,000.
 */
export const MAX_JSON_VALUES = 1_000_000;

/** A text with fewer characters cannot have as many: each takes two at least, itself and what parts it from the next. */
const CHARS_PER_VALUE = 2;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPENS = new Set([0x5b, 0x7b]);

/**
 * True for a JSON text with more than `max` values, by what begins a list or an object and what parts two values. Looks at each character once, and
 * at none of a text that is too short for it.
 */
export function hasMoreValues(text: string, max: number = MAX_JSON_VALUES): boolean {
  if (text.length < max * CHARS_PER_VALUE) return false;
  let values = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if (code === COMMA || OPENS.has(code)) {
      values += 1;
      if (values > max) return true;
    }
  }
  return false;
}

/** The place of the quotation mark that ends the string which begins at `from`, or the end of the text. */
function endOfString(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at;
    if (code === BACKSLASH) at += 1;
  }
  return text.length;
}

/** How many values a parsed JSON value is made of, itself included. */
export function countValues(value: unknown): number {
  if (typeof value !== "object" || value === null || value instanceof LosslessNumber) return 1;
  let values = 1;
  for (const inner of Array.isArray(value) ? value : Object.values(value)) values += countValues(inner);
  return values;
}

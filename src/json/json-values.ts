import { LosslessNumber } from "lossless-json";

/**
 * The most values that one JSON text may have. A value costs up to about 150 bytes of memory, however few characters it
 * has. Okta's largest answers, 10,000 groups or 1,000 events, have about 400,000 values.
 */
export const MAX_JSON_VALUES = 1_000_000;

/**
 * The least characters of a value: one of its own, and one that separates it from the next. A text with fewer than this
 * for each value cannot have too many.
 */
const CHARS_PER_VALUE = 2;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPENS = new Set([0x5b, 0x7b]);
const CLOSES = new Set([0x5d, 0x7d]);

/**
 * True for a JSON text with more than `max` values. It counts the characters that begin a list or an object and those
 * that separate two values. It looks at each character once, and at none where the text is too short.
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

/** True for a JSON text with more than `levels` of objects and lists within each other. Nothing of it is parsed. */
export function jsonNestsDeeper(text: string, levels: number): boolean {
  let open = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if (OPENS.has(code)) {
      open += 1;
      if (open > levels) return true;
    } else if (CLOSES.has(code)) open -= 1;
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

/** The number of values in a parsed JSON value, itself included. */
export function countValues(value: unknown): number {
  if (typeof value !== "object" || value === null || value instanceof LosslessNumber) return 1;
  let values = 1;
  for (const inner of Array.isArray(value) ? value : Object.values(value)) values += countValues(inner);
  return values;
}

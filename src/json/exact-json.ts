import { isSafeNumber, LosslessNumber, parse, stringify } from "lossless-json";
import { hasMoreValues, MAX_JSON_VALUES } from "./json-values.js";

/**
 * A number as it is written in the JSON text. It stands for numbers that JavaScript would change: an integer beyond
 * 2^53, more digits than a double keeps, 1e400. Okta's integers have 64 bits.
 */
export { LosslessNumber as ExactNumber };

/** True for a number that is kept as it is written. */
export function isExactNumber(value: unknown): value is LosslessNumber {
  return value instanceof LosslessNumber;
}

/**
 * Text that may belong to a number that JavaScript would change: 16 digits, or an exponent of three digits. The pattern
 * repeats the class instead of counting, since the engine then skips through a text and does not try each character.
 */
const LONG = new RegExp("[0-9.]".repeat(16));
const LARGE = /[0-9][eE][-+0-9][0-9][0-9]/;

/** The same text, where a number may begin. Quoted text hardly ever matches. */
const LONG_NUMBER = /(?:^|[\s:,[])-?\d(?:[\d.]{15}|[\d.]{0,14}[eE][+-]?\d{3})/;

const EXACTLY = {
  parseNumber: (text: string) => {
    const number = Number(text);
    // JavaScript keeps a number exactly when it writes the number as it was read.
    return isSafeNumber(text) || String(number) === text ? number : new LosslessNumber(text);
  },
  // The last of two equal keys counts, as with `JSON.parse`.
  onDuplicateKey: ({ newValue }: { newValue: unknown }) => newValue,
};

/** The error for a JSON text with more values than this process accepts. Nothing of the text was parsed. */
export class TooManyValues extends SyntaxError {
  constructor() {
    super(`The JSON has more than ${MAX_JSON_VALUES} values.`);
    this.name = "TooManyValues";
  }
}

/**
 * Parses JSON as `JSON.parse` does, but keeps numbers that JavaScript would change as they are written. Texts without
 * such a number cost one search more than with `JSON.parse`.
 * @throws SyntaxError where the text is no JSON; TooManyValues where it has more values than any real text
 */
export function parseJson(text: string): unknown {
  if (hasMoreValues(text)) throw new TooManyValues();
  return parseWhole(text);
}

function parseWhole(text: string): unknown {
  if (!(LONG.test(text) || LARGE.test(text)) || !LONG_NUMBER.test(text)) return JSON.parse(text);
  try {
    return parse(text, undefined, EXACTLY);
  } catch (error) {
    // No body of Okta's is nested so deep that this parser runs out of stack. `cutDeep` cuts what is.
    if (error instanceof RangeError) return JSON.parse(text);
    throw error;
  }
}

/** `JSON.stringify` writes this text for an exact number, and for a field of that name. */
const TRACE = '"isLosslessNumber":';

/**
 * Writes JSON as `JSON.stringify` does, but writes exact numbers as they were read.
 * @param indent spaces for each level; without it the JSON is one line
 */
export function stringifyJson(value: unknown, indent?: number): string {
  const text = JSON.stringify(value, undefined, indent);
  if (text === undefined || !text.includes(TRACE)) return text;
  return stringify(value, undefined, indent) ?? text;
}

/** A copy of a JSON value. Fields that are `undefined` are left out. */
export function copyJson<Value>(value: Value): Value {
  return parseWhole(stringifyJson(value)) as Value;
}

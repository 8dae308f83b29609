import { isSafeNumber, LosslessNumber, parse, stringify } from "lossless-json";
import { hasMoreValues, MAX_JSON_VALUES } from "./json-values.js";

/**
 * A number as it is written, where one of JavaScript's would be another: an integer beyond 2^53, more
 * digits than a double keeps, 1e400. Okta's integers have 64 bits.
 */
export { LosslessNumber as ExactNumber };

/** True for a number that is kept as it is written. */
export function isExactNumber(value: unknown): value is LosslessNumber {
  return value instanceof LosslessNumber;
}

/**
 * What a number that JavaScript has not may look like: 16 digits or more, or three in its exponent. Written
 * out, since then the engine skips through a text instead of trying each character.
 */
const LONG = new RegExp("[0-9.]".repeat(16));
const LARGE = /[0-9][eE][-+0-9][0-9][0-9]/;

/** The same where a number may begin, so that hardly a text in quotes looks like one. */
const LONG_NUMBER = /(?:^|[\s:,[])-?\d(?:[\d.]{15}|[\d.]{0,14}[eE][+-]?\d{3})/;

const EXACTLY = {
  parseNumber: (text: string) => {
    const number = Number(text);
    // What is written again as it was read is no other number.
    return isSafeNumber(text) || String(number) === text ? number : new LosslessNumber(text);
  },
  // As `JSON.parse` has it: the last one counts.
  onDuplicateKey: ({ newValue }: { newValue: unknown }) => newValue,
};

/** A JSON text with more values than this process takes; nothing of it was parsed. */
export class TooManyValues extends SyntaxError {
  constructor() {
    super(`The JSON has more than ${MAX_JSON_VALUES} values.`);
    this.name = "TooManyValues";
  }
}

/**
 * `JSON.parse`, but for numbers that would come out as others: they are kept as they are written.
 * A text without one costs a look at it besides.
 * @throws SyntaxError where the text is no JSON, TooManyValues where it would cost more memory than anything real
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
    // No body of Okta's is nested so deep that the parser runs out of stack; what is, is cut later anyway.
    if (error instanceof RangeError) return JSON.parse(text);
    throw error;
  }
}

/** `JSON.stringify` writes this where a value holds a number of ours, or has a field of that name. */
const TRACE = '"isLosslessNumber":';

/**
 * `JSON.stringify`, but for numbers that are kept as they are written: these come out so.
 * @param indent spaces for each level; without it the JSON is one line
 */
export function stringifyJson(value: unknown, indent?: number): string {
  const text = JSON.stringify(value, undefined, indent);
  if (text === undefined || !text.includes(TRACE)) return text;
  return stringify(value, undefined, indent) ?? text;
}

/** A value as the JSON that it is made of: a copy, without what is `undefined`. */
export function copyJson<Value>(value: Value): Value {
  return parseWhole(stringifyJson(value)) as Value;
}

import type { ArgumentSchema, ArgumentsSchema } from "../catalogue/catalogue.js";
import { doubleKey } from "../json/double-key.js";
import { parseJson } from "../json/exact-json.js";
import { isObject } from "../json/json.js";

/** The longest text that is parsed. A longer one stays as it is, and the tool's schema refuses it. */
const MAX_TEXT_CHARS = 1_000_000;

/** A number as JSON writes it (RFC 8259, section 6). */
const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

const TRUTH: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["false", false],
]);

/** The value of a JSON text; undefined where it is no JSON, or has a key twice. */
function parsed(text: string): unknown {
  let value: unknown;
  try {
    value = parseJson(text);
  } catch {
    return undefined;
  }
  return doubleKey(text) === undefined ? value : undefined;
}

function numberIn(text: string, type: "integer" | "number"): number | undefined {
  const value = JSON_NUMBER.test(text) ? Number(text) : Number.NaN;
  // Beyond this range a number would differ from its text.
  if (type === "integer") return Number.isSafeInteger(value) ? value : undefined;
  return Number.isFinite(value) ? value : undefined;
}

/** The value of a text where this type is wanted; undefined where it cannot be one. */
function standsFor(text: string, type: ArgumentSchema["type"]): unknown {
  switch (type) {
    case "boolean":
      // Python writes these words with a capital letter.
      return TRUTH.get(text.toLowerCase());
    case "integer":
    case "number":
      return numberIn(text, type);
    case "array":
      return text.startsWith("[") ? parsed(text) : undefined;
    case "object":
      return text.startsWith("{") ? parsed(text) : undefined;
    default:
      return undefined;
  }
}

/** An argument as the client meant it; undefined where it was not given. */
function meant(value: unknown, { type }: ArgumentSchema, isRequired: boolean): unknown {
  const isText = typeof value === "string" && value.length <= MAX_TEXT_CHARS;
  const text = isText ? value.trim() : undefined;
  const saysNothing = value === null || value === "" || (text === "null" && type !== "string");
  if (saysNothing && !isRequired) return undefined;
  // Where text is wanted, a text stays as it is.
  return text === undefined || type === "string" ? value : (standsFor(text, type) ?? value);
}

/**
 * The arguments of a call as the client meant them. Some clients send a list, an object, a number or a boolean as JSON
 * text, and null or an empty text for arguments without a value. Only values that can mean one thing are changed. All
 * others stay as they are, and the tool's schema refuses them. Values inside an object or a list are never changed.
 */
export function clientArguments(raw: unknown, { properties, required = [] }: ArgumentsSchema): unknown {
  if (raw === undefined || raw === null) return {};
  if (!isObject(raw)) return raw;
  const entries = Object.entries(raw).flatMap(([name, value]): [string, unknown][] => {
    const schema = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (schema === undefined) return [[name, value]];
    const understood = meant(value, schema, required.includes(name));
    return understood === undefined ? [] : [[name, understood]];
  });
  return Object.fromEntries(entries);
}

/**
 * The parameters of a `tools/call` with its arguments as an object. Some clients send null for no arguments, or all
 * arguments as one JSON text.
 */
export function callParameters(params: { [key: string]: unknown }): { [key: string]: unknown } {
  const { arguments: args, ...others } = params;
  if (args === null || args === "") return others;
  const read = typeof args === "string" && args.length <= MAX_TEXT_CHARS ? parsed(args) : undefined;
  return isObject(read) ? { ...others, arguments: read } : params;
}

import type { ArgumentSchema, ArgumentsSchema } from "../catalogue/catalogue.js";
import { doubleKey } from "../guard/double-key.js";
import { parseJson } from "../json/exact-json.js";
import { isObject } from "../json/json.js";

/** A longer text is left as it is, and refused for not being what the argument has to be. */
const MAX_TEXT_CHARS = 1_000_000;

/** A number as JSON writes it (RFC 8259, section 6). */
const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

const TRUTH: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["false", false],
]);

/** What a JSON text stands for; undefined for what is none, or says two things of one key. */
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
  // Beyond these a number would be another than the text says.
  if (type === "integer") return Number.isSafeInteger(value) ? value : undefined;
  return Number.isFinite(value) ? value : undefined;
}

/** What a text stands for where a value of this type is asked for; undefined where it cannot be one. */
function standsFor(text: string, type: ArgumentSchema["type"]): unknown {
  switch (type) {
    case "boolean":
      // Python writes them with a capital letter.
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

/** An argument as it was meant; undefined for one that was not given. */
function meant(value: unknown, { type }: ArgumentSchema, isRequired: boolean): unknown {
  const isText = typeof value === "string" && value.length <= MAX_TEXT_CHARS;
  const text = isText ? value.trim() : undefined;
  const saysNothing = value === null || value === "" || (text === "null" && type !== "string");
  if (saysNothing && !isRequired) return undefined;
  // A text that is asked for stays as it is, whatever it looks like.
  return text === undefined || type === "string" ? value : (standsFor(text, type) ?? value);
}

/**
 * The arguments of a call as the client meant them. Some clients send a list, an object, a number or
 * a boolean as JSON text, and fill what they leave out with null or an empty text. Taken is what can
 * mean one thing only; all else stays as it is, and is refused like anything that does not fit. What
 * stands inside an object or a list is never touched.
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
 * The parameters of a `tools/call` with its arguments as an object: some clients send null for no
 * arguments, or all of them as one JSON text, as models write them.
 */
export function callParameters(params: { [key: string]: unknown }): { [key: string]: unknown } {
  const { arguments: args, ...others } = params;
  if (args === null || args === "") return others;
  const read = typeof args === "string" && args.length <= MAX_TEXT_CHARS ? parsed(args) : undefined;
  return isObject(read) ? { ...others, arguments: read } : params;
}

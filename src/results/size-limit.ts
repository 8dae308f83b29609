import { isObject, type Json, type JsonObject } from "../json/json.js";
import { fitsInto, jsonLength } from "../text/inert-json.js";

const NOTE = "Larger than a result may be. Ask for single fields with `fields`, or raise OKTA_MCP_MAX_RESULT_CHARS.";
/** The most characters of a replacement, without the sizes of the fields. */
const FRAME_CHARS = 280;
const MAX_SIZES = 50;
const MAX_NAME_CHARS = 100;
/** The least characters of a field whose own fields are listed too. */
const WORTH_A_LOOK_INSIDE = 1_000;

/** The characters of each field of an object. The fields of a large field are listed by dotted path. */
function sizes(value: Json, path: string, depth: number): [path: string, chars: number][] {
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, child]): [string, number][] => {
    const here = path === "" ? key : `${path}.${key}`;
    const chars = jsonLength(child);
    const inside = depth > 1 && chars > WORTH_A_LOOK_INSIDE ? sizes(child, here, depth - 1) : [];
    return inside.length > 0 ? inside : [[here, chars]];
  });
}

/** The largest fields first, as many as fit into `maxChars` characters. */
function largest(value: Json, maxChars: number): JsonObject {
  const result: [string, number][] = [];
  let left = maxChars;
  for (const [path, chars] of sizes(value, "", 2).sort(([, a], [, b]) => b - a)) {
    if (path.length > MAX_NAME_CHARS) continue;
    left -= jsonLength(path) + 10;
    if (left < 0 || result.length === MAX_SIZES) break;
    result.push([path, chars]);
  }
  return Object.fromEntries(result);
}

/**
 * The replacement for a value that is larger than an answer may be: its id, and the sizes of its largest fields. They
 * help the next call to choose with `fields`. It takes at most `maxChars` characters, unless these are fewer than a few
 * hundred.
 */
export function tooLarge(value: Json, maxChars: number): JsonObject {
  const known = isObject(value) && typeof value.id === "string" && value.id.length <= MAX_NAME_CHARS;
  return {
    ...(known ? { id: value.id as string } : {}),
    too_large: true,
    characters: jsonLength(value),
    characters_by_field: largest(value, maxChars - FRAME_CHARS),
    note: NOTE,
  };
}

/** A result of at most `maxChars` characters: the result itself or its replacement. */
export function withinLimit(result: JsonObject, maxChars: number): JsonObject {
  return fitsInto(result, maxChars) ? result : tooLarge(result, maxChars);
}

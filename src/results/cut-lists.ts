import { isObject, type Json, type JsonObject } from "../json/json.js";
import { fitsInto, jsonLength } from "../text/inert-json.js";
import { withinLimit } from "./size-limit.js";

/** The deepest place at which a list is looked for. Answers wrap their list in an object or two. */
const MAX_DEPTH = 3;
/** The characters of a note and its frame, besides what it quotes. */
const NOTE_CHARS = 400;

/** A list in a value, with the keys that lead to it and its size in characters. */
interface FoundList {
  path: readonly string[];
  items: readonly Json[];
  chars: number;
}

/** The longest list in a value that is not itself inside a list. */
function longestList(value: Json, path: readonly string[] = []): FoundList | undefined {
  if (Array.isArray(value)) return { path, items: value, chars: jsonLength(value) };
  if (!isObject(value) || path.length >= MAX_DEPTH) return undefined;
  const found = Object.entries(value).flatMap(([key, child]) => longestList(child, [...path, key]) ?? []);
  return found.reduce<FoundList | undefined>((most, one) => (most && most.chars >= one.chars ? most : one), undefined);
}

/** The value with another one at a place. */
function withAt(value: Json, [key, ...rest]: readonly string[], replacement: Json): Json {
  if (key === undefined || !isObject(value)) return replacement;
  const entries = Object.entries(value).map(([name, child]): [string, Json] => [
    name,
    name === key ? withAt(child, rest, replacement) : child,
  ]);
  return Object.fromEntries(entries);
}

/** As many of the first items as take at most so many characters. */
function firstItems(items: readonly Json[], maxChars: number): Json[] {
  const kept: Json[] = [];
  let left = maxChars;
  for (const item of items) {
    left -= jsonLength(item) + 1;
    if (left < 0) break;
    kept.push(item);
  }
  return kept;
}

/** How the rest of a long answer is got. @param paging the arguments that choose a part of it */
export function howToGoOn(paging: readonly string[]): string {
  return paging.length === 0
    ? "Ask for single fields with `fields`, or for less by the arguments that narrow the answer down."
    : `Ask for the rest, or for less at once, with ${paging.map((name) => `\`${name}\``).join(", ")}; or for single fields with \`fields\`.`;
}

/**
 * The result of a call of a company's API. A list as the whole answer stands under `items`. Where it is larger than a
 * result may be, its longest list is cut, with a note that tells how to go on; without a list it gives way to the sizes
 * of its fields. What fits is whole.
 * @param value the answer in the form for the model
 * @param note a further note
 */
export function cutLists(
  value: Json,
  { maxChars, note, howToGoOn: goOn }: { maxChars: number; note: string | undefined; howToGoOn: string },
): JsonObject {
  const asObject = (json: Json): JsonObject =>
    isObject(json) ? json : Array.isArray(json) ? { items: json } : { value: json };
  const noted = (result: JsonObject, ...texts: (string | undefined)[]): JsonObject => {
    const text = texts.filter((one) => one !== undefined).join(" ");
    // A note of the API's own is not overwritten.
    return text === "" ? result : { ...result, ["note" in result ? "okta_mcp_note" : "note"]: text };
  };
  const result = noted(asObject(value), note);
  if (fitsInto(result, maxChars)) return result;
  const list = longestList(value);
  const room = list && maxChars - NOTE_CHARS - (note?.length ?? 0) - (jsonLength(asObject(value)) - list.chars);
  const kept = list === undefined || room === undefined ? [] : firstItems(list.items, room);
  if (list === undefined || kept.length === 0) return withinLimit(result, maxChars);
  const where = list.path.length === 0 ? "items" : list.path.join(".");
  const cut = `${where} has the first ${kept.length} of ${list.items.length}, since a result has no room for more. ${goOn}`;
  return withinLimit(noted(asObject(withAt(value, list.path, kept)), cut, note), maxChars);
}

import { isExactNumber } from "./exact-json.js";
import type { Json } from "./json.js";

/** Levels of objects and lists within each other: more than any real body has, fewer than a stack. */
export const MAX_DEPTH = 100;

const NOTE = `Nested deeper than ${MAX_DEPTH} levels; what is in it is not shown.`;

/** True when a value is nested deeper than any real body is; what reads it would run out of stack. */
export function tooDeep(value: unknown, levels = MAX_DEPTH): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => tooDeep(inner, levels - 1));
}

/**
 * Puts a note in place of what is nested too deep, in the value itself, so that everything after it
 * may walk through the value without a thought. A body with the note in it is too deep to be sent back.
 * @param text the JSON that the value was read from
 */
export function cutDeep(value: Json, text: string): Json {
  // Each level takes at least two characters.
  if (text.length > 2 * MAX_DEPTH && isNested(value)) cut(value, MAX_DEPTH);
  return value;
}

/** True for what has something in it. */
function isNested(value: Json): value is Json[] | { [key: string]: Json } {
  return typeof value === "object" && value !== null && !isExactNumber(value);
}

/** `levels`: how many of them may be open inside this value, itself included. */
function cut(value: Json[] | { [key: string]: Json }, levels: number): void {
  // By index and by `for in`, several times quicker than by lists of keys: this sees all that Okta ever sends.
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) cutChild(value, index, levels);
  } else {
    for (const key in value) cutChild(value, key, levels);
  }
}

function cutChild<K extends PropertyKey>(parent: { [key in K]: Json }, key: K, levels: number): void {
  const child = parent[key];
  if (!isNested(child)) return;
  if (levels > 1) cut(child, levels - 1);
  // An own property of any name, `__proto__` included, is there to be redefined.
  else Object.defineProperty(parent, key, { value: { too_deep: true, note: NOTE }, enumerable: true });
}

import { isExactNumber } from "./exact-json.js";
import type { Json } from "./json.js";

/** The most levels of objects and lists within each other. No real body has as many, and the stack holds more. */
export const MAX_DEPTH = 100;

const NOTE = `Nested deeper than ${MAX_DEPTH} levels; what is in it is not shown.`;

/**
 * True when a value is nested deeper than `levels`. A function that walks through such a value would run out of stack.
 */
export function tooDeep(value: unknown, levels = MAX_DEPTH): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => tooDeep(inner, levels - 1));
}

/**
 * Puts a note in place of everything that is nested too deep. It changes the value itself, so that later code can walk
 * through the value safely. A body with the note in it is too deep to be sent.
 * @param text the JSON that the value was read from
 */
export function cutDeep(value: Json, text: string): Json {
  // Each level takes at least two characters.
  if (text.length > 2 * MAX_DEPTH && isNested(value)) cut(value, MAX_DEPTH);
  return value;
}

/** True for a list or an object that is not empty. */
function isNested(value: Json): value is Json[] | { [key: string]: Json } {
  return typeof value === "object" && value !== null && !isExactNumber(value);
}

/**
 * Cuts a value in place.
 * @param levels how many levels may be open inside this value, itself included
 */
function cut(value: Json[] | { [key: string]: Json }, levels: number): void {
  // Every answer of Okta passes here. An index and `for in` are several times quicker than lists of keys.
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
  // `defineProperty` also sets an own property with the name `__proto__`.
  else Object.defineProperty(parent, key, { value: { too_deep: true, note: NOTE }, enumerable: true });
}

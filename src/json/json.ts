import { type ExactNumber, isExactNumber, stringifyJson } from "./exact-json.js";

/** Any JSON value, as it came or as it goes. */
export type Json = null | boolean | number | ExactNumber | string | Json[] | { [key: string]: Json };

export type JsonObject = { [key: string]: Json };

/** True for a JSON object, as opposed to a list, a plain value or nothing. */
export function isObject(value: Json | undefined): value is JsonObject;
export function isObject(value: unknown): value is { [key: string]: unknown };
export function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isExactNumber(value);
}

/** The value at a path of JSON. It follows own fields alone. Undefined where there is nothing. */
export function valueAt(value: Json | undefined, ...path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>(
    (holder, key) => (isObject(holder) && Object.hasOwn(holder, key) ? holder[key] : undefined),
    value,
  );
}

/** The string at a path of JSON; empty where there is none. */
export function textAt(value: Json | undefined, ...path: readonly string[]): string {
  const text = valueAt(value, ...path);
  return typeof text === "string" ? text : "";
}

/** Okta's JSON as an object; an empty one where it is none. */
export function asObject(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

/** The object at a key of Okta's JSON; empty where there is none. */
export function objectAt(value: Json | undefined, key: string): JsonObject {
  return asObject(valueAt(value, key));
}

/** The items of the list at a path of Okta's JSON; none where there is no list. */
export function itemsAt(value: Json | undefined, ...path: string[]): Json[] {
  const items = valueAt(value, ...path);
  return Array.isArray(items) ? items : [];
}

/** Compact JSON with keys in order, so that equal values have equal text. */
export function canonical(value: unknown): string {
  return stringifyJson(inOrder(value));
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, inOrder(inner)]));
}

/**
 * A JSON value with every text in it changed.
 * @param change gets a text and the key that it, or the list around it, stands under; "" where there is none
 */
export function mapTexts(value: Json, change: (text: string, key: string) => string, key = ""): Json {
  if (typeof value === "string") return change(value, key);
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change, key));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, mapTexts(inner, change, name)]));
}

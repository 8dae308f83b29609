import { isItemList } from "./listing.js";
import type { Json } from "./okta/request.js";
import { isSecret, MASK } from "./secrets.js";

export interface ShapeOptions {
  /** Keep `_links`, which a model cannot follow. */
  includeLinks?: boolean | undefined;
  /** Dotted paths to keep; everything else goes. */
  fields?: readonly string[] | undefined;
}

type JsonObject = { [key: string]: Json };

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function clean(value: Json, path: readonly string[], parent: JsonObject | undefined, keepLinks: boolean): Json {
  if (Array.isArray(value)) return value.map((item) => clean(item, path, undefined, keepLinks));
  if (!isObject(value)) return value !== null && value !== "" && isSecret(path, parent) ? MASK : value;
  const result: JsonObject = Object.create(null);
  for (const [key, child] of Object.entries(value)) {
    if (key === "_links" && !keepLinks) continue;
    result[key] = clean(child, [...path, key], value, keepLinks);
  }
  return result;
}

function pick(value: Json, path: readonly string[]): Json | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (Array.isArray(value)) {
    const picked = value.map((item) => pick(item, path)).filter((item) => item !== undefined);
    return picked.length > 0 ? picked : undefined;
  }
  if (!isObject(value)) return undefined;
  if (Object.hasOwn(value, key)) {
    const inner = pick(value[key] ?? null, rest);
    return inner === undefined ? undefined : { [key]: inner };
  }
  // A custom attribute may have a dot in its name.
  const dotted = path.join(".");
  return Object.hasOwn(value, dotted) ? { [dotted]: value[dotted] ?? null } : undefined;
}

function merge(into: Json | undefined, from: Json): Json {
  if (into === undefined) return from;
  if (Array.isArray(into) && Array.isArray(from)) return from.map((item, index) => merge(into[index], item));
  if (!isObject(into) || !isObject(from)) return from;
  const result: JsonObject = Object.assign(Object.create(null), into);
  for (const [key, value] of Object.entries(from)) result[key] = merge(result[key], value);
  return result;
}

function project(value: Json, fields: readonly string[]): Json {
  let result: Json | undefined;
  for (const field of fields) {
    const picked = pick(value, field.split("."));
    if (picked !== undefined) result = merge(result, picked);
  }
  return result ?? {};
}

/**
 * Gives Okta's JSON the form in which it reaches a model: whole, but for `_links`, which go unless
 * asked for, and secrets, whose values are masked. `fields` keeps the named paths only.
 */
export function shape(value: Json, options: ShapeOptions = {}): Json {
  const cleaned = clean(value, [], undefined, options.includeLinks ?? false);
  return options.fields && options.fields.length > 0 ? project(cleaned, options.fields) : cleaned;
}

/** The arguments a result repeats when Okta answered without a body. */
function idsOf(args: Readonly<Record<string, unknown>>): JsonObject {
  const ids: JsonObject = {};
  for (const [key, value] of Object.entries(args)) {
    if (key.endsWith("_id") && typeof value === "string") ids[key] = value;
  }
  return ids;
}

/**
 * The structured content of a result. A list becomes `{ items, total_fetched, has_more, next_cursor }`,
 * its items being shaped already; nothing becomes `{ done: true }` with the ids of the call.
 */
export function toStructured(
  value: unknown,
  args: Readonly<Record<string, unknown>>,
  options: ShapeOptions,
): JsonObject {
  if (value === undefined) return { done: true, ...idsOf(args) };
  if (isItemList(value)) {
    const { items, has_more, next_cursor, note } = value;
    return {
      items,
      total_fetched: items.length,
      has_more,
      next_cursor: next_cursor ?? null,
      ...(note === undefined ? {} : { note }),
    };
  }
  const shaped = shape(toJson(value), options);
  return isObject(shaped) ? shaped : { value: shaped };
}

/** What a tool returned, seen as JSON; tools build their results of JSON alone. */
function toJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value ?? null)) as Json;
}

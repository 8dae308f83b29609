import { isItemList } from "./listing.js";
import type { Json } from "./okta/request.js";
import { isPrivateKey, isSecret, MASK } from "./secrets.js";
import { withinLimit } from "./size-limit.js";

export interface ShapeOptions {
  /** Keep `_links`, which a model cannot follow. */
  includeLinks?: boolean | undefined;
  /** Dotted paths to keep; everything else goes. */
  fields?: readonly string[] | undefined;
  /** What the settings hide: the attribute at a path is masked, left out, or shown where this is undefined. */
  hides?: ((path: readonly string[]) => "mask" | "omit" | undefined) | undefined;
}

type JsonObject = { [key: string]: Json };

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A switch or an empty field gives no secret away. */
function holdsText(value: Json): boolean {
  return typeof value === "number" || (typeof value === "string" && value !== "");
}

function clean(value: Json, path: readonly string[], parent: JsonObject | undefined, options: ShapeOptions): Json {
  if (Array.isArray(value)) return value.map((item) => clean(item, path, undefined, options));
  if (!isObject(value)) return (holdsText(value) && isSecret(path, parent)) || isPrivateKey(value) ? MASK : value;
  const result: JsonObject = Object.create(null);
  for (const [key, child] of Object.entries(value)) {
    if (key === "_links" && !options.includeLinks) continue;
    const here = [...path, key];
    const hiding = options.hides?.(here);
    if (hiding === "omit") continue;
    const masked = hiding === "mask" && child !== null && child !== "";
    result[key] = masked ? MASK : clean(child, here, value, options);
  }
  return result;
}

/** The paths that lead on below a key; an attribute may itself have a dot in its name. */
function below(key: string, paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    if (path === key) return [""];
    return path.startsWith(`${key}.`) ? [path.slice(key.length + 1)] : [];
  });
}

/** What the paths name, each item of a list by itself; undefined where they name nothing. */
function project(value: Json, paths: readonly string[]): Json | undefined {
  if (paths.includes("")) return value;
  if (Array.isArray(value)) {
    const items = value.map((item) => project(item, paths)).filter((item) => item !== undefined);
    return items.length > 0 ? items : undefined;
  }
  if (!isObject(value)) return undefined;
  const result: JsonObject = Object.create(null);
  for (const [key, child] of Object.entries(value)) {
    const inner = below(key, paths);
    const kept = inner.length > 0 ? project(child, inner) : undefined;
    if (kept !== undefined) result[key] = kept;
  }
  return Object.keys(result).length > 0 ? result : undefined;
}

/**
 * Gives Okta's JSON the form in which it reaches a model: whole, but for `_links`, which go unless
 * asked for, secrets, whose values are masked, and what the settings hide. `fields` keeps the named paths only.
 */
export function shape(value: Json, options: ShapeOptions = {}): Json {
  const cleaned = clean(value, [], undefined, options);
  return options.fields && options.fields.length > 0 ? (project(cleaned, options.fields) ?? {}) : cleaned;
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
 * its items being shaped and cut already. Nothing, or an object with nothing in it, becomes
 * `{ done: true }` with the ids of the call. All else is shaped, and where it has more than
 * `maxChars` characters, something small stands for it.
 */
export function toStructured(
  value: unknown,
  args: Readonly<Record<string, unknown>>,
  options: ShapeOptions,
  maxChars: number,
): JsonObject {
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
  const json = toJson(value);
  if (json === null || (isObject(json) && Object.keys(json).length === 0)) return { done: true, ...idsOf(args) };
  const shaped = shape(json, options);
  return withinLimit(isObject(shaped) ? shaped : { value: shaped }, maxChars);
}

/** What a tool returned, seen as JSON; tools build their results of JSON alone. */
function toJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value ?? null)) as Json;
}

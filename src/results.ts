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

/** What `fields` names, seen from one place in a value. What it is below a key is worked out once. */
class Selection {
  readonly #paths: readonly string[];
  readonly #below = new Map<string, Selection | null>();

  constructor(paths: readonly string[]) {
    this.#paths = paths;
  }

  /** True where a path ends, so that all that is there belongs to it. */
  get isWhole(): boolean {
    return this.#paths.includes("");
  }

  /** An attribute may itself have a dot in its name. Undefined where nothing below the key is named. */
  below(key: string): Selection | undefined {
    const known = this.#below.get(key);
    if (known !== undefined) return known ?? undefined;
    const paths = this.#paths.flatMap((path) => {
      if (path === key) return [""];
      return path.startsWith(`${key}.`) ? [path.slice(key.length + 1)] : [];
    });
    const below = paths.length > 0 ? new Selection(paths) : null;
    this.#below.set(key, below);
    return below ?? undefined;
  }
}

/** Walks through one value. */
class Shaper {
  readonly #options: ShapeOptions;
  /** The keys that lead to where the walk is; one list for the whole walk, since most values are small and many. */
  readonly #path: string[] = [];

  constructor(options: ShapeOptions) {
    this.#options = options;
  }

  /** A value as it is shown; undefined where the selection names nothing in it. */
  shape(value: Json, parent: JsonObject | undefined, selection: Selection | undefined): Json | undefined {
    const chosen = selection?.isWhole ? undefined : selection;
    if (Array.isArray(value)) {
      const items = value.map((item) => this.shape(item, undefined, chosen)).filter((item) => item !== undefined);
      return chosen && items.length === 0 ? undefined : items;
    }
    if (isObject(value)) return this.#object(value, chosen);
    if (chosen) return undefined;
    return (holdsText(value) && isSecret(this.#path, parent)) || isPrivateKey(value) ? MASK : value;
  }

  #object(value: JsonObject, selection: Selection | undefined): JsonObject | undefined {
    const result: JsonObject = {};
    let isEmpty = true;
    for (const key in value) {
      const below = selection?.below(key);
      if ((selection && !below) || (key === "_links" && !this.#options.includeLinks)) continue;
      this.#path.push(key);
      const shown = this.#attribute(value, key, below);
      this.#path.pop();
      if (shown === undefined) continue;
      isEmpty = false;
      if (key !== "__proto__") result[key] = shown;
      else Object.defineProperty(result, key, { value: shown, enumerable: true });
    }
    return selection && isEmpty ? undefined : result;
  }

  #attribute(parent: JsonObject, key: string, selection: Selection | undefined): Json | undefined {
    const value = parent[key] as Json;
    const hiding = this.#options.hides?.(this.#path);
    if (hiding === "omit") return undefined;
    if (hiding !== "mask" || value === null || value === "") return this.shape(value, parent, selection);
    return selection === undefined || selection.isWhole ? MASK : undefined;
  }
}

/**
 * Gives Okta's JSON the form in which it reaches a model: whole, but for `_links`, which go unless
 * asked for, secrets, whose values are masked, and what the settings hide. `fields` keeps the named paths only.
 */
export function shape(value: Json, options: ShapeOptions = {}): Json {
  return shaper(options)(value);
}

/** `shape` for many values: what the options ask for is worked out once. */
export function shaper(options: ShapeOptions): (value: Json) => Json {
  const { fields } = options;
  const selection = fields && fields.length > 0 ? new Selection(fields) : undefined;
  return (value) => {
    const shown = new Shaper(options).shape(value, undefined, selection);
    return shown === undefined ? {} : shown;
  };
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

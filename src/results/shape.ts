import { isExactNumber } from "../json/exact-json.js";
import { isObject, type Json, type JsonObject } from "../json/json.js";
import { idsIn } from "../okta/objects.js";
import { isPrivateKey, isSecret, isSecretName, isSecretPart, MASK } from "../text/secrets.js";
import { cutLists } from "./cut-lists.js";
import { isItemList, notes } from "./listing.js";
import { fieldsNote } from "./missing-fields.js";
import { withinLimit } from "./size-limit.js";

export interface ShapeOptions {
  /** Keep `_links`, which a model cannot follow. */
  includeLinks?: boolean | undefined;
  /** Dotted paths to keep. All other fields are left out. */
  fields?: readonly string[] | undefined;
  /** For an answer of a company's API: how to get the rest of a list that is too long for a result, as a sentence. */
  howToGoOn?: string | undefined;
  /** What the settings do with the attribute at a path: mask it, omit it, or, where this is undefined, show it. */
  hides?: ((path: readonly string[]) => "mask" | "omit" | undefined) | undefined;
}

/** True for text that may be a secret. A switch or an empty field is none. */
function holdsText(value: Json): boolean {
  return typeof value === "number" || isExactNumber(value) || (typeof value === "string" && value !== "");
}

/**
 * The selection of `fields`, seen from one place in a value. The selection below a name is computed when the name is
 * first met.
 */
class Selection {
  /** True where a path ends. Everything at that place belongs to it. */
  readonly isWhole: boolean;
  /** The rest of each path, by every name that the path may begin with. An attribute may have a dot in its name. */
  readonly #rests = new Map<string, string[]>();
  readonly #below = new Map<string, Selection>();

  constructor(paths: readonly string[]) {
    this.isWhole = paths.includes("");
    for (const path of paths.filter((one) => one !== "")) {
      for (const [name, rest] of beginnings(path)) {
        const rests = this.#rests.get(name);
        if (rests) rests.push(rest);
        else this.#rests.set(name, [rest]);
      }
    }
  }

  names(): Iterable<string> {
    return this.#rests.keys();
  }

  below(name: string): Selection {
    let below = this.#below.get(name);
    if (!below) {
      below = new Selection(this.#rests.get(name) ?? []);
      this.#below.set(name, below);
    }
    return below;
  }
}

/**
 * The most dots in an attribute's own name. Without this bound, a path of nothing but dots would take time without end.
 */
const MAX_DOTS_IN_NAME = 20;

/**
 * Every way to split a dotted path into a first name and a rest. The rest is empty where the whole path is the name.
 */
function beginnings(path: string): [name: string, rest: string][] {
  const result: [string, string][] = [];
  for (let dot = path.indexOf("."); dot >= 0; dot = path.indexOf(".", dot + 1)) {
    if (result.length > MAX_DOTS_IN_NAME) return result;
    result.push([path.slice(0, dot), path.slice(dot + 1)]);
  }
  return [...result, [path, ""]];
}

/** Walks through one value. */
class Shaper {
  readonly #options: ShapeOptions;
  readonly #isSecretName: (name: string) => boolean;
  /**
   * The keys that lead to the current place. There is one list for the whole walk, since most values are small and
   * many.
   */
  readonly #path: string[] = [];

  constructor(options: ShapeOptions, isName: (name: string) => boolean) {
    this.#options = options;
    this.#isSecretName = isName;
  }

  /** The shown form of a value; undefined where the selection names nothing in it. */
  shape(value: Json, parent: JsonObject | undefined, selection: Selection | undefined): Json | undefined {
    const chosen = selection?.isWhole ? undefined : selection;
    if (Array.isArray(value)) {
      const items = value.map((item) => this.shape(item, undefined, chosen)).filter((item) => item !== undefined);
      return chosen && items.length === 0 ? undefined : items;
    }
    if (isObject(value)) return this.#object(value, chosen);
    if (chosen) return undefined;
    return (holdsText(value) && isSecret(this.#path, parent, this.#isSecretName)) || isPrivateKey(value) ? MASK : value;
  }

  #object(value: JsonObject, selection: Selection | undefined): JsonObject | undefined {
    const result: JsonObject = {};
    if (!selection) {
      for (const key in value) this.#add(result, value, key, undefined);
      return result;
    }
    // The loop runs over the chosen names, since an object mostly has more names than that.
    for (const key of selection.names()) {
      if (Object.hasOwn(value, key)) this.#add(result, value, key, selection.below(key));
    }
    return Object.keys(result).length > 0 ? result : undefined;
  }

  #add(result: JsonObject, parent: JsonObject, key: string, selection: Selection | undefined): void {
    if (key === "_links" && !this.#options.includeLinks) return;
    this.#path.push(key);
    const shown = this.#attribute(parent, key, selection);
    this.#path.pop();
    if (shown === undefined) return;
    if (key !== "__proto__") result[key] = shown;
    else Object.defineProperty(result, key, { value: shown, enumerable: true });
  }

  #attribute(parent: JsonObject, key: string, selection: Selection | undefined): Json | undefined {
    const value = parent[key] as Json;
    const hiding = this.#options.hides?.(this.#path);
    if (hiding === "omit") return undefined;
    const isHidden = hiding === "mask" || (typeof value === "object" && isSecretPart(this.#path, parent));
    if (!isHidden || value === null || value === "") return this.shape(value, parent, selection);
    return selection === undefined || selection.isWhole ? MASK : undefined;
  }
}

/**
 * Gives Okta's JSON the form in which a model gets it. `_links` are left out unless asked for, secrets are masked, and
 * hidden attributes are masked or left out. With `fields` only the named paths are kept. All else stays.
 */
export function shape(value: Json, options: ShapeOptions = {}): Json {
  return shaper(options)(value);
}

/** The most names that are remembered. A hostile answer may have any number of them. */
const MAX_REMEMBERED = 5000;

/** Remembers the answers of `tell`. Objects of one kind have the same names. */
function remembering(tell: (name: string) => boolean): (name: string) => boolean {
  const known = new Map<string, boolean>();
  return (name) => {
    const before = known.get(name);
    if (before !== undefined) return before;
    const now = tell(name);
    if (known.size < MAX_REMEMBERED) known.set(name, now);
    return now;
  };
}

/** `shape` for many values. It evaluates the options once. */
export function shaper(options: ShapeOptions): (value: Json) => Json {
  const { fields } = options;
  const selection = fields && fields.length > 0 ? new Selection(fields) : undefined;
  const isName = remembering(isSecretName);
  return (value) => {
    const shown = new Shaper(options, isName).shape(value, undefined, selection);
    return shown === undefined ? {} : shown;
  };
}

/** The names of an object in the form that it has without chosen fields. */
function namesIn(value: Json, options: ShapeOptions): Json {
  return shape(value, { ...options, fields: undefined });
}

/** The ids among the arguments. A result repeats them where Okta answered without a body. */
function idsOf(args: Readonly<Record<string, unknown>>): JsonObject {
  const ids: JsonObject = {};
  for (const [key, value] of Object.entries(idsIn(args))) {
    if (typeof value === "string") ids[key] = value;
  }
  return ids;
}

/**
 * The structured content of a result. A list becomes `{ items, total_fetched, has_more, next_cursor }`; its items are
 * shaped and cut already. Where a later page could not be read, `complete: false` and the code of the error are added,
 * and a `note` where there is more to say. A list that was only counted becomes `{ count, complete }` with the same
 * additions. An empty answer or object becomes `{ done: true }` with the ids of the call. Any other value is shaped,
 * and replaced by a small object where it has more than `maxChars` characters.
 */
export function toStructured(
  value: unknown,
  args: Readonly<Record<string, unknown>>,
  options: ShapeOptions,
  maxChars: number,
): JsonObject {
  // The attribute may be there, hidden by the settings.
  const fields = (options.fields ?? []).filter((field) => options.hides?.(field.split(".")) === undefined);
  if (isItemList(value)) {
    const { items, has_more, next_cursor, stoppedBy, count, sample = null } = value;
    const unmet = fieldsNote(fields, items, () => namesIn(sample, options));
    const note = notes(value.note, unmet);
    const why = {
      ...(stoppedBy === undefined ? {} : { complete: false, reason: stoppedBy.code }),
      ...(note === undefined ? {} : { note }),
    };
    if (count === undefined)
      return { items, total_fetched: items.length, has_more, next_cursor: next_cursor ?? null, ...why };
    return { count, complete: !has_more, ...(next_cursor === undefined ? {} : { next_cursor }), ...why };
  }
  // Tools build their results of JSON alone. A field that is undefined is not there.
  const json = (value ?? null) as Json;
  if (json === null || (isObject(json) && Object.values(json).every((part) => part === undefined)))
    return { done: true, ...idsOf(args) };
  const shaped = shape(json, options);
  const unmet = fieldsNote(fields, [shaped], () => namesIn(json, options));
  if (options.howToGoOn !== undefined) return cutLists(shaped, { maxChars, note: unmet, howToGoOn: options.howToGoOn });
  const result = isObject(shaped) ? shaped : { value: shaped };
  // A note in Okta's own object is not overwritten.
  return withinLimit(unmet === undefined || "note" in result ? result : { ...result, note: unmet }, maxChars);
}

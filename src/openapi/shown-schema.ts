import { isExactNumber } from "../json/exact-json.js";
import { isObject, type JsonObject } from "../json/json.js";
import { asSentence, documentWords } from "./document-words.js";
import { type MergedSchema, mergedSchema } from "./merged-schema.js";
import { facts, formsInWords, listed } from "./schema-facts.js";
import type { PlainSchema, Schema } from "./schema-types.js";

/** The part of a tool's JSON Schema for one argument: the keywords that every provider of models knows. */
export interface ShownSchema {
  type: "string" | "number" | "integer" | "boolean" | "array" | "object";
  description?: string;
  properties?: { [name: string]: ShownSchema };
  required?: string[];
  additionalProperties?: boolean;
  items?: ShownSchema;
  enum?: string[];
}

/**
 * A place in an argument that is shown as text and may hold JSON: names of properties, and `*` for each item of a list.
 * `whole` is false where text as such is taken as well, so that only an object or a list is meant as JSON.
 */
export interface JsonText {
  path: readonly string[];
  whole: boolean;
}

export interface ShownForm {
  schema: ShownSchema;
  jsonTexts: readonly JsonText[];
}

export interface ShowOptions {
  /** Properties of the outermost object that are files, shown as text in base64. */
  files?: ReadonlySet<string>;
}

/** How much of a schema is shown: levels of objects, and the longest description of a part. */
const SIZES = [
  { levels: 4, words: 120 },
  { levels: 4, words: 0 },
  { levels: 3, words: 60 },
  { levels: 3, words: 0 },
  { levels: 2, words: 60 },
  { levels: 2, words: 0 },
  { levels: 1, words: 60 },
  { levels: 1, words: 0 },
] as const;

/** The largest schema of an argument, in characters of JSON. */
const MAX_CHARS = 4_000;

/** The most values of an enumeration, and the most properties of an object, that are shown. */
const MAX_VALUES = 60;
const MAX_PROPERTIES = 60;

export const FILE_WORDS = "A file as base64, or as data:TYPE;name=NAME;base64,… with its type and name.";

/**
 * A schema in the form that is shown to a model: small, without unions and references. What does not fit into it (an
 * object deep inside, one that takes any name, a choice between kinds) is shown as text that holds JSON. It takes at
 * least what the whole schema takes, which is checked before a call.
 */
export function shownSchema(plain: PlainSchema, options: ShowOptions = {}): ShownForm {
  let shown: ShownForm | undefined;
  for (const { levels, words } of SIZES) {
    const showing = new Showing(plain.defs, words, options.files ?? new Set());
    const schema = showing.show(plain.schema, { levels, path: [], within: new Set(), insideOpen: false });
    shown = { schema, jsonTexts: showing.jsonTexts };
    if (JSON.stringify(schema).length <= MAX_CHARS) break;
  }
  return shown as ShownForm;
}

interface Where {
  /** How many levels of objects may still be shown. */
  levels: number;
  path: readonly string[];
  /** The definitions that the value stands in. */
  within: ReadonlySet<string>;
  insideOpen: boolean;
}

class Showing {
  readonly jsonTexts: JsonText[] = [];
  readonly #defs: PlainSchema["defs"];
  readonly #maxWords: number;
  readonly #files: ReadonlySet<string>;

  constructor(defs: PlainSchema["defs"], maxWords: number, files: ReadonlySet<string>) {
    this.#defs = defs;
    this.#maxWords = maxWords;
    this.#files = files;
  }

  show(schema: Schema, where: Where): ShownSchema {
    const merged = mergedSchema(schema, this.#defs);
    const repeats = [...merged.names].some((name) => where.within.has(name));
    const inside = { ...where, within: new Set([...where.within, ...merged.names]) };
    const type = this.#typeOf(merged);
    if (repeats && (type === "object" || type === undefined))
      return this.#json(merged, where, "An object like the one that it is in");
    if (type === undefined) return this.#mixed(merged, where);
    if (type === "object") return this.#object(merged, inside);
    if (type === "array") return this.#array(merged, inside);
    return this.#plain(type, merged);
  }

  /** The one type of all forms; undefined where they differ. */
  #typeOf(merged: MergedSchema): ShownSchema["type"] | undefined {
    const types = this.#typesOf(merged);
    if (types?.has("number")) types.delete("integer");
    const [only] = types ?? [];
    return types?.size === 1 ? (only as ShownSchema["type"]) : undefined;
  }

  /** The types that a value may have, without `null`; undefined where it may have any. */
  #typesOf(merged: MergedSchema): Set<string> | undefined {
    if (merged.types !== undefined) return new Set(merged.types);
    const ofForms = merged.choices.map((choice) => this.#typesOf(mergedSchema(choice, this.#defs)));
    const types = ofForms.length > 0 ? ofForms.flatMap((one) => [...(one ?? [])]) : merged.values?.map(typeOfValue);
    if (types === undefined || ofForms.includes(undefined)) return undefined;
    return new Set(types.filter((type) => type !== "null"));
  }

  #plain(type: "string" | "number" | "integer" | "boolean", merged: MergedSchema): ShownSchema {
    const values = merged.values ?? this.#valuesOfChoices(merged);
    const texts = values?.filter((value) => typeof value === "string" && value !== "") as string[] | undefined;
    const isShown = type === "string" && texts !== undefined && texts.length > 0 && texts.length <= MAX_VALUES;
    const said = isShown || values === undefined ? [] : [`one of ${listed(values)}`];
    if (isShown && values?.includes("")) said.push("may be empty");
    return {
      type,
      ...this.#description(merged, said),
      ...(isShown ? { enum: texts } : {}),
    };
  }

  /** The values of all forms together; undefined where one of them is not a list of values. */
  #valuesOfChoices({ choices }: MergedSchema): MergedSchema["values"] {
    if (choices.length === 0) return undefined;
    const lists = choices.map((choice) => mergedSchema(choice, this.#defs).values);
    return lists.every((list) => list !== undefined) ? [...new Set(lists.flat())] : undefined;
  }

  #object(merged: MergedSchema, where: Where): ShownSchema {
    const { properties, required } = this.#together(merged);
    if (properties.size === 0 || where.levels === 0)
      return this.#json(merged, where, objectInWords(merged, properties));
    const isOpen = merged.additional !== undefined && merged.additional !== false;
    const names = [...properties.keys()].sort((a, b) => Number(required.has(b)) - Number(required.has(a)));
    const shownNames = names.slice(0, MAX_PROPERTIES);
    const entries = shownNames.map((name): [string, ShownSchema] => {
      const path = [...where.path, name];
      if (where.path.length === 0 && this.#files.has(name)) return [name, this.#file(properties.get(name) as Schema)];
      const inner = { ...where, path, levels: where.levels - 1, insideOpen: where.insideOpen || isOpen };
      return [name, this.show(properties.get(name) as Schema, inner)];
    });
    const needed = shownNames.filter((name) => required.has(name));
    const isCut = shownNames.length < names.length;
    const said = isCut ? [`also ${listed(names.slice(MAX_PROPERTIES))}`] : [];
    return {
      type: "object",
      ...this.#description(merged, said),
      properties: Object.fromEntries(entries),
      ...(needed.length > 0 ? { required: needed } : {}),
      ...(merged.additional === false && !isCut && merged.choices.length === 0 ? { additionalProperties: false } : {}),
      ...((isOpen || isCut) && !where.insideOpen ? { additionalProperties: true } : {}),
    };
  }

  #file(schema: Schema): ShownSchema {
    const file: ShownSchema = { type: "string", description: FILE_WORDS };
    return mergedSchema(schema, this.#defs).types?.has("array") ? { type: "array", items: file } : file;
  }

  /** The properties of all forms of an object, and those that every form needs. */
  #together(merged: MergedSchema): { properties: Map<string, Schema>; required: Set<string> } {
    const properties = new Map(merged.properties);
    const required = new Set(merged.required);
    const forms = merged.choices.map((choice) => mergedSchema(choice, this.#defs));
    for (const form of forms) {
      for (const [name, inner] of form.properties) if (!properties.has(name)) properties.set(name, inner);
    }
    for (const name of properties.keys()) {
      if (forms.length > 0 && forms.every((form) => form.required.has(name))) required.add(name);
    }
    return { properties, required };
  }

  #array(merged: MergedSchema, where: Where): ShownSchema {
    const item = merged.items ?? this.#itemsOfChoices(merged);
    const inner = { ...where, path: [...where.path, "*"] };
    return { type: "array", ...this.#description(merged, []), items: this.show(item, inner) };
  }

  #itemsOfChoices({ choices }: MergedSchema): Schema {
    const items = choices.map((choice) => mergedSchema(choice, this.#defs).items ?? true);
    return items.length === 0 ? true : { anyOf: items };
  }

  /** Values of several kinds. */
  #mixed(merged: MergedSchema, where: Where): ShownSchema {
    const forms = formsInWords(merged, this.#defs);
    return this.#json(merged, where, forms === "" ? "Any value" : forms);
  }

  #json(merged: MergedSchema, where: Where, what: string): ShownSchema {
    const kinds = this.#typesOf(merged) ?? new Set<string>();
    const whole = !kinds.has("string");
    this.jsonTexts.push({ path: where.path, whole });
    const how = kinds.has("string") ? "an object or a list as JSON" : "written as JSON";
    const isPlain = kinds.size > 0 && !kinds.has("object") && !kinds.has("array") && kinds.has("string");
    return { type: "string", ...this.#description(merged, [isPlain ? what : `${what}, ${how}`]) };
  }

  /** The document's words, then what keywords say that are not shown. */
  #description(merged: MergedSchema, said: readonly string[]): { description?: string } {
    const own = merged.keywords.description;
    const words = typeof own === "string" && this.#maxWords > 0 ? documentWords(own, this.#maxWords) : "";
    const known = [...said, ...facts(merged, words)].filter((fact) => fact !== "");
    const rest =
      known.length === 0 ? "" : asSentence(`${(known[0] ?? "").charAt(0).toUpperCase()}${known.join("; ").slice(1)}`);
    const text = [asSentence(words), rest].filter((part) => part !== "").join(" ");
    return text === "" ? {} : { description: text };
  }
}

function objectInWords(merged: MergedSchema, properties: ReadonlyMap<string, Schema>): string {
  if (properties.size > 0) return `An object with ${listed([...properties.keys()], 12)}`;
  const { additional } = merged;
  const type = isObject(additional) && typeof additional.type === "string" ? additional.type : undefined;
  return type === undefined ? "An object" : `An object whose values are of type ${type}`;
}

function typeOfValue(value: unknown): string {
  if (value === null) return "null";
  if (isExactNumber(value)) return "number";
  return Array.isArray(value) ? "array" : typeof value;
}

/** A shown schema as JSON. */
export function asJson(schema: ShownSchema): JsonObject {
  return schema as unknown as JsonObject;
}

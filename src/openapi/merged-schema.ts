import { isObject, type Json, type JsonObject } from "../json/json.js";
import { nameIn } from "./schema-circles.js";
import { type PlainSchema, READ_ONLY, type Schema } from "./schema-types.js";

/** A schema with what it refers to and what it is put together from (`allOf`) in one. */
export interface MergedSchema {
  /** The types without `null`; undefined where any is taken. */
  types: ReadonlySet<string> | undefined;
  takesNull: boolean;
  /** Those that callers may give. */
  properties: ReadonlyMap<string, Schema>;
  required: ReadonlySet<string>;
  /** What holds for further properties; undefined where nothing is said. */
  additional: Schema | undefined;
  items: Schema | undefined;
  /** The forms one of which a value has; empty where there are none. */
  choices: readonly Schema[];
  /** The values one of which it is; undefined where it may be any. */
  values: readonly Json[] | undefined;
  /** All keywords that hold one plain value: of two that say the same, the outermost. */
  keywords: JsonObject;
  /** The definitions that went into it. */
  names: ReadonlySet<string>;
}

interface Parts {
  types: Set<string> | undefined;
  takesNull: boolean;
  properties: Map<string, Schema>;
  required: Set<string>;
  additional: Schema | undefined;
  items: Schema | undefined;
  choices: Schema[];
  values: Json[] | undefined;
  keywords: JsonObject;
  names: Set<string>;
}

/** Merges a schema as far as this can be done without loss; several lists of choices stay those of the first. */
export function mergedSchema(schema: Schema, defs: PlainSchema["defs"]): MergedSchema {
  const parts: Parts = {
    types: undefined,
    takesNull: true,
    properties: new Map(),
    required: new Set(),
    additional: undefined,
    items: undefined,
    choices: [],
    values: undefined,
    keywords: {},
    names: new Set(),
  };
  take(schema, defs, parts);
  const { types } = parts;
  if (types === undefined) {
    // Real documents often leave out the type where it shows.
    if (parts.properties.size > 0) parts.types = new Set(["object"]);
    else if (parts.items !== undefined) parts.types = new Set(["array"]);
  }
  return parts;
}

function take(schema: Schema, defs: PlainSchema["defs"], parts: Parts): void {
  if (!isObject(schema)) return;
  const name = nameIn(schema);
  for (const [keyword, value] of Object.entries(schema)) {
    if (!HELD_APART.has(keyword) && !Object.hasOwn(parts.keywords, keyword)) parts.keywords[keyword] = value;
  }
  takeTypes(schema, parts);
  for (const [property, inner] of Object.entries(isObject(schema.properties) ? schema.properties : {})) {
    if (isObject(inner) && inner[READ_ONLY] === true) continue;
    if (!parts.properties.has(property)) parts.properties.set(property, inner as Schema);
  }
  for (const property of Array.isArray(schema.required) ? schema.required : []) parts.required.add(String(property));
  parts.additional ??= (schema.additionalProperties ?? schema.unevaluatedProperties) as Schema | undefined;
  parts.items ??= schema.items as Schema | undefined;
  const values = schema.const === undefined ? schema.enum : [schema.const];
  if (Array.isArray(values)) parts.values ??= values;
  if (name !== undefined && !parts.names.has(name)) {
    parts.names.add(name);
    take(defs.get(name) ?? true, defs, parts);
  }
  for (const part of Array.isArray(schema.allOf) ? schema.allOf : []) take(part as Schema, defs, parts);
  if (Array.isArray(schema.anyOf)) takeChoices(schema.anyOf as Schema[], defs, parts);
  // What a property tells apart (see `discriminated`): each case is a choice.
  if (isObject(schema.then)) parts.choices.push(schema.then);
}

const HELD_APART: ReadonlySet<string> = new Set([
  ...["$ref", "type", "properties", "required", "additionalProperties", "unevaluatedProperties", "items"],
  ...["allOf", "anyOf", "const", "enum", "if", "then", "else"],
]);

function takeTypes({ type }: JsonObject, parts: Parts): void {
  if (type === undefined) return;
  const given = new Set((Array.isArray(type) ? type : [type]).map(String));
  if (!given.delete("null")) parts.takesNull = false;
  if (given.size === 0) return;
  const both = [...given].filter((one) => parts.types === undefined || parts.types.has(one));
  if (both.length > 0) parts.types = new Set(both);
}

function takeChoices(list: Schema[], defs: PlainSchema["defs"], parts: Parts): void {
  const real = list.filter((one) => !(isObject(one) && one.type === "null"));
  if (real.length === list.length) parts.takesNull &&= list.some((one) => mergedSchema(one, defs).takesNull);
  const [only] = real;
  if (real.length === 1 && only !== undefined) {
    const { takesNull } = parts;
    take(only, defs, parts);
    if (real.length < list.length) parts.takesNull = takesNull;
  } else if (parts.choices.length === 0) parts.choices = real;
}

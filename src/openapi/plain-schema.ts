import { isExactNumber } from "../json/exact-json.js";
import { isObject, type Json, type JsonObject } from "../json/json.js";
import { discriminated } from "./discriminator.js";
import { DocumentFault } from "./document-fault.js";
import type { Located } from "./document-place.js";
import type { References } from "./references.js";
import { openCircles } from "./schema-circles.js";
import { type PlainSchema, READ_ONLY, type Schema } from "./schema-types.js";

const isNumber = (value: Json) => typeof value === "number" || isExactNumber(value);
const isCount = (value: Json) => typeof value === "number" && Number.isInteger(value) && value >= 0;
const isText = (value: Json) => typeof value === "string";
const isTrue = (value: Json) => value === true;
const isTexts = (value: Json) => Array.isArray(value) && value.every(isText);
const isFilled = (value: Json) => Array.isArray(value) && value.length > 0;

/**
 * The keywords that are taken over, each with what it has to be. All others are left out: those of OpenAPI that say
 * nothing about a value (`xml`, `externalDocs`), extensions, and those that somebody has misunderstood (`required: true`).
 */
const KEPT: Readonly<Record<string, (value: Json) => boolean>> = {
  title: isText,
  description: isText,
  default: () => true,
  deprecated: isTrue,
  writeOnly: isTrue,
  format: isText,
  pattern: isText,
  contentEncoding: isText,
  contentMediaType: isText,
  enum: isFilled,
  const: () => true,
  required: isTexts,
  dependentRequired: (value) => isObject(value) && Object.values(value).every(isTexts),
  uniqueItems: isTrue,
  multipleOf: (value) => isNumber(value) && Number(value) > 0,
  minimum: isNumber,
  maximum: isNumber,
  exclusiveMinimum: isNumber,
  exclusiveMaximum: isNumber,
  minLength: isCount,
  maxLength: isCount,
  minItems: isCount,
  maxItems: isCount,
  minContains: isCount,
  maxContains: isCount,
  minProperties: isCount,
  maxProperties: isCount,
};

const TYPES: ReadonlySet<Json> = new Set(["string", "number", "integer", "boolean", "array", "object", "null"]);
const HOLD_ONE = ["items", "additionalProperties", "contains", "propertyNames", "not", "if", "then", "else"];
const HOLD_ONE_OF_31 = ["unevaluatedItems", "unevaluatedProperties"];
const HOLD_LIST = ["allOf", "anyOf", "prefixItems"];
const HOLD_MAP = ["properties", "patternProperties", "dependentSchemas"];

/**
 * Makes a schema of a document stand alone, in the form for requests: what is `readOnly` is not taken, and not required.
 * `oneOf` becomes `anyOf`, since real schemas often leave open which of them a value fits, and what fits two of them is
 * the API's to judge.
 */
export function plainSchema(located: Located | undefined, references: References): PlainSchema {
  if (located === undefined) return { schema: true, defs: new Map(), notes: [] };
  const making = new Making(references);
  const schema = making.convert(located);
  making.finish();
  return { schema, defs: making.defs, notes: [...making.notes] };
}

/** A schema in the making. */
class Making {
  readonly defs = new Map<string, Schema>();
  readonly notes = new Set<string>();
  readonly references: References;
  /** The names of definitions, by the place in the document that they are made of. */
  readonly #names = new Map<string, string>();
  readonly #open: [name: string, place: Located][] = [];

  constructor(references: References) {
    this.references = references;
  }

  /** Makes the definitions that conversions have asked for, until there are no more. */
  finish(): void {
    for (let next = this.#open.pop(); next !== undefined; next = this.#open.pop()) {
      this.defs.set(next[0], this.convert(next[1]));
    }
    openCircles(this.defs);
  }

  /** @param outer names of properties that a schema around this one, for the same value, says are read-only */
  convert(located: Located, outer: ReadonlySet<string> = new Set()): Schema {
    const { value } = located;
    if (typeof value === "boolean") return value;
    if (!isObject(value)) return true;
    const made: JsonObject = {};
    for (const [keyword, inner] of Object.entries(value)) {
      if (Object.hasOwn(KEPT, keyword) && KEPT[keyword]?.(inner)) made[keyword] = inner;
    }
    // In OpenAPI 3.0 nothing beside a reference counts; its description is meant all the same.
    if (typeof value.$ref === "string") Object.assign(made, this.#referred(value.$ref, located));
    this.#type(value, made);
    this.#bounds(value, made);
    for (const keyword of [...HOLD_ONE, ...HOLD_ONE_OF_31]) this.#one(located, keyword, made);
    const readOnly = new Set([...outer, ...this.#readOnlyNames(located, new Set())]);
    for (const keyword of HOLD_LIST) this.#list(located, keyword, keyword, made, readOnly);
    for (const keyword of HOLD_MAP) this.#map(located, keyword, made);
    this.#choices(located, made, readOnly);
    withoutReadOnly(made, readOnly);
    return value.nullable === true ? orNull(made) : made;
  }

  /** The name of the definition of what stands at a place. */
  define(place: Located): string {
    const key = `${place.file}#${place.pointer}`;
    let name = this.#names.get(key);
    if (name === undefined) {
      name = `d${this.#names.size}`;
      this.#names.set(key, name);
      this.#open.push([name, place]);
    }
    return name;
  }

  /** Where a reference leads; undefined, with a note, where it leads nowhere. */
  target(reference: string, from: Located): Located | undefined {
    try {
      return this.references.target(reference, from);
    } catch (error) {
      if (!(error instanceof DocumentFault)) throw error;
      this.notes.add(error.message);
      return undefined;
    }
  }

  #referred(reference: string, from: Located): JsonObject {
    const target = this.target(reference, from);
    return target === undefined ? {} : { $ref: `#/$defs/${this.define(target)}` };
  }

  #type({ type }: JsonObject, made: JsonObject): void {
    const types = (Array.isArray(type) ? type : [type]).filter((one) => one !== undefined && TYPES.has(one)) as Json[];
    if (types.length > 0) made.type = types.length === 1 ? (types[0] as Json) : [...new Set(types)];
  }

  /** In OpenAPI 3.0, `exclusiveMinimum` says of `minimum` that the value itself is out. */
  #bounds(value: JsonObject, made: JsonObject): void {
    for (const [exclusive, bound] of [
      ["exclusiveMinimum", "minimum"],
      ["exclusiveMaximum", "maximum"],
    ] as const) {
      if (value[exclusive] !== true || made[bound] === undefined) continue;
      made[exclusive] = made[bound];
      delete made[bound];
    }
  }

  #one(located: Located, keyword: string, made: JsonObject): void {
    const inner = this.references.member(located, keyword);
    if (inner === undefined) return;
    // A list of schemas under `items` was JSON Schema's before 2020-12.
    if (keyword === "items" && Array.isArray(inner.value)) this.#list(located, keyword, "prefixItems", made);
    else made[keyword] = this.convert(inner);
  }

  #list(located: Located, keyword: string, as: string, made: JsonObject, readOnly?: ReadonlySet<string>): void {
    const list = this.references.member(located, keyword);
    if (list === undefined || !Array.isArray(list.value) || list.value.length === 0) return;
    const isInPlace = as !== "prefixItems";
    made[as] = [...list.value.keys()].map((index) =>
      this.convert(this.references.member(list, index) as Located, isInPlace ? readOnly : undefined),
    );
  }

  #map(located: Located, keyword: string, made: JsonObject): void {
    const map = this.references.member(located, keyword);
    if (map === undefined || !isObject(map.value)) return;
    const names = Object.keys(map.value);
    made[keyword] = Object.fromEntries(
      names.map((name) => [name, this.convert(this.references.member(map, name) as Located)]),
    );
  }

  /** `oneOf`, and `anyOf` whose parts a property tells apart. */
  #choices(located: Located, made: JsonObject, readOnly: ReadonlySet<string>): void {
    const apart = discriminated(located, this);
    const parts: Schema[] = Array.isArray(made.allOf) ? (made.allOf as Schema[]) : [];
    if (apart !== undefined) {
      delete made.anyOf;
      made.allOf = [...parts, apart];
      return;
    }
    const oneOf: JsonObject = {};
    this.#list(located, "oneOf", "anyOf", oneOf, readOnly);
    if (oneOf.anyOf === undefined) return;
    if (made.anyOf === undefined) made.anyOf = oneOf.anyOf;
    else made.allOf = [...parts, oneOf];
  }

  /** The read-only properties of a schema and of those that it is put together from. */
  #readOnlyNames(located: Located, seen: Set<string>): Set<string> {
    const key = `${located.file}#${located.pointer}`;
    const names = new Set<string>();
    if (seen.has(key) || !isObject(located.value)) return names;
    seen.add(key);
    const properties = this.references.member(located, "properties");
    for (const name of isObject(properties?.value) ? Object.keys(properties.value) : []) {
      const property = properties && this.references.member(properties, name);
      if (property !== undefined && this.#isReadOnly(property)) names.add(name);
    }
    for (const part of this.#partsOf(located)) {
      for (const name of this.#readOnlyNames(part, seen)) names.add(name);
    }
    return names;
  }

  *#partsOf(located: Located): Generator<Located> {
    const { value } = located;
    if (isObject(value) && typeof value.$ref === "string") {
      const target = this.target(value.$ref, located);
      if (target !== undefined) yield target;
    }
    for (const keyword of ["allOf", "anyOf", "oneOf"]) {
      const list = this.references.member(located, keyword);
      if (list === undefined || !Array.isArray(list.value)) continue;
      for (const index of list.value.keys()) yield this.references.member(list, index) as Located;
    }
  }

  #isReadOnly(property: Located): boolean {
    const seen = new Set<string>();
    let at: Located | undefined = property;
    while (at !== undefined && isObject(at.value) && !seen.has(`${at.file}#${at.pointer}`)) {
      if (at.value.readOnly === true) return true;
      seen.add(`${at.file}#${at.pointer}`);
      at = typeof at.value.$ref === "string" ? this.target(at.value.$ref, at) : undefined;
    }
    return false;
  }
}

/** Takes out of a schema what callers may not give. */
function withoutReadOnly(made: JsonObject, names: ReadonlySet<string>): void {
  if (names.size === 0) return;
  if (isObject(made.properties)) {
    const entries = Object.entries(made.properties);
    made.properties = Object.fromEntries(
      entries.map(([name, inner]) => [name, names.has(name) ? { [READ_ONLY]: true } : inner]),
    );
  }
  if (!Array.isArray(made.required)) return;
  const required = made.required.filter((name) => !names.has(name as string));
  if (required.length > 0) made.required = required;
  else delete made.required;
}

/** `nullable` of OpenAPI 3.0. */
function orNull(schema: JsonObject): JsonObject {
  const { title, description, default: byDefault, ...rest } = schema;
  const isSimple = !["$ref", "allOf", "anyOf", "not", "const"].some((keyword) => schema[keyword] !== undefined);
  if (isSimple && schema.type !== undefined) {
    const types = Array.isArray(schema.type) ? schema.type : [schema.type];
    const values = schema.enum as Json[] | undefined;
    return {
      ...schema,
      type: [...new Set([...types, "null"])],
      ...(values === undefined ? {} : { enum: [...values.filter((one) => one !== null), null] }),
    };
  }
  const about = Object.entries({ title, description, default: byDefault }).filter(([, value]) => value !== undefined);
  return { ...(Object.fromEntries(about) as JsonObject), anyOf: [rest as JsonObject, { type: "null" }] };
}

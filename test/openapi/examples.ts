import fc from "fast-check";
import { isObject, type Json, type JsonObject } from "../../src/json/json.js";

/** The levels of objects down to which optional fields are filled. */
const FILLED_LEVELS = 3;

/**
 * Makes a value that fits a schema of a document of one file, without any of the code under test: by the schema's
 * values, bounds and formats, with each optional field of the first levels. Undefined for a field that cannot be given.
 */
export function exampleOf(schema: Json | undefined, root: Json, levels = FILLED_LEVELS): Json | undefined {
  const whole = together(schema, root);
  if (levels < -10) throw new Impossible();
  if (whole.readOnly === true) return undefined;
  if (whole.const !== undefined) return whole.const;
  if (Array.isArray(whole.enum)) return whole.enum.find((value) => value !== null) as Json;
  const discriminator = isObject(whole.discriminator) ? whole.discriminator : undefined;
  for (const keyword of ["oneOf", "anyOf"]) {
    const list = whole[keyword];
    if (!Array.isArray(list)) continue;
    const chosen = list.find((one) => together(one, root).type !== "null") ?? list[0];
    const { oneOf: _, anyOf: _a, discriminator: _d, ...rest } = whole;
    const value = exampleOf({ allOf: [rest, chosen ?? {}] }, root, levels);
    if (discriminator !== undefined && isObject(value))
      value[String(discriminator.propertyName)] = nameOf(chosen, discriminator);
    return value;
  }
  const types = Array.isArray(whole.type) ? whole.type : [whole.type];
  switch (types.find((type) => type !== "null") ?? types[0]) {
    case "array":
      return arrayOf(whole, root, levels);
    case "string":
      return textOf(whole);
    case "integer":
    case "number":
      return numberOf(whole);
    case "boolean":
      return true;
    case "null":
      return null;
    case "object":
      return objectOf(whole, root, levels);
    default:
      if (whole.properties !== undefined) return objectOf(whole, root, levels);
      return whole.items === undefined ? "anything" : arrayOf(whole, root, levels);
  }
}

/** A schema that requires itself has no value. */
export class Impossible extends Error {}

/** The value by which a discriminator names one of its schemas. */
function nameOf(chosen: Json | undefined, { mapping }: JsonObject): string {
  const reference = isObject(chosen) ? String(chosen.$ref) : "";
  const name = reference.split("/").at(-1) ?? "";
  const named = Object.entries(isObject(mapping) ? mapping : {}).find(([, to]) => to === reference || to === name);
  return named?.[0] ?? name;
}

/** A schema with what it refers to and its `allOf` in one. */
export function together(schema: Json | undefined, root: Json, seen: readonly string[] = []): JsonObject {
  if (!isObject(schema)) return {};
  const { $ref, allOf, ...own } = schema;
  const parts: JsonObject[] = [own];
  if (typeof $ref === "string" && !seen.includes($ref))
    parts.push(together(referred($ref, root), root, [...seen, $ref]));
  for (const part of Array.isArray(allOf) ? allOf : []) parts.push(together(part, root, seen));
  const merged: JsonObject = {};
  for (const part of parts) {
    for (const [keyword, value] of Object.entries(part)) {
      const known = merged[keyword];
      if (keyword === "properties" && isObject(known) && isObject(value)) merged[keyword] = { ...value, ...known };
      else if (keyword === "required" && Array.isArray(known) && Array.isArray(value))
        merged[keyword] = [...known, ...value];
      else if (known === undefined) merged[keyword] = value;
    }
  }
  return merged;
}

/** What a reference of the document leads to. */
export function referred(reference: string, root: Json): Json | undefined {
  const steps = decodeURIComponent(reference.slice(2)).split("/");
  return steps.reduce<Json | undefined>((at, step) => {
    const key = step.replaceAll("~1", "/").replaceAll("~0", "~");
    return typeof at === "object" && at !== null ? (at as JsonObject)[key] : undefined;
  }, root);
}

function objectOf(schema: JsonObject, root: Json, levels: number): JsonObject {
  const required = new Set(Array.isArray(schema.required) ? schema.required : []);
  const made: JsonObject = {};
  for (const [name, property] of Object.entries(isObject(schema.properties) ? schema.properties : {})) {
    if (levels <= 0 && !required.has(name)) continue;
    const value = exampleOf(property, root, levels - 1);
    if (value !== undefined) made[name] = value;
  }
  // What is required and described nowhere may be anything.
  for (const name of required)
    if (!isObject(schema.properties) || !(String(name) in schema.properties)) made[String(name)] = "x";
  const additional = schema.additionalProperties;
  if (isObject(additional) && levels > 0) made.further = exampleOf(additional, root, levels - 1) ?? "x";
  return made;
}

function arrayOf(schema: JsonObject, root: Json, levels: number): Json[] {
  const count = Math.max(1, Number(schema.minItems ?? 0));
  if (levels <= 0 && schema.minItems === undefined) return [];
  const item = exampleOf(schema.items, root, levels - 1) ?? "x";
  return schema.uniqueItems === true ? [item] : Array.from({ length: count }, () => item);
}

function numberOf({ minimum, maximum, exclusiveMinimum, multipleOf }: JsonObject): number {
  const least =
    typeof exclusiveMinimum === "number" ? exclusiveMinimum + 1 : Number(minimum ?? Math.min(1, Number(maximum ?? 1)));
  const step = Number(multipleOf ?? 1);
  return Math.ceil(least / step) * step + (exclusiveMinimum === true ? step : 0);
}

const BY_FORMAT: Readonly<Record<string, string>> = {
  "date-time": "2026-01-31T12:00:00Z",
  date: "2026-01-31",
  time: "12:00:00Z",
  email: "ann@acme.test",
  uri: "https://acme.test/a",
  url: "https://acme.test/a",
  uuid: "7f1e1c1e-97ab-4dc0-9e29-8b5a3f3c5d11",
  hostname: "acme.test",
  ipv4: "192.0.2.1",
  ipv6: "2001:db8::1",
  byte: "QUJD",
  binary: "QUJD",
  duration: "P1D",
  "uri-reference": "/a?b",
  "uri-template": "https://acme.test/{a}",
  "json-pointer": "/a/b",
  "relative-json-pointer": "1/a",
};

function textOf({ format, pattern, minLength, maxLength }: JsonObject): string {
  if (typeof pattern === "string") {
    // The words of other languages for a pattern without capitals.
    const byFormat = typeof format === "string" ? BY_FORMAT[format] : undefined;
    if (byFormat !== undefined && new RegExp(pattern).test(byFormat)) return byFormat;
    const plain = pattern.replace(/^\(\?i\)/, "");
    const all = fc.sample(fc.stringMatching(new RegExp(plain)), { seed: 1, numRuns: 50 });
    const [least, most] = [Number(minLength ?? 1), Number(maxLength ?? 200)];
    const fits = (text: string) =>
      [...text].length >= least && [...text].length <= most && new RegExp(plain).test(text);
    return [...all, ...all.map((text) => text.repeat(least).slice(0, most))].find(fits) ?? "";
  }
  const known = typeof format === "string" ? BY_FORMAT[format] : undefined;
  const text = known ?? "a text/with?signs&é";
  return text.slice(0, Number(maxLength ?? 100)).padEnd(Number(minLength ?? 0), "x");
}

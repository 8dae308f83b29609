import { isObject, type Json } from "../json/json.js";
import { type MergedSchema, mergedSchema } from "./merged-schema.js";
import type { PlainSchema, Schema } from "./schema-types.js";

/** No value of an argument is deeper, and schemas may go in circles. */
const MAX_DEPTH = 64;

/**
 * The texts in a value that its schema calls secret, whatever their names are: passwords (OpenAPI, "Data Type Format") and
 * what is only ever written (`writeOnly`).
 */
export function secretValues({ schema, defs }: PlainSchema, value: Json): string[] {
  const found = new Set<string>();
  const visit = (at: Schema, inner: Json, isSecret: boolean, depth: number): void => {
    if (depth > MAX_DEPTH) return;
    const merged = mergedSchema(at, defs);
    const isHere = isSecret || merged.keywords.writeOnly === true || merged.keywords.format === "password";
    if (typeof inner === "string" && isHere && inner !== "") found.add(inner);
    for (const choice of merged.choices) visit(choice, inner, isHere, depth + 1);
    for (const [part, child] of partsOf(merged, inner)) visit(part, child, isHere, depth + 1);
  };
  visit(schema, value, false, 0);
  return [...found];
}

/** The parts of a value, each with its schema. */
function partsOf({ properties, additional, items }: MergedSchema, value: Json): [Schema, Json][] {
  if (Array.isArray(value)) return value.map((item) => [items ?? true, item]);
  if (!isObject(value)) return [];
  return Object.entries(value).map(([name, child]) => [properties.get(name) ?? additional ?? true, child]);
}

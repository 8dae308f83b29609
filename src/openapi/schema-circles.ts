import { isObject, type JsonObject } from "../json/json.js";
import type { Schema } from "./schema-types.js";

const IN_PLACE_ONE = ["not", "if", "then", "else"];
const IN_PLACE_LIST = ["allOf", "anyOf"];

/** The definition that a reference leads to. */
export function nameIn({ $ref }: JsonObject): string | undefined {
  return typeof $ref === "string" ? $ref.slice("#/$defs/".length) : undefined;
}

/**
 * Takes those references out of definitions that lead back to their schema without going into the value, as where a
 * supertype lists its subtypes and each of them includes the supertype. A check of them would never end. The last
 * reference of such a circle goes; what it says is then said by the others.
 */
export function openCircles(defs: ReadonlyMap<string, Schema>): void {
  const state = new Map<string, "open" | "done">();
  const visit = (schema: Schema | undefined): void => {
    if (!isObject(schema)) return;
    const name = nameIn(schema);
    if (name !== undefined) {
      if (state.get(name) === "open") delete schema.$ref;
      else enter(name);
    }
    for (const part of partsInPlace(schema)) visit(part);
  };
  const enter = (name: string): void => {
    if (state.has(name)) return;
    state.set(name, "open");
    visit(defs.get(name));
    state.set(name, "done");
  };
  for (const name of defs.keys()) enter(name);
}

/** The schemas in a schema that judge the same value. */
function* partsInPlace(schema: JsonObject): Generator<Schema> {
  for (const keyword of IN_PLACE_ONE) if (isObject(schema[keyword])) yield schema[keyword];
  for (const keyword of IN_PLACE_LIST) {
    const list = schema[keyword];
    if (Array.isArray(list)) yield* list as Schema[];
  }
  if (isObject(schema.dependentSchemas)) yield* Object.values(schema.dependentSchemas) as Schema[];
}

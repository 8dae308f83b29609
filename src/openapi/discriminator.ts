import { isObject, type Json, type JsonObject } from "../json/json.js";
import { stepsOf } from "./document-fault.js";
import type { Located } from "./document-place.js";
import type { References } from "./references.js";
import type { Schema } from "./schema-types.js";

/** What makes a schema stand alone. */
export interface SchemaMaker {
  references: References;
  /** Where a reference leads; undefined where it leads nowhere. */
  target(reference: string, from: Located): Located | undefined;
  /** The name of the definition of what stands at a place. */
  define(place: Located): string;
}

/**
 * What a property that tells schemas apart says of a value (OpenAPI, "Discriminator Object"): it has to be there, it has
 * one of the known values, and the value decides which schema holds. A mistake is then told by one schema instead of by
 * all. Undefined where the schemas cannot be told apart in this way.
 */
export function discriminated(located: Located, making: SchemaMaker): JsonObject | undefined {
  const { value } = located;
  if (!isObject(value) || !isObject(value.discriminator)) return undefined;
  const property = value.discriminator.propertyName;
  const list = making.references.member(located, value.oneOf === undefined ? "anyOf" : "oneOf");
  if (typeof property !== "string" || list === undefined || !Array.isArray(list.value)) return undefined;
  const named = namedTargets(located, value.discriminator.mapping, making);
  const byValue = new Map<string, string>();
  for (const part of list.value) {
    const reference = isObject(part) && typeof part.$ref === "string" ? part.$ref : undefined;
    const target = reference === undefined ? undefined : making.target(reference, list);
    if (target === undefined) return undefined;
    const key = `${target.file}#${target.pointer}`;
    const values = named.filter((one) => one.key === key).map((one) => one.value);
    for (const one of values.length > 0 ? values : [stepsOf(target.pointer).at(-1) ?? ""]) {
      byValue.set(one, making.define(target));
    }
  }
  if (byValue.size === 0) return undefined;
  const cases: Schema[] = [...byValue].map(([one, name]) => ({
    if: { properties: { [property]: { const: one } }, required: [property] },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
    then: { $ref: `#/$defs/${name}` },
  }));
  return {
    type: "object",
    properties: { [property]: { type: "string", enum: [...byValue.keys()] } },
    required: [property],
    allOf: cases,
  };
}

function namedTargets(
  located: Located,
  mapping: Json | undefined,
  making: SchemaMaker,
): { value: string; key: string }[] {
  if (!isObject(mapping)) return [];
  return Object.entries(mapping).flatMap(([value, to]) => {
    if (typeof to !== "string") return [];
    // A name without any of these characters is that of a component.
    const reference = /[#/.]/.test(to) ? to : `#/components/schemas/${to}`;
    const target = making.target(reference, located);
    return target === undefined ? [] : [{ value, key: `${target.file}#${target.pointer}` }];
  });
}

import { isObject, type Json } from "../json/json.js";
import { nearest } from "../text/nearest.js";
import { visibleStart } from "../text/quote.js";
import { mergedSchema } from "./merged-schema.js";
import { listed } from "./schema-facts.js";
import type { PlainSchema, Schema } from "./schema-types.js";

/** The most names of one value that are told, and the most objects that are looked at. */
const MAX_TOLD = 5;
const MAX_LOOKED_AT = 1_000;
/** The most names of one object that are compared, since each is compared with each of the schema. */
const MAX_NAMES = 200;

/**
 * The fields of a value that fits its schema, which the schema does not name although it names one that is spelled
 * nearly alike. They are sent all the same, since the schema is open.
 * @param argument the value's place
 */
export function unknownNames(argument: string, value: Json, { schema, defs }: PlainSchema): string[] {
  const told: string[] = [];
  let looked = 0;
  const look = (inner: Json, part: Schema, at: string): void => {
    looked += 1;
    if (told.length === MAX_TOLD || looked > MAX_LOOKED_AT || typeof inner !== "object" || inner === null) return;
    const merged = mergedSchema(part, defs);
    if (Array.isArray(inner)) {
      if (merged.items !== undefined)
        for (const [index, item] of inner.entries()) look(item, merged.items, `${at}[${index}]`);
      return;
    }
    if (!isObject(inner)) return;
    const properties = new Map(merged.choices.flatMap((choice) => [...mergedSchema(choice, defs).properties]));
    for (const [name, property] of merged.properties) properties.set(name, property);
    // Where further names are described, they are meant.
    const isMap = merged.additional !== undefined && merged.additional !== false;
    const left = [...properties.keys()].filter((name) => !Object.hasOwn(inner, name));
    for (const [name, member] of Object.entries(inner).slice(0, MAX_NAMES)) {
      const known = properties.get(name);
      const near = known === undefined && !isMap ? nearest(name, left) : undefined;
      if (known !== undefined) look(member, known, `${at}.${name}`);
      else if (near !== undefined && told.length < MAX_TOLD)
        told.push(
          `${visibleStart(`${at}.${name}`)} is sent, but the document does not name it (did you mean ${listed([near])}?).`,
        );
    }
  };
  look(value, schema, argument);
  return told;
}

import { isObject, type Json, type JsonObject } from "../json/json.js";
import type { Arguments, Undo } from "../tool.js";

/** An undo by one call. */
export function undoBy(tool: string, args: Arguments, body?: JsonObject): Undo {
  return { steps: [{ tool, args, ...(body === undefined ? {} : { body }) }] };
}

/** An object without some of its fields, for a body in which Okta does not accept them. */
export function without(object: Json, fields: readonly string[]): JsonObject {
  if (!isObject(object)) return {};
  return Object.fromEntries(Object.entries(object).filter(([name]) => !fields.includes(name)));
}

/**
 * The state of an object that the call itself makes. There is nothing before it. Afterwards it is read by its id, and
 * unknown where Okta did not tell the id.
 */
export async function ofMade(
  made: Json | undefined,
  read: (id: string) => Promise<Json | undefined>,
): Promise<Json | undefined> {
  if (made === undefined) return null;
  const id = isObject(made) ? made.id : undefined;
  return typeof id === "string" && id !== "" ? read(id) : undefined;
}

import type { JsonObject } from "./state/model.js";

/** True for a JSON object, as opposed to a list, a plain value or nothing. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

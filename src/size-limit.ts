import type { Json } from "./okta/request.js";

type JsonObject = { [key: string]: Json };

function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** How many characters each field of an object takes, so that a caller can choose. */
function sizes(value: Json): JsonObject {
  if (!isObject(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, JSON.stringify(child).length]));
}

/**
 * What stands for a value that is larger than an answer may be: its id, and the size of each field
 * so that the next call can choose with `fields`.
 */
export function tooLarge(value: Json): JsonObject {
  const id: JsonObject = isObject(value) && typeof value.id === "string" ? { id: value.id } : {};
  return {
    ...id,
    too_large: true,
    characters: JSON.stringify(value).length,
    characters_by_field: sizes(value),
    note: "Larger than a result may be. Ask for single fields with `fields`, or raise OKTA_MCP_MAX_RESULT_CHARS.",
  };
}

/** A result within the limit: itself, or what stands for it. Lists have been cut to withinLimit before. */
export function withinLimit(result: JsonObject, maxChars: number): JsonObject {
  if (Array.isArray(result.items) || JSON.stringify(result).length <= maxChars) return result;
  return tooLarge(result);
}

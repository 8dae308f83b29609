import type { PartEncoding } from "./api-document.js";
import { mergedSchema } from "./merged-schema.js";
import type { PlainSchema, Schema } from "./schema-types.js";

const TEXT_TYPES = /^text\/|^application\/(?:[^/]+\+)?(?:json|xml)$|^application\/x-www-form-urlencoded$/;

/**
 * The properties of a body of several parts that are files (OpenAPI 3.0: `format: binary`; 3.1: `contentMediaType`
 * without `contentEncoding`; both: an encoding with the type of no text).
 */
export function filePropertiesOf(
  { schema, defs }: PlainSchema,
  encoding: ReadonlyMap<string, PartEncoding>,
): ReadonlySet<string> {
  const files = new Set<string>();
  for (const [name, property] of mergedSchema(schema, defs).properties) {
    const type = encoding.get(name)?.contentType;
    if (isFile(property, defs) || (type !== undefined && !TEXT_TYPES.test(type) && takesText(property, defs))) {
      files.add(name);
    }
  }
  return files;
}

function isFile(schema: Schema, defs: PlainSchema["defs"]): boolean {
  const { keywords, types, items } = mergedSchema(schema, defs);
  if (types !== undefined && !types.has("string"))
    return types.has("array") && items !== undefined && isFile(items, defs);
  if (keywords.format === "binary") return true;
  if (keywords.contentEncoding !== undefined) return false;
  const media = keywords.contentMediaType;
  return typeof media === "string" && !TEXT_TYPES.test(media);
}

function takesText(schema: Schema, defs: PlainSchema["defs"]): boolean {
  const { types } = mergedSchema(schema, defs);
  return types === undefined || types.has("string");
}

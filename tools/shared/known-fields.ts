/** The type of a field: a plain one, a list of one type, or an object by its own fields. */
export type Field = "string" | "boolean" | "integer" | readonly [Field] | KnownFields;

/** The fields of an object that are worth naming, each with its type. */
export interface KnownFields {
  readonly [name: string]: Field;
}

/** A JSON Schema with keywords that every model provider knows. */
export interface FieldSchema {
  [keyword: string]: unknown;
  type: string;
}

function isList(field: Field): field is readonly [Field] {
  return Array.isArray(field);
}

function fieldSchema(field: Field): FieldSchema {
  if (typeof field === "string") return { type: field };
  return isList(field) ? { type: "array", items: fieldSchema(field[0]) } : objectSchema(field);
}

function objectSchema(fields: KnownFields): FieldSchema {
  const properties = Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, fieldSchema(field)]));
  return { type: "object", properties };
}

/**
 * The JSON Schema of an object that names these fields and accepts others too, also in the objects in it. A model
 * writes the fields that it is told of. Some providers allow no others, or refuse an object without any.
 */
export function openObject(fields: KnownFields): FieldSchema {
  // Only the outermost object says it. Code that closes objects stops at an open one.
  return { ...objectSchema(fields), additionalProperties: true };
}

/** Fields of one type, by their names. */
export function fieldsOf<const Name extends string>(type: Field, ...names: Name[]): { [name in Name]: Field } {
  return Object.fromEntries(names.map((name) => [name, type])) as { [name in Name]: Field };
}

/** The type of a field: a plain one, a list of one type, or an object by its own fields. */
export type Field = "string" | "boolean" | "integer" | readonly [Field] | KnownFields;

/** The fields of an object that are worth naming, each by its type. */
export interface KnownFields {
  readonly [name: string]: Field;
}

/** A JSON Schema of the keywords that every model provider takes. */
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
 * The JSON Schema of an object that names these fields and takes any other, as do the objects in
 * it. A model writes the fields that it is told of; some providers let it write no others, or refuse
 * an object without any.
 */
export function openObject(fields: KnownFields): FieldSchema {
  // Said once, outside: what closes an object that says nothing stops at the one that is open.
  return { ...objectSchema(fields), additionalProperties: true };
}

/** Fields of one type, by their names. */
export function fieldsOf<const Name extends string>(type: Field, ...names: Name[]): { [name in Name]: Field } {
  return Object.fromEntries(names.map((name) => [name, type])) as { [name in Name]: Field };
}

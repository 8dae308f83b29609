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

/**
 * Some of the fields of an object, by dotted paths; a path to an object or a list stands for all of it. A tool that
 * replaces an object names those that are changed most: all others stand in the object that was read before.
 * @throws Error for a path that leads to no field: a mistake in the code, found at start
 */
export function some(fields: KnownFields, ...paths: string[]): KnownFields {
  const chosen: { [name: string]: Field } = {};
  for (const name of new Set(paths.map((path) => path.split(".")[0] ?? ""))) {
    const field = fields[name];
    const below = paths.filter((path) => path.startsWith(`${name}.`)).map((path) => path.slice(name.length + 1));
    if (field === undefined) throw new Error(`There is no field ${name}.`);
    if (paths.includes(name)) chosen[name] = field;
    else if (typeof field === "string" || isList(field)) throw new Error(`${name} has no fields.`);
    else chosen[name] = some(field, ...below);
  }
  return chosen;
}

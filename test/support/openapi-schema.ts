/** A schema of OpenAPI 3.0 or of JSON Schema. */
export type Schema = { [keyword: string]: unknown };

/** The direction of a body: a request goes to Okta, and a response comes from Okta. */
export type Direction = "request" | "response";

type Components = Readonly<Record<string, Schema>>;

const COMPONENT = "#/components/schemas/";

/** The keywords of OpenAPI that do not restrict a value, or that other code handles. */
const DROPPED =
  /^(x-.*|example|examples|externalDocs|xml|deprecated|discriminator|nullable|readOnly|writeOnly|default|title|description)$/;

interface Discriminator {
  property: string;
  /** The name of the component, by the value of the property. */
  mapping: Readonly<Record<string, string>>;
}

/** Returns all components as JSON Schema definitions, by name. `Name (base)` is a component without its subtypes. */
export function toJsonSchemas(components: Components, direction: Direction): Record<string, Schema> {
  const definitions: Record<string, Schema> = {};
  for (const [name, schema] of Object.entries(components)) {
    const discriminator = discriminatorOf(schema);
    const plain = convert(withBases(name, schema, components), direction, components);
    if (discriminator === undefined) {
      definitions[name] = plain;
      continue;
    }
    definitions[baseOf(name)] = open(plain, discriminator.property);
    definitions[name] = { allOf: [{ $ref: `#/definitions/${baseOf(name)}` }, ...subtypes(discriminator, name)] };
  }
  return definitions;
}

/** Returns any schema of the document as JSON Schema. Its references lead to the definitions of `toJsonSchemas`. */
export function toSchema(schema: Schema, direction: Direction, components: Components): Schema {
  return absolute(convert(schema, direction, components), direction) as Schema;
}

/** Changes the references so that they lead into the schema with all definitions. */
function absolute(value: unknown, direction: Direction): unknown {
  if (Array.isArray(value)) return value.map((item) => absolute(item, direction));
  if (!isSchema(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) =>
      key === "$ref" && typeof inner === "string" ? [key, `${direction}${inner}`] : [key, absolute(inner, direction)],
    ),
  );
}

/**
 * Returns one schema of OpenAPI as JSON Schema.
 *
 * `oneOf` becomes `anyOf`, because Okta's schemas are open and a value often fits several. In a request a `readOnly`
 * property may hold anything and is never required, because Okta ignores it there. The same holds for a `writeOnly`
 * property in an answer.
 */
function convert(schema: Schema, direction: Direction, components: Components): Schema {
  if (typeof schema.$ref === "string") {
    return { $ref: `#/definitions/${schema.$ref.slice(COMPONENT.length)}` };
  }
  const discriminator = discriminatorOf(schema);
  const result: Schema = {};
  for (const [keyword, value] of Object.entries(schema)) {
    if (DROPPED.test(keyword) || isPlaceholder(keyword, value)) continue;
    if (keyword === "properties" && isSchema(value)) {
      const entries = Object.entries(value).filter((entry): entry is [string, Schema] => isSchema(entry[1]));
      result.properties = Object.fromEntries(
        entries.map(([name, inner]) => [
          name,
          isIgnored(inner, direction, components) ? {} : convert(inner, direction, components),
        ]),
      );
    } else if ((keyword === "oneOf" || keyword === "anyOf") && Array.isArray(value)) {
      if (discriminator === undefined) result.anyOf = value.map((inner) => convert(inner, direction, components));
    } else if (keyword === "allOf" && Array.isArray(value)) {
      result.allOf = value.map((inner) => convert(inner, direction, components));
    } else if (keyword === "exclusiveMinimum" || keyword === "exclusiveMaximum") {
      if (value === true) result[keyword] = schema[keyword === "exclusiveMinimum" ? "minimum" : "maximum"];
    } else if (isSchema(value) && (keyword === "items" || keyword === "additionalProperties" || keyword === "not")) {
      result[keyword] = convert(value, direction, components);
    } else {
      result[keyword] = value;
    }
  }
  if (discriminator !== undefined && (schema.oneOf !== undefined || schema.anyOf !== undefined)) {
    result.allOf = [...(Array.isArray(result.allOf) ? result.allOf : []), ...subtypes(discriminator)];
  }
  if (Array.isArray(schema.required) && isSchema(schema.properties)) {
    const { properties } = schema;
    result.required = schema.required.filter((name: string) => {
      const inner = properties[name];
      return !isSchema(inner) || !isIgnored(inner, direction, components);
    });
  }
  return result;
}

/** Returns the conditions for the subtypes. A value of a known subtype must fit it. Any other value fits. */
function subtypes({ property, mapping }: Discriminator, supertype?: string): Schema[] {
  // Some types of the document list themselves as one of their own subtypes.
  const below = Object.entries(mapping).filter(([, component]) => component !== supertype);
  return below.map(([value, component]) => ({
    if: { type: "object", properties: { [property]: { const: value } }, required: [property] },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
    then: { $ref: `#/definitions/${component}` },
  }));
}

/** Makes a subtype refer to the base of its supertype. Otherwise each of the two would check the other for ever. */
function withBases(name: string, schema: Schema, components: Components): Schema {
  if (!Array.isArray(schema.allOf)) return schema;
  const allOf = schema.allOf.map((part: Schema) => {
    const parent = String(part.$ref ?? "").slice(COMPONENT.length);
    const isParent = Object.values(discriminatorOf(components[parent])?.mapping ?? {}).includes(name);
    return isParent ? { $ref: COMPONENT + baseOf(parent) } : part;
  });
  return { ...schema, allOf };
}

/** Lets the property that tells subtypes apart have values that the document does not list. */
function open(schema: Schema, property: string): Schema {
  const properties = isSchema(schema.properties) ? { ...schema.properties, [property]: { type: "string" } } : {};
  return { ...schema, properties };
}

function discriminatorOf(schema: Schema | undefined): Discriminator | undefined {
  const given = schema?.discriminator;
  if (!isSchema(given) || typeof given.propertyName !== "string" || !isSchema(given.mapping)) return undefined;
  const mapping = Object.entries(given.mapping).map(([value, ref]) => [value, String(ref).replace(COMPONENT, "")]);
  return { property: given.propertyName, mapping: Object.fromEntries(mapping) };
}

function isIgnored(schema: Schema, direction: Direction, components: Components): boolean {
  const target = typeof schema.$ref === "string" ? components[schema.$ref.slice(COMPONENT.length)] : schema;
  return direction === "request" ? target?.readOnly === true || schema.readOnly === true : target?.writeOnly === true;
}

/**
 * Returns true for an `additionalProperties` that is an object without properties. The document uses it for members
 * that it does not describe, including lists and plain values (`_embedded` in every place).
 */
function isPlaceholder(keyword: string, value: unknown): boolean {
  return keyword === "additionalProperties" && JSON.stringify(value) === '{"type":"object","properties":{}}';
}

function baseOf(name: string): string {
  return `${name} (base)`;
}

function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A part of an OpenAPI 3.0 document. */
export type Part = { [key: string]: unknown };

/** An operation that facts are wanted of, e.g. `GET` and `/api/v1/users/{id}`. */
export interface Wanted {
  method: string;
  template: string;
}

/** The facts that an OpenAPI document has of some operations, without its prose. */
export interface Facts {
  /** The version that the document names. */
  version: string;
  paths: Record<string, Part>;
  components: { schemas: Record<string, Part> };
}

/** Keywords whose values say what is allowed. */
const PLAIN =
  /^(\$ref|type|format|pattern|enum|nullable|readOnly|writeOnly|required|discriminator|multipleOf|uniqueItems|(exclusive)?(Min|Max|min|max)imum|(min|max)(Length|Items|Properties))$/;
const SCHEMAS = /^(allOf|anyOf|oneOf)$/;
const SCHEMA = /^(items|additionalProperties|not)$/;

/** Keywords that hold prose, examples or marks of the document's own tools. */
const PROSE = /^(x-.*|title|description|example|examples|externalDocs|deprecated|default|xml)$/;

const COMPONENT = "#/components/schemas/";

/** The error object that any operation may answer with. */
const ALWAYS = ["Error"];

/**
 * The facts of the wanted operations, in the form of an OpenAPI document: method, path, parameters, scopes, bodies,
 * answers, and every schema that these refer to. Names, types and values are facts; descriptions and examples are the
 * document's text and are left out.
 * @throws Error for an operation that the document does not have, and for a keyword of an unknown sort
 */
export function factsOf(document: Part, wanted: readonly Wanted[]): Facts {
  const schemas = at<Record<string, Part>>(document, "components", "schemas");
  const referred = new Set(ALWAYS.filter((name) => Object.hasOwn(schemas, name)));
  const facts: Facts = {
    version: String(at<Part>(document, "info").version),
    paths: {},
    components: { schemas: {} },
  };
  for (const { method, template } of [...wanted].sort(byPath)) {
    const item = at<Record<string, Part>>(document, "paths")[template];
    const operation = item?.[method.toLowerCase()] as Part | undefined;
    if (item === undefined || operation === undefined) throw new Error(`Okta's document has no ${method} ${template}.`);
    const path = facts.paths[template] ?? {};
    path[method.toLowerCase()] = operationFacts(operation, asList(item.parameters));
    facts.paths[template] = path;
  }
  noteReferences(facts.paths, referred);
  // The set grows while it is gone through.
  for (const name of referred) {
    const schema = schemas[name];
    if (schema === undefined) throw new Error(`Okta's document has no schema ${name}.`);
    const kept = schemaFacts(schema);
    facts.components.schemas[name] = kept;
    noteReferences(kept, referred);
  }
  facts.components.schemas = sorted(facts.components.schemas);
  return facts;

  function operationFacts(operation: Part, shared: unknown[]): Part {
    const parameters = [...shared, ...asList(operation.parameters)].map((one) => parameterFacts(resolve(one)));
    const body = operation.requestBody === undefined ? undefined : resolve(operation.requestBody);
    const responses = Object.entries((operation.responses ?? {}) as Part).map(([status, response]) => {
      return [status, contentFacts(resolve(response))] as const;
    });
    return {
      operationId: operation.operationId,
      security: asList(operation.security),
      ...(parameters.length > 0 && { parameters }),
      ...(body && { requestBody: { ...(body.required === true && { required: true }), ...contentFacts(body) } }),
      responses: Object.fromEntries(responses),
    };
  }

  function parameterFacts({ name, in: place, required, style, explode, schema }: Part): Part {
    return {
      name,
      in: place,
      ...(required === true && { required }),
      ...(style !== undefined && { style }),
      ...(explode !== undefined && { explode }),
      schema: schemaFacts(resolve(schema ?? {})),
    };
  }

  /** The media types of a body or an answer with their schemas. */
  function contentFacts({ content }: Part): Part {
    if (content === undefined) return {};
    const kept = Object.entries(content as Record<string, Part>).map(([media, { schema }]) => {
      return [media, schema === undefined ? {} : { schema: schemaFacts(schema as Part) }] as const;
    });
    return { content: Object.fromEntries(kept) };
  }

  function resolve(value: unknown): Part {
    const { $ref } = value as Part;
    return typeof $ref === "string" ? resolve(at<Part>(document, ...$ref.slice(2).split("/"))) : (value as Part);
  }
}

function schemaFacts(schema: Part): Part {
  const kept: Part = {};
  for (const [keyword, value] of Object.entries(schema)) {
    // The document writes sentences where the name of a format belongs.
    if (keyword === "format" && /\s/.test(String(value))) continue;
    if (PLAIN.test(keyword)) kept[keyword] = value;
    else if (SCHEMAS.test(keyword)) kept[keyword] = asList(value).map((one) => schemaFacts(one as Part));
    else if (SCHEMA.test(keyword)) kept[keyword] = typeof value === "boolean" ? value : schemaFacts(value as Part);
    else if (keyword === "properties") kept.properties = propertyFacts(value as Record<string, Part>);
    else if (!PROSE.test(keyword)) throw new Error(`What the keyword ${keyword} of Okta's document says is not known.`);
  }
  return kept;
}

function propertyFacts(properties: Record<string, Part>): Part {
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, schemaFacts(schema)]));
}

/** Adds the names of the schemas that a part refers to, by reference or as a subtype. */
function noteReferences(part: unknown, names: Set<string>): void {
  for (const [key, value] of Object.entries(part as Part)) {
    if (typeof value === "object" && value !== null) noteReferences(value, names);
    else if (typeof value === "string" && value.startsWith(COMPONENT)) names.add(value.slice(COMPONENT.length));
    else if (key === "$ref") throw new Error(`A reference to what is no schema: ${value}.`);
  }
}

function at<T>(from: Part, ...path: string[]): T {
  const found = path.reduce<unknown>((part, key) => (part as Part | undefined)?.[key.replaceAll("~1", "/")], from);
  if (found === undefined) throw new Error(`Okta's document has no ${path.join("/")}.`);
  return found as T;
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];

function byPath(one: Wanted, other: Wanted): number {
  if (one.template !== other.template) return one.template < other.template ? -1 : 1;
  return METHODS.indexOf(one.method) - METHODS.indexOf(other.method);
}

function sorted<T>(record: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([one], [other]) => (one < other ? -1 : 1)));
}

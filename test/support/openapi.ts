import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv, type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";
import { FACTS_FILE, openApiDir } from "./openapi-dir.js";
import { type Direction, type Schema, toJsonSchemas, toSchema } from "./openapi-schema.js";

export interface Parameter {
  name: string;
  in: "path" | "query" | "header" | "cookie";
  required: boolean;
  schema: Schema;
}

/** One operation of the document. */
export interface Operation {
  operationId: string;
  method: string;
  /** The path with its parameters, e.g. `/api/v1/users/{id}`. */
  template: string;
  parameters: readonly Parameter[];
  /** The OAuth scopes of the operation. One of them is enough. */
  scopes: readonly string[];
  /** The examples of requests and responses in the document. */
  examples: { request: readonly Example[]; response: readonly Example[] };
}

export interface Example {
  name: string;
  /** The status of a response. Undefined for a request. */
  status: number | undefined;
  value: unknown;
}

/** Okta's description of an API. It judges requests and answers. */
export interface OpenApi {
  operations: readonly Operation[];
  byId(operationId: string): Operation | undefined;
  /**
   * Returns the operation for a filled path, e.g. `GET /api/v1/users/00u1`. A literal segment wins over a parameter.
   */
  byPath(method: string, pathname: string): Operation | undefined;
  /** Returns the faults of a query: unknown names, missing required names and values of the wrong type. */
  queryFaults(operation: Operation, query: URLSearchParams): string[];
  /**
   * Returns the faults of a JSON body, with `undefined` for no body. A property that Okta assigns (`readOnly`) may hold
   * anything.
   */
  bodyFaults(operation: Operation, body: unknown): string[];
  /**
   * Returns the faults of an answer, with `undefined` for no body. An error status that the operation does not list is
   * judged as an error object.
   */
  answerFaults(operation: Operation, status: number, body: unknown): string[];
}

/** The name of one of Okta's documents. `oauth` describes the endpoints for OAuth. */
export type DocumentName = "management" | "oauth";

/**
 * Returns the committed facts about Okta's operations (`npm run facts`). They are always present and have no examples.
 */
export function loadFacts(name: DocumentName = "management"): OpenApi {
  const facts: Record<DocumentName, Document> = JSON.parse(readFileSync(FACTS_FILE, "utf8"));
  return createOpenApi(facts[name]);
}

/** Reads one of Okta's documents, with its examples. Returns undefined if the documents are absent. */
export function loadOpenApi(name: DocumentName = "management"): OpenApi | undefined {
  const dir = openApiDir();
  if (dir === undefined) return undefined;
  const document: Document = JSON.parse(readFileSync(join(dir, `${name}.json`), "utf8"));
  return createOpenApi(document);
}

/** The parts of an OpenAPI 3.0 document that this module reads. */
export interface Document {
  paths: Record<string, Record<string, unknown>>;
  components: { schemas: Record<string, Schema> } & Record<string, Record<string, unknown>>;
}

interface RawOperation {
  operationId: string;
  parameters?: unknown[];
  security?: { oauth2?: string[] }[];
  requestBody?: unknown;
  responses: Record<string, unknown>;
}

interface Content {
  content?: Record<string, { schema?: Schema; examples?: Record<string, unknown>; example?: unknown }>;
}

const METHODS = ["get", "post", "put", "patch", "delete"];

/** Returns the operations of a document, each with its raw description, and a function that follows references. */
function readDocument(document: Document) {
  function resolve<T>(value: unknown): T {
    let found = value;
    while (isRecord(found) && typeof found.$ref === "string") {
      const path = found.$ref.slice(2).split("/");
      found = path.reduce<unknown>((at, key) => (isRecord(at) ? at[key.replaceAll("~1", "/")] : undefined), document);
    }
    return found as T;
  }

  function readOperation(
    method: string,
    template: string,
    item: Record<string, unknown>,
    from: RawOperation,
  ): Operation {
    const parameters = [...((item.parameters as unknown[] | undefined) ?? []), ...(from.parameters ?? [])].map(
      (one) => {
        const { name, in: place, required = false, schema = {} } = resolve<Partial<Parameter> & { name: string }>(one);
        return { name, in: place ?? "query", required, schema: resolve<Schema>(schema) };
      },
    );
    const responses = Object.entries(from.responses).flatMap(([status, response]) =>
      examplesIn(resolve<Content>(response), Number(status)),
    );
    return {
      operationId: from.operationId,
      method: method.toUpperCase(),
      template,
      parameters,
      scopes: (from.security ?? []).flatMap(({ oauth2 = [] }) => oauth2),
      examples: { request: examplesIn(resolve<Content>(from.requestBody), undefined), response: responses },
    };
  }

  function examplesIn(holder: Content | undefined, status: number | undefined): Example[] {
    const media = jsonOf(holder);
    const named = Object.entries(media?.examples ?? {}).map(([name, example]) => ({ name, example }));
    const single = media?.example === undefined ? [] : [{ name: "example", value: media.example, status }];
    return [
      ...named.map(({ name, example }) => ({ name, value: resolve<{ value?: unknown }>(example).value, status })),
      ...single,
    ];
  }

  const raw = new Map<Operation, RawOperation>();
  for (const [template, item] of Object.entries(document.paths)) {
    for (const method of METHODS) {
      const operation = item[method] as RawOperation | undefined;
      if (operation !== undefined) raw.set(readOperation(method, template, item, operation), operation);
    }
  }
  return { resolve, raw };
}

function ajvFor(document: Document, direction: Direction): Ajv {
  const made = new Ajv({
    strict: false,
    allErrors: true,
    validateSchema: false,
    unicodeRegExp: false,
    logger: false,
  });
  addFormats.default(made);
  return made.addSchema({ $id: direction, definitions: toJsonSchemas(document.components.schemas, direction) });
}

export function createOpenApi(document: Document): OpenApi {
  const { resolve, raw } = readDocument(document);
  const operations = [...raw.keys()];
  const ajv = { request: ajvFor(document, "request"), response: ajvFor(document, "response") };
  const compiled = new Map<Schema, ValidateFunction>();

  function faultsOf(schema: Schema, value: unknown, direction: Direction): string[] {
    let validate = compiled.get(schema);
    if (validate === undefined) {
      validate = ajv[direction].compile(toSchema(schema, direction, document.components.schemas));
      compiled.set(schema, validate);
    }
    if (validate(withoutNulls(value))) return [];
    const told = (validate.errors ?? []).filter(({ keyword }) => keyword !== "if" && keyword !== "anyOf");
    const errors = told.length > 0 ? told : (validate.errors ?? []);
    return errors.map(
      ({ instancePath, message, params }) => `${instancePath || "/"} ${message} ${JSON.stringify(params)}`,
    );
  }

  return {
    operations,
    byId: (operationId) => operations.find((operation) => operation.operationId === operationId),
    byPath(method, pathname) {
      const matching = operations.filter((one) => one.method === method && expressionOf(one.template).test(pathname));
      return matching.sort((a, b) => vagueness(a.template).localeCompare(vagueness(b.template)))[0];
    },
    queryFaults(operation, query) {
      const known = operation.parameters.filter((parameter) => parameter.in === "query");
      const unknown = [...query.keys()].filter((name) => !known.some((parameter) => parameter.name === name));
      const missing = known.filter(({ name, required }) => required && !query.has(name));
      const wrong = known.flatMap(({ name, schema }) =>
        query
          .getAll(name)
          .flatMap((value) => faultsOf(schema, typed(schema, value), "request").map((fault) => name + fault)),
      );
      return [
        ...unknown.map((name) => `${name} is no query parameter of ${operation.operationId}`),
        ...missing.map(({ name }) => `the query parameter ${name} is missing`),
        ...wrong,
      ];
    },
    bodyFaults(operation, body) {
      const holder = resolve<(Content & { required?: boolean }) | undefined>(raw.get(operation)?.requestBody);
      const schema = jsonOf(holder)?.schema;
      if (body === undefined) return holder?.required === true ? ["the body is missing"] : [];
      return schema === undefined ? [`${operation.operationId} takes no JSON body`] : faultsOf(schema, body, "request");
    },
    answerFaults(operation, status, body) {
      const listed = raw.get(operation)?.responses[String(status)];
      if (listed === undefined) {
        if (status < 400) return [`${operation.operationId} does not answer with ${status}`];
        return faultsOf(ERROR, body, "response");
      }
      const schema = jsonOf(resolve<Content>(listed))?.schema;
      // If the document describes no body, Okta sends none or an empty object.
      if (schema === undefined)
        return isEmpty(body) ? [] : [`${operation.operationId} answers ${status} without a body`];
      return body === undefined ? ["the body is missing"] : faultsOf(schema, body, "response");
    },
  };
}

const ERROR: Schema = { allOf: [{ $ref: "#/components/schemas/Error" }, { required: ["errorCode", "errorSummary"] }] };

function jsonOf(holder: Content | undefined) {
  return holder?.content?.["application/json"];
}

function expressionOf(template: string): RegExp {
  const escaped = template.replace(/[.*+?^$()|[\]\\]/g, "\\$&").replace(/\{[^}]+\}/g, "[^/]+");
  return new RegExp(`^${escaped}$`);
}

function vagueness(template: string): string {
  return template
    .split("/")
    .map((segment) => (segment.includes("{") ? "1" : "0"))
    .join("");
}

/** Returns a query value in the type that its schema names. */
function typed(schema: Schema, value: string): unknown {
  if ((schema.type === "integer" || schema.type === "number") && value.trim() !== "") return Number(value);
  if (schema.type === "boolean" && (value === "true" || value === "false")) return value === "true";
  return schema.type === "array" ? value.split(",") : value;
}

/**
 * Returns a value without the object members that are null. Okta sends null for "not set" even if the document does not
 * say `nullable`. The document's own examples do so too.
 */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isRecord(value)) return value;
  const set = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(set.map(([name, member]) => [name, withoutNulls(member)]));
}

function isEmpty(body: unknown): boolean {
  return body === undefined || (isRecord(body) && Object.keys(body).length === 0);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

import type { RecordedOperation } from "../../src/okta/build-request.js";

/** A part of an OpenAPI 3.0 document. */
type Part = { readonly [key: string]: unknown };

/** One operation as Okta's OpenAPI document describes it, in the form of a recorded one. */
export interface DocumentedOperation extends RecordedOperation {
  operationId: string;
  tag: string;
  required: readonly string[];
  query: readonly string[];
  headers: readonly string[];
  /** All types that the body may have; empty where there is none. */
  mediaTypes: readonly string[];
}

interface Parameter {
  name: string;
  in: string;
  required?: boolean;
}

const METHODS = ["get", "post", "put", "patch", "delete"];

/**
 * The operations of Okta's OpenAPI document. A body is the parameter that the document names for its generators of
 * code, else `body`.
 */
export function documentedOperations(document: Part): DocumentedOperation[] {
  const paths = document.paths as Record<string, Part>;
  return Object.entries(paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method] !== undefined).map((method) => {
      const operation = item[method] as Part;
      const parameters = [...listOf(item.parameters), ...listOf(operation.parameters)].map(
        (one) => resolve(document, one) as unknown as Parameter,
      );
      const namesOf = (place: string) => parameters.filter((one) => one.in === place).map(({ name }) => name);
      const requestBody = operation.requestBody === undefined ? undefined : resolve(document, operation.requestBody);
      const body = String(operation["x-codegen-request-body-name"] ?? "body");
      const required = parameters.filter((one) => one.required && one.in !== "path").map(({ name }) => name);
      return {
        operationId: String(operation.operationId),
        tag: String(listOf(operation.tags)[0]),
        method: method.toUpperCase(),
        path,
        required: requestBody?.required === true ? [...required, body] : required,
        query: namesOf("query"),
        headers: namesOf("header"),
        ...(requestBody && { body }),
        mediaTypes: requestBody ? Object.keys(requestBody.content as Part) : [],
        scopes: listOf(operation.security).flatMap((one) => listOf((one as Part).oauth2).map(String)),
      };
    }),
  );
}

/** The key by which two operations are the same, whatever the names of the ids in their paths. */
export function keyOf({ method, path }: Pick<RecordedOperation, "method" | "path">): string {
  return `${method} ${path.replace(/\{\w+\}/g, "{}")}`;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function resolve(document: Part, value: unknown): Part {
  const { $ref } = value as { $ref?: string };
  if ($ref === undefined) return value as Part;
  const found = $ref
    .slice(2)
    .split("/")
    .reduce<unknown>((part, key) => (part as Part)[key.replaceAll("~1", "/")], document);
  return resolve(document, found);
}

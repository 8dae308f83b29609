import { OktaMcpError } from "../errors/index.js";
import { quoteOkta } from "../text/quote.js";
import table from "./operations.json" with { type: "json" };
import { fillPath } from "./path.js";
import type { OktaRequest, Upload } from "./request.js";

/** One of Okta's operations, as `scripts/record-operations.ts` recorded it. */
export interface RecordedOperation {
  method: string;
  /** The path with its parameters unfilled, e.g. `/api/v1/groups/{groupId}`. Each of them is required. */
  path: string;
  /** The required parameters that are not in the path. */
  required?: readonly string[];
  /** The parameters that go into the query. */
  query?: readonly string[];
  /** The parameters that go into a header. */
  headers?: readonly string[];
  /** The parameter that is the whole body. */
  body?: string;
  /** The parameter that is a file, and the one part of a form. */
  upload?: string;
  /** The type of the body, where it is not `application/json`. */
  mediaType?: string;
  /** Okta's names of the parameters that have another one here, e.g. `If-Match` of `ifMatch`. */
  names?: Readonly<Record<string, string>>;
  /** The OAuth scopes that Okta's documents ask for, all of them at once; none where they name no scope. */
  scopes: readonly string[];
}

/** Every operation of Okta's SDK and those that Okta documents besides, by API (`Group`) and name. */
export const OPERATIONS: Readonly<Record<string, Readonly<Record<string, RecordedOperation>>>> = table;

type Values = Readonly<Record<string, unknown>>;

/**
 * The request of one operation: method, path template, path, query, headers and the caller's body untouched. Nothing
 * is sent.
 * @throws OktaMcpError bad_input for an operation that is not known or whose scope is not, a required parameter that is
 *   missing, or an id that would leave its path segment
 */
export function buildRequest(api: string, operation: string, params: object): OktaRequest {
  const operations = Object.hasOwn(OPERATIONS, api) ? OPERATIONS[api] : undefined;
  const recorded = operations && Object.hasOwn(operations, operation) ? operations[operation] : undefined;
  if (recorded === undefined) {
    throw new OktaMcpError("bad_input", `Okta has no operation ${quoteOkta(operation)} in an API ${quoteOkta(api)}.`);
  }
  if (recorded.scopes.length === 0) {
    throw new OktaMcpError("bad_input", `Okta documents no OAuth scope for ${operation}, so it is not called.`);
  }
  return requestOf(operation, recorded, params);
}

/**
 * The request of an operation as it is recorded, whether or not its scope is known.
 * @throws OktaMcpError bad_input for a required parameter that is missing, for a value that is no file where Okta takes
 *   one, and for an id that would leave its path segment
 */
export function requestOf(operation: string, recorded: RecordedOperation, params: object): OktaRequest {
  const { method, path: template, required = [], query = [], headers = [], names = {} } = recorded;
  const values: Values = { ...params };
  const idNames = Array.from(template.matchAll(/\{(\w+)\}/g), ([, name = ""]) => name);
  const missing = [...idNames, ...required].find((name) => isAbsent(values[name]));
  if (missing !== undefined) throw new OktaMcpError("bad_input", `${operation} needs ${missing}.`);
  const given = (parameters: readonly string[]): [name: string, text: string][] =>
    parameters.filter((name) => !isAbsent(values[name])).map((name) => [names[name] ?? name, asText(values[name])]);

  const path = fillPath(template, Object.fromEntries(given(idNames)));
  const request: OktaRequest = { operation, method, template, path, query: new URLSearchParams(given(query)) };
  const body = bodyOf(operation, recorded, values);
  if (body !== undefined) request.body = body;
  const sentHeaders = given(headers);
  if (sentHeaders.length > 0) request.headers = Object.fromEntries(sentHeaders);
  return request;
}

function bodyOf(operation: string, recorded: RecordedOperation, values: Values): OktaRequest["body"] {
  const { body, upload, mediaType, names = {} } = recorded;
  if (upload !== undefined && !isAbsent(values[upload])) {
    const file = values[upload];
    if (!isUpload(file)) throw new OktaMcpError("bad_input", `${operation} needs a file as ${upload}.`);
    return { part: names[upload] ?? upload, upload: file };
  }
  const value = body === undefined ? undefined : values[body];
  if (value === undefined) return undefined;
  if (mediaType === undefined) return { json: value };
  if (mediaType.endsWith("+json")) return { json: value, contentType: mediaType };
  return isUpload(value)
    ? { raw: value.data, contentType: value.contentType }
    : { raw: String(value), contentType: mediaType };
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}

function isUpload(value: unknown): value is Upload {
  return typeof value === "object" && value !== null && "data" in value && value.data instanceof Uint8Array;
}

function asText(value: unknown): string {
  return value instanceof Date ? value.toISOString() : String(value);
}

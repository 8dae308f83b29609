import { isExactNumber } from "../json/exact-json.js";
import type { Json } from "../json/json.js";
import { quoteOkta } from "../text/quote.js";
import type { ApiArgument } from "./api-arguments.js";
import type { ApiDocument, ApiOperation, ApiParameter } from "./api-document.js";
import type { ApiRequest } from "./api-request.js";
import { encodeBody } from "./encode-body.js";
import { EncodingFault, writing } from "./encoding-fault.js";
import { CHOOSES_METHOD, namesMethod } from "./other-methods.js";
import { inHeader, inPath, inQuery } from "./styles.js";

/** The parts of a request that come from arguments. */
export type EncodedRequest = Pick<ApiRequest, "path" | "query" | "headers" | "body">;

/** What a header can hold: visible characters of ASCII, and spaces between them (RFC 9110, section 5.5). */
const HEADER_VALUE = /^[\x21-\x7e](?:[\x20-\x7e\t]*[\x21-\x7e])?$/;

/**
 * Encodes arguments that were checked into the parts of a request.
 * @param args the operation's arguments, all of them
 * @param values by the arguments' names; one that is undefined is not sent
 * @returns the parts, or what cannot be sent, a sentence each
 */
export async function encodeRequest(
  document: ApiDocument,
  operation: ApiOperation,
  args: readonly ApiArgument[],
  values: Readonly<Record<string, unknown>>,
): Promise<{ request: EncodedRequest } | { problems: string[] }> {
  const given = new Map<ApiParameter, { argument: string; value: Json }>();
  let body: Json | undefined;
  for (const argument of args) {
    const value = Object.hasOwn(values, argument.name) ? (values[argument.name] as Json | undefined) : undefined;
    if (value === undefined) continue;
    if (argument.place === "body") body = value;
    const parameter = operation.parameters.find((one) => one.in === argument.place && one.name === argument.parameter);
    if (parameter !== undefined) given.set(parameter, { argument: argument.name, value });
  }
  try {
    const parts = {
      path: pathOf(operation, given),
      query: queryOf(operation.parameters, given),
      headers: headersOf(given),
    };
    const encoded = body === undefined ? undefined : await encodeBody(document, operation, body);
    return { request: { ...parts, body: encoded } };
  } catch (error) {
    if (error instanceof EncodingFault) return { problems: [error.message] };
    throw error;
  }
}

type Given = ReadonlyMap<ApiParameter, { argument: string; value: Json }>;

function pathOf(operation: ApiOperation, given: Given): string {
  const texts = new Map<string, string>();
  for (const [parameter, { argument, value }] of given) {
    if (parameter.in !== "path") continue;
    const text = writing(argument, () => inPath(parameter.name, value, parameter));
    if (text === "" || isEmpty(value))
      throw new EncodingFault(argument, "must not be empty, since it is a part of the path");
    texts.set(parameter.name, text);
  }
  const path = operation.path.replaceAll(/\{([^{}/?#]+)\}/g, (_, name: string) => {
    const text = texts.get(name);
    if (text === undefined) throw new EncodingFault(name, "is missing, and it is a part of the path");
    return text;
  });
  for (const segment of path.split("/")) {
    // A value is encoded, so only dots that stand there as such lead anywhere.
    if (segment === "." || segment === "..")
      throw new EncodingFault("", `The path would have the segment ${quoteOkta(segment)}, which leads to another path`);
  }
  return path;
}

function isEmpty(value: Json): boolean {
  if (value === "" || value === null) return true;
  if (typeof value !== "object" || isExactNumber(value)) return false;
  return Object.values(value).every((inner) => inner === null);
}

function queryOf(parameters: readonly ApiParameter[], given: Given): string {
  const pairs = [...given].flatMap(([parameter, { argument, value }]) => {
    if (parameter.in !== "query") return [];
    const own = writing(argument, () => inQuery(parameter.name, value, parameter));
    const others = parameters.filter((one) => one.in === "query" && one !== parameter).map(({ name }) => name);
    const keys = own.map(([key]) => decodeURIComponent(key)).filter((key) => key !== parameter.name);
    for (const key of keys) refuseForeignKey(argument, key, others);
    return own;
  });
  return pairs.map(([name, value]) => `${name}=${value}`).join("&");
}

/**
 * The members of an object may become parameters of the query by themselves. None of them stands in for a parameter that
 * is an argument of its own, which may be bound to the caller, in any spelling that servers take for the same.
 */
function refuseForeignKey(argument: string, key: string, others: readonly string[]): void {
  const plain = (name: string) => name.trim().toLowerCase();
  const stem = key.replace(/\[.*$/s, "");
  const isOther = others.some((name) => plain(name) === plain(key) || plain(name) === plain(stem));
  if (isOther) throw new EncodingFault(argument, `has the field ${quoteOkta(key)}, which is a parameter of its own`);
  if (namesMethod(stem)) throw new EncodingFault(argument, `has the field ${quoteOkta(key)}, ${CHOOSES_METHOD}`);
}

function headersOf(given: Given): Record<string, string> {
  const headers: [string, string][] = [];
  for (const [parameter, { argument, value }] of given) {
    if (parameter.in !== "header" || value === null) continue;
    const text = writing(argument, () => inHeader(value, parameter));
    if (text !== "" && !HEADER_VALUE.test(text))
      throw new EncodingFault(argument, "is sent as a header, which holds visible characters of ASCII on one line");
    headers.push([parameter.name, text]);
  }
  return Object.fromEntries(headers);
}

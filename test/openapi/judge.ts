import { isObject, type Json, type JsonObject } from "../../src/json/json.js";
import type { ApiOperation } from "../../src/openapi/api-document.js";
import type { EncodedRequest } from "../../src/openapi/encode-request.js";
import { referred, together } from "./examples.js";

/** A value of a parameter that was given, and the parameter as the document has it. */
export interface Sent {
  parameter: JsonObject;
  value: Json;
}

/** The document's own parameters of an operation by place and name. Those of the operation win. */
export function parametersIn(root: JsonObject, operation: ApiOperation): JsonObject[] {
  const item = resolved((root.paths as JsonObject)[operation.path], root);
  const own = resolved(item[operation.method.toLowerCase()], root);
  const byPlace = new Map<string, JsonObject>();
  for (const holder of [item, own]) {
    for (const entry of Array.isArray(holder.parameters) ? holder.parameters : []) {
      const parameter = resolved(entry, root);
      byPlace.set(`${parameter.in} ${parameter.name}`, parameter);
    }
  }
  return [...byPlace.values()];
}

/** An object of the document, or what it refers to. */
export function resolved(value: Json | undefined, root: Json): JsonObject {
  if (!isObject(value)) return {};
  return typeof value.$ref === "string" ? resolved(referred(value.$ref, root), root) : value;
}

const plain = (value: Json): string => (typeof value === "string" ? value : JSON.stringify(value));
const texts = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(plain);
  return isObject(value)
    ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]))
    : plain(value);
};

/**
 * Reads a request as a server would, by the document alone.
 * @returns what differs from what was given, none where the request says the same
 */
export async function differences(
  root: JsonObject,
  operation: ApiOperation,
  request: EncodedRequest,
  sent: readonly Sent[],
  body: Json | undefined,
): Promise<string[]> {
  const found: string[] = [];
  const compare = (what: string, read: unknown, given: unknown) => {
    if (JSON.stringify(read) !== JSON.stringify(given))
      found.push(`${what}: ${JSON.stringify(read)} is not ${JSON.stringify(given)}`);
  };
  const url = new URL(request.path + (request.query && `?${request.query}`), "https://api.test");
  compare("path", url.pathname, request.path);
  const inPath = valuesInPath(operation.path, url.pathname);
  for (const { parameter, value } of sent) {
    const name = String(parameter.name);
    const what = `${parameter.in} ${name}`;
    if (isObject(parameter.content)) {
      if (parameter.in === "query") compare(what, JSON.parse(url.searchParams.get(name) ?? "null"), value);
    } else if (parameter.in === "path") compare(what, fromPath(inPath.get(name) ?? "", parameter, value), texts(value));
    else if (parameter.in === "query") compare(what, fromQuery(url, parameter, value), texts(value));
    else compare(what, fromHeader(request.headers[name] ?? "", parameter, value), texts(value));
  }
  if (body !== undefined) found.push(...(await bodyDifferences(root, operation, request, body)));
  return found;
}

function valuesInPath(template: string, pathname: string): Map<string, string> {
  const names: string[] = [];
  const pattern = template
    .split(/(\{[^{}]+\})/)
    .map((part) => {
      if (!/^\{/.test(part)) return part.replaceAll(/[.*+?^$()[\]|\\]/g, "\\$&");
      names.push(part.slice(1, -1));
      return "([^/]+)";
    })
    .join("");
  const [, ...values] = new RegExp(`^${pattern}$`).exec(pathname) ?? [];
  return new Map(names.map((name, index) => [name, values[index] ?? ""]));
}

function fromPath(text: string, { style = "simple", explode, name }: JsonObject, value: Json): Json {
  const start = style === "label" ? "." : style === "matrix" ? ";" : "";
  if (!text.startsWith(start)) return "no start";
  const rest = text.slice(start.length);
  const separator = explode === true && style !== "simple" ? start : ",";
  const named = (part: string) => (style === "matrix" && !isObject(value) ? part.replace(`${name}=`, "") : part);
  if (Array.isArray(value))
    return (explode === true ? rest.split(separator).map(named) : named(rest).split(",")).map(decodeURIComponent);
  if (!isObject(value)) return decodeURIComponent(named(rest));
  if (explode === true)
    return Object.fromEntries(rest.split(separator).map((pair) => pair.split("=").map(decodeURIComponent)));
  const flat = (style === "matrix" ? rest.replace(`${name}=`, "") : rest).split(",").map(decodeURIComponent);
  return paired(flat);
}

function fromHeader(text: string, { explode }: JsonObject, value: Json): Json {
  if (Array.isArray(value)) return text.split(",");
  if (!isObject(value)) return text;
  return explode === true
    ? Object.fromEntries(text.split(",").map((pair) => pair.split("=")))
    : paired(text.split(","));
}

/** An object whose names and values stand in turns. */
function paired(flat: readonly string[]): Json {
  return Object.fromEntries(flat.flatMap((key, index) => (index % 2 === 0 ? [[key, flat[index + 1] ?? ""]] : [])));
}

function fromQuery(url: URL, { style = "form", explode, name }: JsonObject, value: Json): Json {
  const raw = url.search
    .slice(1)
    .split("&")
    .map((pair) => pair.split("="));
  const byName = (wanted: string) =>
    raw.filter(([key = ""]) => decodeURIComponent(key) === wanted).map(([, text = ""]) => text);
  const isExploded = explode === undefined ? style === "form" : explode === true;
  const separator = { spaceDelimited: "%20", pipeDelimited: "%7C" }[String(style)] ?? ",";
  const key = String(name);
  if (Array.isArray(value))
    return (isExploded ? byName(key) : (byName(key)[0] ?? "").split(separator)).map(decodeURIComponent);
  if (!isObject(value)) return decodeURIComponent(byName(key)[0] ?? "");
  if (style === "deepObject")
    return Object.fromEntries(
      Object.keys(value).map((member) => [member, decodeURIComponent(byName(`${key}[${member}]`)[0] ?? "")]),
    );
  if (isExploded)
    return Object.fromEntries(
      Object.keys(value).map((member) => [member, decodeURIComponent(byName(member)[0] ?? "")]),
    );
  const flat = (byName(key)[0] ?? "").split(separator).map(decodeURIComponent);
  return paired(flat);
}

async function bodyDifferences(
  root: JsonObject,
  operation: ApiOperation,
  { body }: EncodedRequest,
  given: Json,
): Promise<string[]> {
  if (body === undefined) return ["There is no body."];
  const own = resolved(
    resolved((root.paths as JsonObject)[operation.path], root)[operation.method.toLowerCase()],
    root,
  );
  const content = resolved(own.requestBody, root).content as JsonObject;
  const declared = Object.keys(content).find((type) => body.contentType.startsWith(type));
  const media = resolved(content[declared ?? ""] ?? {}, root);
  const answer = new Response(body.content, { headers: { "content-type": body.contentType } });
  const same = (read: unknown, wanted: unknown) =>
    JSON.stringify(read) === JSON.stringify(wanted)
      ? []
      : [`body: ${JSON.stringify(read)} is not ${JSON.stringify(wanted)}`];
  if (/json/i.test(body.contentType) || declared === undefined) return same(await answer.json(), given);
  if (declared.startsWith("multipart/") || declared.includes("urlencoded")) {
    const parts = await answer.formData();
    const properties = together(media.schema, root).properties as JsonObject;
    const read: JsonObject = {};
    const wanted: JsonObject = {};
    for (const [name, value] of Object.entries(isObject(given) ? given : {})) {
      const list = await Promise.all(
        parts
          .getAll(name)
          .map(async (part) =>
            typeof part === "string" ? part : Buffer.from(await part.arrayBuffer()).toString("base64"),
          ),
      );
      // What has a style of its own is compared where the style is tested.
      const hasStyle =
        isObject(media.encoding) && isObject(media.encoding[name]) && media.encoding[name].style !== undefined;
      if (hasStyle || together(properties?.[name], root).type === undefined) continue;
      read[name] = list;
      wanted[name] = (Array.isArray(value) ? value : [value]).map(plain);
    }
    return same(read, wanted);
  }
  const text =
    typeof body.content === "string" ? await answer.text() : Buffer.from(await answer.arrayBuffer()).toString("base64");
  return same(text, plain(given));
}

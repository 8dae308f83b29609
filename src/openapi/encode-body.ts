import { stringifyJson } from "../json/exact-json.js";
import { isObject, type Json, type JsonObject } from "../json/json.js";
import { quoteOkta } from "../text/quote.js";
import { BODY } from "./api-arguments.js";
import type { ApiDocument, ApiOperation, ApiRequestBody, PartEncoding, ValueForm } from "./api-document.js";
import type { ApiBody } from "./api-request.js";
import { EncodingFault, writing } from "./encoding-fault.js";
import { filePropertiesOf } from "./file-parts.js";
import { givenFile } from "./file-values.js";
import { multipart, type Part } from "./multipart.js";
import { CHOOSES_METHOD, namesMethod } from "./other-methods.js";
import { encoded } from "./percent.js";
import { plainSchema } from "./plain-schema.js";
import { essence } from "./read-body.js";
import { inQuery, type Pair, textOf } from "./styles.js";

/**
 * Encodes a body in the media type that the operation takes.
 * @throws EncodingFault where the body does not fit into it
 */
export async function encodeBody(document: ApiDocument, operation: ApiOperation, value: Json): Promise<ApiBody> {
  const { body } = operation;
  if (body === undefined) throw new EncodingFault(BODY, "is not taken by this operation");
  refuseMethod(value);
  const contentType = body.mediaType;
  switch (body.kind) {
    case "json":
      return { contentType, content: stringifyJson(value) };
    case "form":
      return { contentType, content: form(object(value), body) };
    case "multipart":
      return multipart(partsOf(object(value), body, document));
    case "text":
      return { contentType, content: textOf(value) };
    case "binary": {
      const { bytes, type } = givenFile(value, BODY);
      // Where the document takes any type, the file's own is the right one.
      return {
        contentType: contentType === "application/octet-stream" ? (type ?? contentType) : contentType,
        content: bytes,
      };
    }
  }
}

/** @throws EncodingFault for a field by which a server would take another method than the one that was agreed to */
function refuseMethod(value: Json): void {
  const name = isObject(value) ? Object.keys(value).find((key) => namesMethod(key.replace(/\[.*$/s, ""))) : undefined;
  if (name !== undefined) throw new EncodingFault(BODY, `has the field ${quoteOkta(name)}, ${CHOOSES_METHOD}`);
}

function object(value: Json): JsonObject {
  if (isObject(value)) return value;
  throw new EncodingFault(BODY, "has to be an object");
}

const FORM: ValueForm = { style: "form", explode: true, allowReserved: false, mediaType: undefined };

/** `application/x-www-form-urlencoded` (OpenAPI, "Encoding Object"). Where no style is named, an object is JSON. */
function form(value: JsonObject, { encoding }: ApiRequestBody): string {
  const pairs = Object.entries(value).flatMap(([name, inner]): Pair[] => {
    if (inner === null) return [];
    return writing(`${BODY}.${name}`, () => {
      const known = encoding.get(name);
      if (known?.form !== undefined) return styledPairs(name, inner, known.form);
      if (isJsonType(known)) return [[encoded(name), encoded(stringifyJson(inner))]];
      return inQuery(name, Array.isArray(inner) ? inner.map(textOf) : textOf(inner), FORM);
    });
  });
  return pairs.map(([name, text]) => `${name}=${text}`).join("&");
}

/** The pairs of a property with a style of its own. The members of an object may become fields by themselves. */
function styledPairs(name: string, value: Json, style: ValueForm): Pair[] {
  if (style.explode && style.style !== "deepObject") refuseMethod(value);
  return inQuery(name, value, style);
}

function isJsonType(encoding: PartEncoding | undefined): boolean {
  return encoding?.contentType !== undefined && /^application\/(?:[^/]+\+)?json$/.test(essence(encoding.contentType));
}

function partsOf(value: JsonObject, body: ApiRequestBody, document: ApiDocument): Part[] {
  const files = filePropertiesOf(plainSchema(body.schema, document.references), body.encoding);
  return Object.entries(value).flatMap(([name, inner]): Part[] => {
    if (inner === null) return [];
    const known = body.encoding.get(name);
    // Items of a list are parts of one name each (OpenAPI, "Encoding multipart Media Types").
    const items = Array.isArray(inner) && !isJsonType(known) ? inner.filter((item) => item !== null) : [inner];
    if (known?.form !== undefined && !files.has(name)) return styled(name, inner, known.form);
    return items.map((item) => (files.has(name) ? filePart(name, item, known) : plainPart(name, item, known)));
  });
}

/** A property with a style of its own: the parts that a query would have, not encoded. */
function styled(name: string, value: Json, form: ValueForm): Part[] {
  const pairs = writing(`${BODY}.${name}`, () => styledPairs(name, value, { ...form, allowReserved: false }));
  return pairs.map(([key, text]) => ({
    name: decodeURIComponent(key),
    content: decodeURIComponent(text),
  }));
}

function filePart(name: string, value: Json, known: PartEncoding | undefined): Part {
  const { bytes, type, name: fileName } = givenFile(value, `${BODY}.${name}`);
  const fixed = known?.contentType?.includes("*") ? undefined : known?.contentType;
  return { name, content: bytes, fileName: fileName ?? name, type: type ?? fixed ?? "application/octet-stream" };
}

function plainPart(name: string, value: Json, known: PartEncoding | undefined): Part {
  const isJson = isObject(value) || Array.isArray(value) || isJsonType(known);
  const byDefault = isJson ? "application/json" : undefined;
  const type = known?.contentType?.includes("*") ? byDefault : (known?.contentType ?? byDefault);
  return { name, content: isJson ? stringifyJson(value) : textOf(value), ...(type === undefined ? {} : { type }) };
}

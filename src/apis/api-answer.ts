import { OktaMcpError, ofWrite } from "../errors/index.js";
import { cutDeep } from "../json/depth.js";
import { parseJson } from "../json/exact-json.js";
import type { Json } from "../json/json.js";
import type { ApiAnswer, ApiRequest } from "../openapi/api-request.js";
import { isJsonType, isTextType, mediaTypeOf } from "./answer-types.js";
import type { ApiExchanged } from "./api-exchange.js";

/**
 * Reads an answer that is a success. JSON is kept whole, its numbers as they are written; text is text; of everything
 * else, pages among it, type and size are told.
 * @throws OktaMcpError api_down for what says that it is JSON and is none
 */
export function readAnswer(
  request: ApiRequest,
  { status, headers, content }: ApiExchanged,
  maxBytes: number,
): ApiAnswer {
  const mediaType = mediaTypeOf(headers);
  const location = headers.get("location") ?? undefined;
  const nothing = { status, mediaType, json: undefined, text: undefined, location };
  if (content === undefined) return { ...nothing, bytes: maxBytes, isTooLong: true };
  const bytes = content.byteLength;
  const answer = { ...nothing, bytes, isTooLong: false };
  if (bytes === 0) return answer;
  const text = () => content.toString("utf8").replace(/^\uFEFF/, "");
  if (isJsonType(mediaType)) return { ...answer, json: jsonOf(request, text(), status) };
  return isTextType(mediaType) ? { ...answer, text: text() } : answer;
}

/** The content of a JSON body that is about to be sent; undefined for any other. */
export function parseBody(contentType: string, content: string): Json | undefined {
  if (!isJsonType(contentType.split(";", 1)[0]?.trim().toLowerCase() ?? "")) return undefined;
  try {
    return parseJson(content) as Json;
  } catch {
    return undefined;
  }
}

function jsonOf(request: ApiRequest, text: string, status: number): Json {
  try {
    return cutDeep(parseJson(text) as Json, text);
  } catch (cause) {
    const { api, method, template, isWrite } = request;
    const error = new OktaMcpError(
      "api_down",
      `The API ${api} answered ${method} ${template} with ${status} and JSON that is cut off, broken or made of too many values.`,
      { data: { api, status }, cause },
    );
    throw isWrite ? ofWrite(error, true) : error;
  }
}

import { type ErrorCode, OktaMcpError, ofWrite } from "../errors/index.js";
import { parseJson } from "../json/exact-json.js";
import { isObject, type Json, type JsonObject } from "../json/json.js";
import { REFUSED_ADDRESS } from "../net/checked-lookup.js";
import { inWords, type NoAnswer } from "../net/no-answer.js";
import type { ApiRequest } from "../openapi/api-request.js";
import { quoteOkta } from "../text/quote.js";
import { redact } from "../text/redact.js";
import { isUnlogged } from "../text/secrets.js";
import { isJsonType, mediaTypeOf } from "./answer-types.js";
import type { ApiExchanged } from "./api-exchange.js";

/** The most faults of fields that one error names. */
const MAX_FIELDS = 10;
const MAX_SAID_CHARS = 300;
const MAX_FIELD_CHARS = 100;

/** The members of an error's body that hold a sentence for people (RFC 9457, section 3.1; RFC 6749, section 5.2). */
const SAYING = ["detail", "title", "message", "error_description", "error", "errorSummary"] as const;
/** The members that hold faults of single fields. */
const LISTING = ["errors", "detail", "details", "violations", "invalid-params", "invalid_params"] as const;
/** The members of one fault that name its field. */
const NAMING = ["field", "loc", "pointer", "path", "property", "name", "parameter", "source"] as const;

/** The meaning of a status that is no success. */
function codeOf(status: number): ErrorCode {
  if (status === 401) return "api_refused_token";
  if (status === 402 || status === 403 || status === 451) return "forbidden";
  if (status === 404 || status === 410) return "not_found";
  if (status === 409 || status === 412 || status === 423) return "conflict";
  if (status === 429) return "rate_limited";
  if (status === 408 || status >= 500) return "api_down";
  return "bad_input";
}

const FIXES: Partial<Record<ErrorCode, string>> = {
  forbidden:
    "The API refuses this to whoever it is asked for. Ask who runs that API for the right, or choose another way.",
  not_found: "Look the object up first; where it is there, compare base_url and the path in the API's document.",
  bad_input: "Correct what the API names above, or compare the call with the API's document.",
  conflict: "Read the object again and decide with its present state.",
};

/**
 * The error for an answer that is no success. Of its content only sentences for people and faults of fields are quoted,
 * as data: a whole error page may hold anything.
 */
export function apiRefusal(
  request: ApiRequest,
  { status, headers, content }: ApiExchanged,
  retryAfterSeconds?: number,
): OktaMcpError {
  const code = codeOf(status);
  const told = isJsonType(mediaTypeOf(headers)) ? readError(content) : undefined;
  const said = told?.says === undefined ? "" : ` and said ${told.says}`;
  const fields = (told?.fields ?? []).map(({ field, says }) => `${field}: ${says}`);
  const named = fields.length === 0 ? "" : ` It names ${fields.join("; ")}.`;
  const { api, method, template, isWrite } = request;
  const fix = FIXES[code];
  const error = new OktaMcpError(code, `The API ${api} answered ${method} ${template} with ${status}${said}.${named}`, {
    ...(fix === undefined ? {} : { fix }),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    data: { api, status },
  });
  return isWrite ? ofWrite(error, status >= 500 || status === 408) : error;
}

/** The error for a redirect: it is never followed, since what a call carries is for this API alone. */
export function redirectRefusal(
  { api, method, template, isWrite }: ApiRequest,
  { status, headers }: ApiExchanged,
): OktaMcpError {
  const location = headers.get("location");
  const where = location === null ? "" : ` to ${quoted(location)}`;
  const error = new OktaMcpError(
    "api_down",
    `The API ${api} answered ${method} ${template} with a redirect (${status})${where}, which is not followed.`,
    {
      fix: `Where the API has moved, whoever runs this sets apis.${api}.base_url to its address.`,
      data: { api, status },
    },
  );
  // 307 and 308 ask for the same request elsewhere (RFC 9110, section 15.4.8). Others may come after it was done.
  return isWrite ? ofWrite(error, status !== 307 && status !== 308) : error;
}

/** The error where no whole answer came. */
export function noAnswerRefusal(
  { api, method, template, isWrite }: ApiRequest,
  { why, cause }: NoAnswer,
): OktaMcpError {
  const { nothingSent } = inWords(why);
  const asked = `The API ${api} did not answer ${method} ${template}`;
  if (why.kind === "network" && why.code === REFUSED_ADDRESS) {
    return new OktaMcpError("api_down", `${asked}: its host leads into a private network. Nothing was sent.`, {
      fix: `Where the API is in a private network on purpose, whoever runs this sets apis.${api}.allow_private to true.`,
      data: { api },
      cause,
    });
  }
  const fix =
    why.kind === "certificate"
      ? `Check apis.${api}.base_url. Where a proxy of your company opens TLS, give Node its certificate with NODE_EXTRA_CA_CERTS.`
      : undefined;
  const reason =
    why.kind === "other-protocol" ? `it wants to speak another protocol (${why.status})` : inWords(why).reason;
  const error = new OktaMcpError("api_down", `${asked}: ${reason}.`, {
    ...(fix === undefined ? {} : { fix }),
    data: { api },
    cause,
  });
  return isWrite ? ofWrite(error, !nothingSent) : error;
}

interface FieldFault {
  field: string;
  says: string;
}

/** A text of an API in quotation marks, without anything that looks like a secret. */
const quoted = (text: string, maxChars = MAX_SAID_CHARS) => quoteOkta(redact(text.slice(0, maxChars * 4)), maxChars);

/** What an error's body says in the forms that are common: RFC 9457, JSON:API, FastAPI, Rails, OAuth. */
function readError(content: Buffer | undefined): { says: string | undefined; fields: FieldFault[] } | undefined {
  let body: Json;
  try {
    body = parseJson((content ?? Buffer.alloc(0)).toString("utf8")) as Json;
  } catch {
    return undefined;
  }
  if (!isObject(body)) return undefined;
  const inner = isObject(body.error) ? body.error : body;
  const says = SAYING.map((name) => inner[name] ?? body[name]).find(
    (value) => typeof value === "string" && value !== "",
  );
  const lists = [inner, body].flatMap((one) => LISTING.flatMap((name) => faultsIn(one[name])));
  return { says: typeof says === "string" ? quoted(says) : undefined, fields: lists.slice(0, MAX_FIELDS) };
}

function faultsIn(value: Json | undefined): FieldFault[] {
  if (Array.isArray(value)) return value.slice(0, MAX_FIELDS).flatMap((one) => (isObject(one) ? faultOf(one) : []));
  if (!isObject(value)) return [];
  return Object.entries(value)
    .slice(0, MAX_FIELDS)
    .flatMap(([field, texts]) => {
      const [first] = [texts].flat();
      return typeof first === "string" ? [fault(field, first)] : [];
    });
}

function faultOf(one: JsonObject): FieldFault[] {
  const says = [one.msg, one.message, one.detail, one.reason, one.title].find((text) => typeof text === "string");
  const place = NAMING.map((name) => one[name]).find((value) => value !== undefined && value !== null);
  const named = isObject(place) ? (place.pointer ?? place.parameter) : place;
  const field = Array.isArray(named) ? named.filter((part) => typeof part !== "object").join(".") : named;
  return typeof says === "string" && field !== undefined ? [fault(String(field), says)] : [];
}

/** A fault of a field. What is said of a secret may repeat it. */
function fault(field: string, says: string): FieldFault {
  const isHidden = isUnlogged(field.split(/[./]/).at(-1) ?? field);
  return { field: quoted(field, MAX_FIELD_CHARS), says: isHidden ? "is not taken" : quoted(says) };
}

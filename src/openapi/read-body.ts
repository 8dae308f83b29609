import { isObject, textAt } from "../json/json.js";
import { quoteOkta } from "../text/quote.js";
import type { ApiRequestBody, BodyKind, PartEncoding } from "./api-document.js";
import { DocumentFault } from "./document-fault.js";
import type { Located } from "./document-place.js";
import { styleOf } from "./read-parameter.js";
import type { References } from "./references.js";

/** The forms of a body, the one that is preferred first. Each with the media types (without parameters) that have it. */
const KINDS: readonly (readonly [BodyKind, RegExp])[] = [
  ["json", /^application\/json$/],
  ["json", /^[^/]+\/[^/]+\+json$/],
  ["json", /^(?:\*|application)\/\*$/],
  ["form", /^application\/x-www-form-urlencoded$/],
  ["multipart", /^multipart\/form-data$/],
  ["text", /^text\/plain$/],
  ["text", /^text\/[^*]+$|^application\/(?:xml|yaml|x-yaml|graphql|x-ndjson|jsonl|sql|javascript)$|\+(?:xml|yaml)$/],
  ["binary", /^(?!multipart\/)/],
];

/**
 * Reads the body of an operation in the media type that suits a caller best: JSON, then a form, then several parts, then
 * text, then bytes. Undefined where there is none, or where it may be left out and cannot be made; then `notes` has why.
 * @throws DocumentFault where it is required and cannot be made
 */
export function readBody(
  entry: Located,
  method: string,
  references: References,
  notes: string[],
): ApiRequestBody | undefined {
  const place = references.follow(entry);
  if (!isObject(place.value)) throw new DocumentFault(place, "a request body has to be an object.");
  const isRequired = place.value.required === true;
  if (method === "get" || method === "head") {
    if (isRequired)
      throw new DocumentFault(place, `a body is required, and ${method.toUpperCase()} is sent without one.`);
    notes.push(`The body is left out, since ${method.toUpperCase()} is sent without one.`);
    return undefined;
  }
  const content = references.member(place, "content");
  const types = isObject(content?.value) ? Object.keys(content.value) : [];
  const chosen = choose(types);
  if (content === undefined || chosen === undefined) {
    const what =
      types.length === 0
        ? "no media type"
        : `none but ${types
            .slice(0, 5)
            .map((type) => quoteOkta(type))
            .join(", ")}`;
    if (isRequired) throw new DocumentFault(place, `the body can be sent as ${what}.`);
    notes.push(`The body is left out: it can be sent as ${what}.`);
    return undefined;
  }
  const media = references.member(content, chosen.type);
  const known = media && references.follow(media);
  if (types.length > 1)
    notes.push(`The body is sent as ${quoteOkta(chosen.type)}, one of ${types.length} media types.`);
  return {
    isRequired,
    description: textAt(place.value, "description"),
    kind: chosen.kind,
    mediaType: chosen.type.includes("*")
      ? chosen.kind === "json"
        ? "application/json"
        : "application/octet-stream"
      : chosen.type,
    schema: known && references.member(known, "schema"),
    encoding: known === undefined ? new Map() : encodingOf(known, references),
  };
}

/** The type of a media type without its parameters, in small letters. */
export function essence(mediaType: string): string {
  return (mediaType.split(";")[0] ?? "").trim().toLowerCase();
}

function choose(types: readonly string[]): { type: string; kind: BodyKind } | undefined {
  for (const [kind, form] of KINDS) {
    const type = types.find((one) => form.test(essence(one)));
    if (type !== undefined) return { type, kind };
  }
  return undefined;
}

function encodingOf(media: Located, references: References): Map<string, PartEncoding> {
  const encoding = references.member(media, "encoding");
  const parts = new Map<string, PartEncoding>();
  if (!isObject(encoding?.value)) return parts;
  for (const [property, value] of Object.entries(encoding.value)) {
    const place = references.member(encoding, property);
    if (place === undefined || !isObject(value)) continue;
    const types = textAt(value, "contentType").split(",");
    const hasStyle = ["style", "explode", "allowReserved"].some((key) => value[key] !== undefined);
    parts.set(property, {
      contentType: types[0]?.trim() || undefined,
      form: hasStyle ? { ...styleOf(place, "query"), mediaType: undefined } : undefined,
    });
  }
  return parts;
}

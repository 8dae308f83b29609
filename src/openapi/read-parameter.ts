import { isObject, textAt } from "../json/json.js";
import { quoteOkta } from "../text/quote.js";
import type { ApiParameter, ParameterPlace, ParameterStyle, ValueForm } from "./api-document.js";
import { DocumentFault } from "./document-fault.js";
import type { Located } from "./document-place.js";
import { namesMethod } from "./other-methods.js";
import type { References } from "./references.js";

/** The styles of each place; the first is the one that counts where the document names none. */
const STYLES: Readonly<Record<ParameterPlace, readonly [ParameterStyle, ...ParameterStyle[]]>> = {
  path: ["simple", "label", "matrix"],
  query: ["form", "spaceDelimited", "pipeDelimited", "deepObject"],
  header: ["simple"],
};

/**
 * Headers that say who asks, by which way, or how a message is framed. A caller may not choose them, whatever a document
 * says; OpenAPI has the first three ignored as well ("Parameter Object").
 */
const OWN_HEADERS =
  /^(?:accept|content-type|authorization|accept-encoding|connection|content-encoding|content-length|cookie|cookie2|date|expect|forwarded|host|keep-alive|origin|referer|te|trailer|transfer-encoding|upgrade|via|x-forwarded(?:-.*)?|x-real-ip|x-original-.*|x-rewrite-.*|x-host|(?:x-)?(?:client|cluster-client|true-client|cf-connecting)-ip|proxy-.*|sec-.*)$/i;

const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/**
 * Reads a parameter, or tells in `notes` why it is left out.
 * @throws DocumentFault where a request without it would be wrong
 */
export function readParameter(entry: Located, references: References, notes: string[]): ApiParameter | undefined {
  const place = references.follow(entry);
  const { value } = place;
  if (!isObject(value)) throw new DocumentFault(place, "a parameter has to be an object.");
  const name = value.name;
  if (typeof name !== "string" || name === "") throw new DocumentFault(place, "a parameter needs a name.");
  const isRequired = value.required === true || value.in === "path";
  const leaveOut = (why: string): undefined => {
    if (isRequired) throw new DocumentFault(place, `the parameter ${quoteOkta(name)} is required, and ${why}.`);
    notes.push(`The parameter ${quoteOkta(name)} is left out: ${why}.`);
  };
  const where = value.in;
  if (where === "cookie") return leaveOut("parameters in cookies are not sent from here");
  if (where !== "path" && where !== "query" && where !== "header")
    return leaveOut(`its place ${quoteOkta(String(where))} is not one of path, query and header`);
  if (where !== "path" && namesMethod(name)) return leaveOut("it would let a caller choose another method");
  if (where === "header" && OWN_HEADERS.test(name)) {
    // These say what the client sets by itself, so a request without them is right.
    notes.push(`The header ${quoteOkta(name)} is left out: it is set by the client itself.`);
    return undefined;
  }
  if (where === "header" && !HEADER_NAME.test(name)) return leaveOut("its name is not that of a header");
  return {
    name,
    in: where,
    isRequired,
    isDeprecated: value.deprecated === true,
    description: textAt(entry.value, "description") || textAt(value, "description"),
    ...formAndSchema(place, where, references),
  };
}

function formAndSchema(
  place: Located,
  where: ParameterPlace,
  references: References,
): ValueForm & Pick<ApiParameter, "schema"> {
  const content = references.member(place, "content");
  const mediaType = isObject(content?.value) ? Object.keys(content.value)[0] : undefined;
  if (content !== undefined && mediaType !== undefined) {
    const media = references.member(content, mediaType);
    return {
      ...styleOf(place, where),
      mediaType,
      schema: media && references.member(references.follow(media), "schema"),
    };
  }
  return { ...styleOf(place, where), mediaType: undefined, schema: references.member(place, "schema") };
}

/**
 * The style of a parameter, of a property of a form, or what counts where the document says nothing.
 * @param place an object with `style`, `explode` and `allowReserved`
 * @throws DocumentFault for a style that the place does not have
 */
export function styleOf(place: Located, where: ParameterPlace): Omit<ValueForm, "mediaType"> {
  const { style = STYLES[where][0], explode, allowReserved } = isObject(place.value) ? place.value : {};
  const known = STYLES[where].find((one) => one === style);
  if (known === undefined)
    throw new DocumentFault(place, `the style ${quoteOkta(String(style))} is not one of ${STYLES[where].join(", ")}.`);
  return {
    style: known,
    explode: typeof explode === "boolean" ? explode : known === "form",
    allowReserved: allowReserved === true && where === "query",
  };
}

import { stringifyJson } from "../json/exact-json.js";
import { isObject, type Json } from "../json/json.js";
import type { ValueForm } from "./api-document.js";
import { encoded, encodedButReserved, Unwritable } from "./percent.js";

/** One `name=value` of a query or a form, both encoded. */
export type Pair = readonly [name: string, value: string];

/** A value as text: a text as it is, a number with all of its digits. */
export function textOf(value: Json): string {
  return typeof value === "string" ? value : stringifyJson(value);
}

/**
 * The members of a list or an object that are written. Like a variable without a value in RFC 6570 (section 2.3), null is
 * left out.
 */
function itemsOf(value: Json[]): Json[] {
  return value.filter((item) => item !== null);
}

function membersOf(value: { [key: string]: Json }): [string, Json][] {
  return Object.entries(value).filter(([, inner]) => inner !== null);
}

/**
 * A value in a path (OpenAPI, "Style Values": simple, label, matrix). It stays within its segment, since everything in it
 * is encoded but for what the style puts between its parts.
 * @throws Unwritable
 */
export function inPath(name: string, value: Json, { style, explode, mediaType }: ValueForm): string {
  if (mediaType !== undefined) return encoded(stringifyJson(value));
  switch (style) {
    case "label":
      return `.${joined(value, parts(value, explode, encoded), explode ? "." : ",")}`;
    case "matrix":
      return matrix(encoded(name), value, explode);
    default:
      return joined(value, parts(value, explode, encoded), ",");
  }
}

/** `;name=a,b`, or `;name=a;name=b` */
function matrix(name: string, value: Json, explode: boolean): string {
  const withValue = (key: string, text: string) => (text === "" ? `;${key}` : `;${key}=${text}`);
  if (explode && Array.isArray(value))
    return itemsOf(value)
      .map((item) => withValue(name, encoded(textOf(item))))
      .join("");
  if (explode && isObject(value))
    return membersOf(value)
      .map(([key, inner]) => withValue(encoded(key), encoded(textOf(inner))))
      .join("");
  return withValue(name, joined(value, parts(value, false, encoded), ","));
}

/** The parts of a value: one of a plain value, the items of a list, the names and values of an object. */
function parts(value: Json, explode: boolean, encode: (text: string) => string): string[] {
  if (Array.isArray(value)) return itemsOf(value).map((item) => encode(textOf(item)));
  if (!isObject(value)) return [encode(textOf(value))];
  return membersOf(value).flatMap(([key, inner]) =>
    explode ? [`${encode(key)}=${encode(textOf(inner))}`] : [encode(key), encode(textOf(inner))],
  );
}

/**
 * Parts with a separator between them. Some separators stand in values as well, and OpenAPI has no way to tell the two
 * apart; such a value would be read as several.
 * @throws Unwritable
 */
function joined(value: Json, written: readonly string[], separator: string): string {
  const hasParts = Array.isArray(value) || isObject(value);
  if (hasParts && written.some((part) => part.includes(separator)))
    throw new Unwritable(
      `a part of it holds ${JSON.stringify(decodeURIComponent(separator))}, which stands between parts`,
    );
  return written.join(separator);
}

/** A value of a header (style simple). Nothing is encoded there (RFC 9110, section 5.5). */
export function inHeader(value: Json, { explode, mediaType }: ValueForm): string {
  return mediaType === undefined
    ? joined(
        value,
        parts(value, explode, (text) => text),
        ",",
      )
    : stringifyJson(value);
}

/** The characters between items, encoded as the examples of OpenAPI have them. */
const SEPARATORS = { form: ",", spaceDelimited: "%20", pipeDelimited: "%7C" } as const;

/**
 * A value in a query or a form (OpenAPI, "Style Values": form, spaceDelimited, pipeDelimited, deepObject). An empty list
 * and an empty object are not written, as in RFC 6570.
 * @throws Unwritable
 */
export function inQuery(name: string, value: Json, form: ValueForm): Pair[] {
  const { style, explode, allowReserved, mediaType } = form;
  const encode = allowReserved ? encodedButReserved : encoded;
  const key = encoded(name);
  if (value === null) return [];
  if (mediaType !== undefined) return [[key, encode(stringifyJson(value))]];
  if (style === "deepObject" && typeof value === "object" && (isObject(value) || Array.isArray(value)))
    return deep(key, value, encode);
  if (explode) {
    if (Array.isArray(value)) return itemsOf(value).map((item) => [key, encode(textOf(item))]);
    if (isObject(value)) return membersOf(value).map(([member, inner]) => [encoded(member), encode(textOf(inner))]);
  }
  const written = parts(value, false, encode);
  const separator = SEPARATORS[style as keyof typeof SEPARATORS] ?? ",";
  return written.length === 0 ? [] : [[key, joined(value, written, separator)]];
}

/**
 * `name[member]=value` and so on inwards. OpenAPI defines one level alone; for what lies deeper this is what most servers
 * read: a list of plain values is `name[member][]=value`, items that are objects or lists themselves have their number.
 */
function deep(key: string, value: Json, encode: (text: string) => string): Pair[] {
  if (value === null) return [];
  if (Array.isArray(value)) {
    const isPlain = value.every((item) => !Array.isArray(item) && !isObject(item));
    return value.flatMap((item, index) => deep(`${key}%5B${isPlain ? "" : index}%5D`, item, encode));
  }
  if (!isObject(value)) return [[key, encode(textOf(value))]];
  return membersOf(value).flatMap(([member, inner]) => deep(`${key}%5B${encoded(member)}%5D`, inner, encode));
}

/** Percent-encoding (RFC 3986, section 2) as OpenAPI uses it. */

/** A value that cannot be written so that it is read as it was given. */
export class Unwritable extends Error {
  /** @param why the end of a sentence */
  constructor(why: string) {
    super(why);
    this.name = "Unwritable";
  }
}

/**
 * A text with everything but unreserved characters encoded, so that it is one value wherever it stands.
 * @throws Unwritable for a lone surrogate, for which UTF-8 has no bytes
 */
export function encoded(text: string): string {
  try {
    return encodeURIComponent(text).replaceAll(/[!'()*]/g, byNumber);
  } catch {
    throw new Unwritable("it holds half of a character");
  }
}

/**
 * A value of a query whose reserved characters stay (`allowReserved`; RFC 6570, section 3.2.3), but for those that end
 * a value or a query. What is encoded already stays as it is.
 * @throws Unwritable as `encoded`
 */
export function encodedButReserved(text: string): string {
  return text
    .split(/(%[0-9A-Fa-f]{2}|[:/?@!$'()*,;=])/)
    .map((part, index) => (index % 2 === 1 ? part : encoded(part)))
    .join("");
}

function byNumber(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

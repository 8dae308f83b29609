import { isUnlogged } from "./secrets.js";

/** Stands in logs and messages where a secret was; in results it is `MASK`. */
export const REDACTED = "[redacted]";

/** A name, and `:` or `=`: as JSON, as JSON inside a JSON string, as an object literal, as a form. */
const NAME = /(?<![\w-])([\w-]+)(\\*["']?\s*[:=]\s*)/g;

/** The value that follows a name. */
const VALUE =
  /\{[^}]*(?:\}|$)|\[[^\]]*(?:\]|$)|\\+"(?:[^\\]|\\+(?![\\"]))*(?:\\+"|$)|"(?:\\.|[^"\\])*(?:"|$)|'(?:\\.|[^'\\])*(?:'|$)|(?:(?:Bearer|DPoP|SSWS|Basic)\s+)?[^\s&,;}"']+/isy;

/** Values of a plain `code` that are a status or the name of an error, not an authorization code. */
const HARMLESS_CODE = /^["'\\]*(?:E[A-Z0-9_]+|ERR_\w+|[a-z]+(?:_[a-z]+)*|-?\d{1,6})["'\\]*$/;

const PEM = /-----BEGIN [A-Z0-9 ]+-----[\s\S]*?(?:-----END [A-Z0-9 ]+-----|$)/g;
const JWT = /(?<![\w-])eyJ[\w-]{8,}(?:\.[\w-]*){0,4}/g;
const SCHEME = /\b(Bearer|DPoP|SSWS|Basic)(\s+)(?=[\w.~+/=-]*\d|[\w.~+/=-]{20})[\w.~+/=-]{8,}/gi;
const USER_INFO = /(?<![a-z0-9+.-])([a-z][a-z0-9+.-]*:\/\/)[^/\s"'?#]+@/gi;

/**
 * The text without anything that looks like a secret: PEM blocks, JWTs, authorization values, the
 * user info of a URL, and the values of names such as `refresh_token` or `password`. Rather one word
 * too many than one too few; applying it twice changes nothing.
 */
export function redact(text: string): string {
  const withoutUsers = text.replace(PEM, REDACTED).replace(USER_INFO, `$1${REDACTED}@`);
  return withoutPairs(withoutUsers).replace(SCHEME, `$1$2${REDACTED}`).replace(JWT, REDACTED);
}

/** The text with the values of all names of secrets redacted, each read once. */
function withoutPairs(text: string): string {
  let shown = "";
  let end = 0;
  for (const match of text.matchAll(NAME)) {
    const [whole, name = ""] = match;
    // What stands inside a value that is gone is gone with it.
    if (match.index < end || !isUnlogged(name)) continue;
    const start = match.index + whole.length;
    VALUE.lastIndex = start;
    const value = VALUE.exec(text)?.[0];
    if (value === undefined || value.startsWith(REDACTED)) continue;
    if (name.toLowerCase() === "code" && HARMLESS_CODE.test(value)) continue;
    shown += `${text.slice(end, start)}${REDACTED}`;
    end = start + value.length;
  }
  return shown + text.slice(end);
}

/**
 * The text without what is a secret by its looks alone: PEM blocks and JWTs. For text that people
 * have to be able to read, in which `password: is too short` is no secret.
 */
export function redactKeys(text: string): string {
  return text.replace(PEM, REDACTED).replace(JWT, REDACTED);
}

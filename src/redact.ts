/** What stands in place of a secret. */
export const REDACTED = "[redacted]";

/** Names whose value is a secret, however they are spelled: `access_token`, `clientSecret`, `x-api-key`. */
const SECRET_NAME =
  "(?:[\\w-]*(?:tokens?|secret|password|passwd|passcode|passphrase|assertion|private[_-]?key|api[_-]?key|authorization|cookie|verifier|credentials?)|(?:device|user|auth(?:orization)?)[_-]?code|code|sid|dpop)";

const SECRET_KEY = new RegExp(`^${SECRET_NAME}$`, "i");

/** A name, `:` or `=`, and its value: as JSON, as JSON inside a JSON string, as an object literal, as a form. */
const SECRET_PAIR = new RegExp(
  `(?<![\\w-])(${SECRET_NAME})(\\\\*["']?\\s*[:=]\\s*)` +
    `(\\{[^}]*(?:\\}|$)|\\[[^\\]]*(?:\\]|$)|\\\\+"(?:(?!\\\\+").)*(?:\\\\+"|$)|"(?:\\\\.|[^"\\\\])*(?:"|$)|'(?:\\\\.|[^'\\\\])*(?:'|$)|(?:(?:Bearer|DPoP|SSWS|Basic)\\s+)?[^\\s&,;}"']+)`,
  "gis",
);

/** Values of a plain `code` that are a status or the name of an error, not an authorization code. */
const HARMLESS_CODE = /^["'\\]*(?:E[A-Z0-9_]+|ERR_\w+|[a-z]+(?:_[a-z]+)*|-?\d{1,6})["'\\]*$/;

const PEM = /-----BEGIN [A-Z0-9 ]+-----[\s\S]*?(?:-----END [A-Z0-9 ]+-----|$)/g;
const JWT = /(?<![\w-])eyJ[\w-]{8,}(?:\.[\w-]*){0,4}/g;
const SCHEME = /\b(Bearer|DPoP|SSWS|Basic)(\s+)(?=[\w.~+/=-]*\d|[\w.~+/=-]{20})[\w.~+/=-]{8,}/gi;
const USER_INFO = /(?<![a-z0-9+.-])([a-z][a-z0-9+.-]*:\/\/)[^/\s"'?#]+@/gi;

/** True when a field of this name holds a secret and is not to be shown. */
export function isSecretName(name: string): boolean {
  return SECRET_KEY.test(name);
}

/**
 * The text without anything that looks like a secret: PEM blocks, JWTs, authorization values, the
 * user info of a URL, and the values of names such as `refresh_token` or `password`. Rather one word
 * too many than one too few; applying it twice changes nothing.
 */
export function redact(text: string): string {
  return text
    .replace(PEM, REDACTED)
    .replace(USER_INFO, `$1${REDACTED}@`)
    .replace(SECRET_PAIR, (whole, name: string, between: string, value: string) =>
      value.startsWith(REDACTED) || (name.toLowerCase() === "code" && HARMLESS_CODE.test(value))
        ? whole
        : `${name}${between}${REDACTED}`,
    )
    .replace(SCHEME, `$1$2${REDACTED}`)
    .replace(JWT, REDACTED);
}

/**
 * The text without what is a secret by its looks alone: PEM blocks and JWTs. For text that people
 * have to be able to read, in which `password: is too short` is no secret.
 */
export function redactKeys(text: string): string {
  return text.replace(PEM, REDACTED).replace(JWT, REDACTED);
}

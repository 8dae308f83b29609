import type { Json } from "../json/json.js";

/** Stands in results and in the journal where a secret was; in logs it is `REDACTED`. */
export const MASK = "[masked]";

/** Last words of names whose value is a secret: `client_secret`, `securityToken`, `PASSPHRASE`. */
const SECRET_WORDS = "secret|token|password|passwd|pwd|passphrase|passcode|assertion|cookie|salt|otp|pin";

/** Those among them with which a name of several words written as one may end: `authtoken`. */
const SECRET_ENDING = /(?:secret|token|password|passwd|passphrase|passcode|privatekey|secretkey|apikey|accesskey)s?$/;

/** Kinds of keys that are secret. A key of another kind is public (`siteKey`), or the name of something (`hookKey`). */
const SECRET_KEYS = "private|secret|api|access|auth|authentication|signing|encryption|shared|aes|hmac|symmetric|master";

/** Words that say in which form a secret stands there: `tokenValue`, `tokenEncrypted`, `secret_hash`, `refresh_token2`. */
const FORMS = "value|encrypted|hash|hashed|base64|pem|hex|plain|raw|current|new|old|next|previous|hint|\\d+";

const SECRET_NAME = new RegExp(
  `(?:^| )(?:(?:${SECRET_WORDS})s?|(?:pass|otp|recovery|backup|bypass) codes?|(?:security|recovery|secret) answers?|(?:otp|totp) seeds?|code verifier|(?:${SECRET_KEYS}) keys?|(?:authorization|auth) header)(?: (?:${FORMS}))*$`,
);

/** Names of what is done with a password, and no password: `changePassword`; and of links to where that is done. */
const DEEDS = /^(?:change|expire|forgot|force|has|is|require|requires|reset|reveal|show|update) ?passwords?$/;

/**
 * Names that end as a secret's and are none: hints for people, where that of a token is the token
 * itself, switches of Okta's, and the places in a list of many an API.
 */
const HARMLESS =
  /(?:^| )(?:(?:password|passphrase|passcode|pin|secret) hint|bound access tokens|include in token|persistent cookie|(?:page|continuation) token)$/;

/** The words of a name, whatever its spelling, in small letters: `client secret` of `clientSecret` and `CLIENT-SECRET`. */
function wordsOf(name: string): string {
  return name
    .slice(-MAX_NAME_CHARS)
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1 $2")
    .replace(/([A-Za-z])(\d)/g, "$1 $2")
    .toLowerCase()
    .replace(/[^a-z\d]+/g, " ")
    .trim();
}

/** The end of a name decides. */
const MAX_NAME_CHARS = 100;

/**
 * True for a name whose value is a secret wherever it stands, by the words that it is made of. One
 * list for results, the journal and logs.
 */
export function isSecretName(name: string): boolean {
  const words = wordsOf(name);
  if (DEEDS.test(words) || HARMLESS.test(words)) return false;
  return SECRET_NAME.test(words) || SECRET_ENDING.test(words.slice(words.lastIndexOf(" ") + 1));
}

/** Further names whose values are not logged: codes that stand for a sign-in, headers, and ids of a session. */
const LOG_ONLY =
  /(?:authorization|cookies?|verifier|credentials?|(?:device|user|auth(?:orization)?)[_-]?code)$|^(?:code|sid|dpop)$/i;

/** True when a field of this name holds a secret, or what else is not to be logged. */
export function isUnlogged(name: string): boolean {
  return isSecretName(name) || LOG_ONLY.test(name);
}

/** The private members of a JSON Web Key (RFC 7518, section 6). */
const JWK_PRIVATE_MEMBERS: ReadonlySet<string> = new Set(["d", "p", "q", "dp", "dq", "qi", "k", "oth"]);

/** True for an object that is a JSON Web Key, of which `kty` tells the type (RFC 7517, section 4.1). */
function isJwk(parent: Holder): boolean {
  return typeof parent?.kty === "string";
}

type Holder = { [key: string]: Json } | undefined;

/** Members that hold the secret itself, by the object around them: of a password, its hash, a recovery question, the header of a hook. */
const SECRET_MEMBERS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ["hash", new Set(["value", "salt"])],
  ["recovery_question", new Set(["answer"])],
  ["authScheme", new Set(["value"])],
]);

/**
 * True when the value at a path is a secret: by its name, or by its position in a credential or a
 * private key. A policy's `password` settings are no secret, since only a plain value is asked about.
 * @param path the keys from the root to the value
 * @param parent the object that holds the value
 * @param isName `isSecretName`, or what remembers its answers
 */
export function isSecret(path: readonly string[], parent: Holder, isName = isSecretName): boolean {
  const key = path.at(-1);
  if (key === undefined) return false;
  const around = path.at(-2) ?? "";
  if (isName(key) || SECRET_MEMBERS.get(around)?.has(key)) return true;
  if (key === "value" && isName(around)) return true;
  if (key === "answer" && typeof parent?.question === "string") return true;
  return isSecretPart(path, parent);
}

/** True for what is secret with all that is in it: a private member of a JSON Web Key, of which `oth` is a list of objects. */
export function isSecretPart(path: readonly string[], parent: Holder): boolean {
  return isJwk(parent) && JWK_PRIVATE_MEMBERS.has(path.at(-1) ?? "");
}

/** True for a private key as PEM text (RFC 7468), wherever it stands. */
export function isPrivateKey(value: Json): boolean {
  return typeof value === "string" && /^\s*-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/.test(value);
}

/** Every text of a value that is a secret by its name or its position. */
export function secretsIn(value: unknown, path: readonly string[] = []): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => secretsIn(item, path));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => {
    const here = [...path, key];
    if (typeof child !== "string") return secretsIn(child, here);
    return isSecret(here, value as { [key: string]: Json }) || isPrivateKey(child) ? [child] : [];
  });
}

/**
 * The dotted path of the first value that is the mask itself: somebody sends back what was read
 * masked, which would overwrite the secret. Undefined where there is none.
 */
export function findMask(value: unknown, path: readonly string[] = []): string | undefined {
  if (value === MASK) return path.join(".");
  if (typeof value !== "object" || value === null) return undefined;
  for (const [key, child] of Object.entries(value)) {
    const found = findMask(child, [...path, key]);
    if (found !== undefined) return found;
  }
  return undefined;
}

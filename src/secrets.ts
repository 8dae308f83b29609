import type { Json } from "./okta/request.js";

/** Stands in results where a secret was. */
export const MASK = "[masked]";

/** Names whose value is a secret wherever they stand. */
const SECRET_KEYS: ReadonlySet<string> = new Set(
  [
    "client_secret",
    "clientSecret",
    "privateKey",
    "private_key",
    "sharedSecret",
    "shared_secret",
    "secretKey",
    "secret",
    "secretAccessKey",
    "apiKey",
    "api_key",
    "apiToken",
    "api_token",
    "accessToken",
    "access_token",
    "refreshToken",
    "refresh_token",
    "id_token",
    "idToken",
    "sessionToken",
    "stateToken",
    "activationToken",
    "recoveryToken",
    "client_assertion",
    "passCode",
    "password",
    "passwordHash",
    "tokenValue",
    "token",
    "device_secret",
    "secret_hash",
    "tempPassword",
    "adminPassword",
    "newPassword",
    "oldPassword",
    "providerAuthToken",
    "tokenSigningKey",
  ].map((key) => key.toLowerCase()),
);

/** The private members of a JSON Web Key (RFC 7518, section 6). */
const JWK_PRIVATE_MEMBERS: ReadonlySet<string> = new Set(["d", "p", "q", "dp", "dq", "qi", "k", "oth"]);

/** Members of a credential object (`credentials.password`, its `hash`, `recovery_question`) that hold the secret itself. */
const SECRET_MEMBERS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ["password", new Set(["value"])],
  ["hash", new Set(["value", "salt"])],
  ["recovery_question", new Set(["answer"])],
]);

/**
 * True when the value at a path is a secret: by its name, or by its position in a credential or a
 * private key. A policy's `password` settings are no secret, since only a plain value is asked about.
 * @param path the keys from the root to the value
 * @param parent the object that holds the value
 */
export function isSecret(path: readonly string[], parent: { [key: string]: Json } | undefined): boolean {
  const key = path.at(-1);
  if (key === undefined) return false;
  if (SECRET_KEYS.has(key.toLowerCase())) return true;
  if (SECRET_MEMBERS.get(path.at(-2) ?? "")?.has(key)) return true;
  return parent !== undefined && typeof parent.kty === "string" && JWK_PRIVATE_MEMBERS.has(key);
}

/** True for a private key as PEM text (RFC 7468), wherever it stands. */
export function isPrivateKey(value: Json): boolean {
  return typeof value === "string" && /^\s*-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/.test(value);
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

import { compactVerify, errors } from "jose";
import { isObject } from "../json/json.js";
import type { IssuerKeys } from "./issuer-keys.js";

/** The claims of a token whose signature holds, or why there are none, as a sentence. */
export type VerifiedJwt =
  | { claims: Readonly<Record<string, unknown>> }
  | {
      why: string;
      /** The library's code, for the log. */
      reason?: string;
    };

/** The longest token that is looked at. Okta's have one or two thousand characters. */
const MAX_TOKEN_CHARS = 8_192;
const MAX_HEADER_CHARS = 1_024;

/** What signs tokens. The token does not decide it (RFC 8725, section 3.1). */
export const TOKEN_ALGORITHMS = ["RS256", "PS256", "ES256"];

/**
 * The types of access tokens (RFC 9068, section 2.1). Okta's custom authorization servers name none. The org's own tokens
 * are of another type, and nobody but Okta may read them.
 */
const TYPES: ReadonlySet<unknown> = new Set([undefined, "JWT", "at+jwt", "application/at+jwt"]);

/** Members of a header that bring a key or ask for a way to read the token that is unknown here (RFC 7515, section 4.1). */
const FOREIGN_MEMBERS = ["jwk", "jku", "x5u", "x5c", "crit", "b64", "zip", "enc"];

const COMPACT = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** Claims that ID tokens have and access tokens do not (OpenID Connect Core, sections 2 and 3.3.2.11). */
const OF_ID_TOKENS = ["nonce", "at_hash", "c_hash"];

/** The tolerance for differences between the clocks, in seconds. */
const SKEW_SECONDS = 60;
const MAX_SCOPES = 1_000;

/**
 * Verifies the signature of a JWT that should be an access token (RFC 9068). What it says is for others to judge.
 * @throws CannotTell where the issuer's keys cannot be had
 */
export async function verifiedJwt(token: string, keys: Pick<IssuerKeys, "keyFor">): Promise<VerifiedJwt> {
  const odd = oddHeader(token);
  if (odd !== undefined) return { why: odd };
  let claims: unknown;
  try {
    const { payload } = await compactVerify(token, keys.keyFor, { algorithms: TOKEN_ALGORITHMS });
    claims = JSON.parse(Buffer.from(payload).toString("utf8"));
  } catch (error) {
    if (error instanceof errors.JOSEError) {
      return { why: "The signature of the token does not hold.", reason: error.code };
    }
    if (error instanceof SyntaxError || error instanceof TypeError) return { why: "The token cannot be read." };
    throw error;
  }
  return isObject(claims) ? { claims } : { why: "The token cannot be read." };
}

/** A sentence where a token is no JWT of the right kind by its header alone. */
function oddHeader(token: string): string | undefined {
  if (token.length > MAX_TOKEN_CHARS) return "The token is too long.";
  const [encoded = ""] = token.split(".", 1);
  if (!COMPACT.test(token) || encoded.length > MAX_HEADER_CHARS) return "The token is no JWT.";
  let header: unknown;
  try {
    header = JSON.parse(Buffer.from(encoded, "base64url").toString("utf8"));
  } catch {
    return "The token is no JWT.";
  }
  if (!isObject(header)) return "The token is no JWT.";
  const { alg, kid, typ } = header;
  if (typeof alg !== "string" || !TOKEN_ALGORITHMS.includes(alg))
    return "The token is signed in a way that does not count here.";
  if (!TYPES.has(typ)) return "The token is of another type.";
  if (typeof kid !== "string" || kid === "") return "The token does not name its key.";
  if (FOREIGN_MEMBERS.some((name) => Object.hasOwn(header, name))) return "The token's header asks for too much.";
  return undefined;
}

/** True for claims of an ID token, which opens no API. */
export function isIdToken(claims: Readonly<Record<string, unknown>>): boolean {
  return OF_ID_TOKENS.some((name) => Object.hasOwn(claims, name));
}

/**
 * A sentence where one of the times of a token is missing, of another type or not right.
 * @param nowSeconds the issuer's time
 */
export function wrongTime(
  { exp, nbf, iat }: Readonly<Record<string, unknown>>,
  nowSeconds: number,
): string | undefined {
  if (!isTime(exp)) return "The token does not tell when it ends.";
  if (exp + SKEW_SECONDS <= nowSeconds) return "The token has expired.";
  for (const begin of [nbf, iat]) {
    if (begin === undefined) continue;
    if (!isTime(begin)) return "A time of the token is no number.";
    if (begin - SKEW_SECONDS > nowSeconds) return "The token is not valid yet.";
  }
  return undefined;
}

const isTime = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);

/** Okta's list `scp`, or the text `scope` of RFC 7662, section 2.2; undefined for what is neither. */
export function tokenScopes({ scp, scope }: Readonly<Record<string, unknown>>): ReadonlySet<string> | undefined {
  const value = scp ?? scope;
  const list = typeof value === "string" ? value.split(" ").filter((one) => one !== "") : value;
  if (!Array.isArray(list) || list.length === 0 || list.length > MAX_SCOPES) return undefined;
  return list.every((one) => typeof one === "string") ? new Set(list) : undefined;
}

import { isIdToken, tokenScopes, wrongTime } from "../auth/verified-jwt.js";
import type { Json } from "../json/json.js";
import { quoteOkta } from "../text/quote.js";

/** What an access token for an API has to say before it is sent there. */
export interface ApiTokenRules {
  /** Exactly as in the token. */
  issuer: string;
  audience: string;
  /** The scopes that the token needs, all of them. */
  scopes: readonly string[];
  /** The person whose token it has to be; undefined for a token of a program. */
  person?: ApiTokenPerson | undefined;
}

/** Somebody as the org knows them. */
export interface ApiTokenPerson {
  /** The id at the org: `uid` of an access token, `sub` of an ID token. */
  subject: string;
  /** The login: `sub` of an access token. */
  login: string | undefined;
}

/** Why a token must not be sent, as a sentence, and whether only scopes are missing. */
export interface WrongApiToken {
  why: string;
  missingScopes?: readonly string[];
}

const MAX_SHOWN = 5;

const isSame = (one: unknown, other: string | undefined) =>
  typeof one === "string" && other !== undefined && one.toLowerCase() === other.toLowerCase();

/**
 * Judges the claims of a verified access token that an authorization server gave out for an API (RFC 9068, section 2.2;
 * Okta: `AccessToken`). What is for another server, or for others too, would give the API rights there.
 * @param nowSeconds the issuer's time
 * @returns undefined for a token that may be sent
 */
export function wrongApiToken(
  claims: Readonly<Record<string, Json>>,
  { issuer, audience, scopes, person }: ApiTokenRules,
  nowSeconds: number,
): WrongApiToken | undefined {
  if (claims.iss !== issuer) return { why: `It comes from ${quoteOkta(String(claims.iss))} and not from ${issuer}.` };
  const audiences = Array.isArray(claims.aud) ? claims.aud : [claims.aud];
  if (audiences.length !== 1 || audiences[0] !== audience) {
    const told = audiences.slice(0, MAX_SHOWN).map((one) => quoteOkta(String(one)));
    return { why: `It is for ${told.join(", ")}, and the settings say ${audience}.` };
  }
  if (isIdToken(claims)) return { why: "It is an ID token." };
  const late = wrongTime(claims, nowSeconds);
  if (late !== undefined) return { why: late };
  if (person !== undefined && !isOf(claims, person)) return { why: "It stands for somebody else." };
  const granted = tokenScopes(claims) ?? new Set();
  const missingScopes = scopes.filter((scope) => !granted.has(scope));
  return missingScopes.length === 0 ? undefined : { why: `It lacks ${missingScopes.join(", ")}.`, missingScopes };
}

/** True for a token of this very person. Okta names them by id in `uid`, and by login in `sub`. */
function isOf({ uid, sub }: Readonly<Record<string, Json>>, { subject, login }: ApiTokenPerson): boolean {
  return uid === undefined ? sub === subject || isSame(sub, login) : uid === subject;
}

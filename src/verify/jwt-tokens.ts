import { compactVerify, errors } from "jose";
import { CannotTell } from "../auth/cannot-tell.js";
import type { IssuerKeys } from "../auth/issuer-keys.js";
import { isObject } from "../json/json.js";
import type { Log } from "../log.js";
import type { ServerClock } from "../net/server-clock.js";
import { checkClaims, type TokenRules } from "./token-claims.js";
import type { TokenPeople } from "./token-people.js";
import type { TokenHolder, TokenRefusal, TokenVerifier } from "./token-verifier.js";

export interface JwtTokensOptions {
  keys: Pick<IssuerKeys, "keyFor">;
  rules: TokenRules;
  people: TokenPeople;
  /** The issuer's clock. */
  clock: ServerClock;
  log: Log;
}

/** The longest token that is looked at. Okta's have one or two thousand characters. */
const MAX_TOKEN_CHARS = 8_192;
const MAX_HEADER_CHARS = 1_024;

/** What signs tokens. The token does not decide it (RFC 8725, section 3.1). */
const ALGORITHMS = ["RS256", "PS256", "ES256"];

/**
 * The types of access tokens (RFC 9068, section 2.1). Okta's custom authorization servers name none. The org's own tokens
 * are of another type, and nobody but Okta may read them.
 */
const TYPES: ReadonlySet<unknown> = new Set([undefined, "JWT", "at+jwt", "application/at+jwt"]);

/** Members of a header that bring a key or ask for a way to read the token that is unknown here (RFC 7515, section 4.1). */
const FOREIGN_MEMBERS = ["jwk", "jku", "x5u", "x5c", "crit", "b64", "zip", "enc"];

const COMPACT = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** Verifies the access tokens of a custom authorization server, which are JWTs (RFC 9068), by its public keys. */
export class JwtTokens implements TokenVerifier {
  readonly #options: JwtTokensOptions;

  constructor(options: JwtTokensOptions) {
    this.#options = options;
  }

  async verify(token: string): Promise<TokenHolder | { refused: TokenRefusal }> {
    const { keys, rules, people, clock, log } = this.#options;
    const refuse = (why: string, detail: Record<string, unknown> = {}, kind: "invalid" | "no_scope" = "invalid") => {
      log.info("A token was refused.", { why, ...detail });
      return { refused: { kind, why } };
    };
    const odd = oddHeader(token);
    if (odd !== undefined) return refuse(odd);
    let claims: unknown;
    try {
      const { payload } = await compactVerify(token, keys.keyFor, { algorithms: ALGORITHMS });
      claims = JSON.parse(Buffer.from(payload).toString("utf8"));
    } catch (error) {
      if (error instanceof CannotTell) return unavailable(error);
      if (error instanceof errors.JOSEError)
        return refuse("The signature of the token does not hold.", { reason: error.code });
      if (error instanceof SyntaxError || error instanceof TypeError) return refuse("The token cannot be read.");
      throw error;
    }
    if (!isObject(claims)) return refuse("The token cannot be read.");
    const checked = checkClaims(claims, rules, clock.now());
    if ("refused" in checked) return refuse(checked.refused.why, checked.refused.detail, checked.refused.kind);
    return people.holderOf(checked.facts);
  }
}

/** The refusal of a request while nobody can tell. */
export function unavailable({ message, retryAfterSeconds }: CannotTell): { refused: TokenRefusal } {
  return { refused: { kind: "unavailable", why: message, retryAfterSeconds } };
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
  if (typeof alg !== "string" || !ALGORITHMS.includes(alg))
    return "The token is signed in a way that does not count here.";
  if (!TYPES.has(typ)) return "The token is of another type.";
  if (typeof kid !== "string" || kid === "") return "The token does not name its key.";
  if (FOREIGN_MEMBERS.some((name) => Object.hasOwn(header, name))) return "The token's header asks for too much.";
  return undefined;
}

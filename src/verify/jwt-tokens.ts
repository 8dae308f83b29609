import { CannotTell } from "../auth/cannot-tell.js";
import type { IssuerKeys } from "../auth/issuer-keys.js";
import { type VerifiedJwt, verifiedJwt } from "../auth/verified-jwt.js";
import type { Json } from "../json/json.js";
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
    let verified: VerifiedJwt;
    try {
      verified = await verifiedJwt(token, keys);
    } catch (error) {
      if (error instanceof CannotTell) return unavailable(error);
      throw error;
    }
    if ("why" in verified)
      return refuse(verified.why, verified.reason === undefined ? {} : { reason: verified.reason });
    const { claims } = verified;
    const checked = checkClaims(claims, rules, clock.now());
    if ("refused" in checked) return refuse(checked.refused.why, checked.refused.detail, checked.refused.kind);
    return people.holderOf(checked.facts, { presented: { token, claims: claims as Readonly<Record<string, Json>> } });
  }
}

/** The refusal of a request while nobody can tell. */
export function unavailable({ message, retryAfterSeconds }: CannotTell): { refused: TokenRefusal } {
  return { refused: { kind: "unavailable", why: message, retryAfterSeconds } };
}

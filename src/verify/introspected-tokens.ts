import { CannotTell } from "../auth/cannot-tell.js";
import type { Json } from "../json/json.js";
import type { Log } from "../log.js";
import type { ServerClock } from "../net/server-clock.js";
import type { Introspected, Introspection } from "./introspection.js";
import { checkClaims, type TokenRules } from "./token-claims.js";
import type { TokenPeople } from "./token-people.js";
import type { TokenHolder, TokenRefusal, TokenVerifier } from "./token-verifier.js";

export interface IntrospectedTokensOptions {
  introspection: Pick<Introspection, "claimsOf">;
  rules: TokenRules;
  people: TokenPeople;
  /** True where the token itself is used for calls at the org. */
  usesToken: boolean;
  /** The issuer's clock. */
  clock: ServerClock;
  log: Log;
}

/** The longest token that is sent on. Okta's have one or two thousand characters. */
const MAX_TOKEN_CHARS = 8_192;

/**
 * Has the authorization server that gave a token out say what it is worth, at each request. Nothing in the token is read
 * here. An ID token and a refresh token are active too: they are refused since they have other claims.
 */
export class IntrospectedTokens implements TokenVerifier {
  readonly #options: IntrospectedTokensOptions;

  constructor(options: IntrospectedTokensOptions) {
    this.#options = options;
  }

  async verify(token: string, address: string): Promise<TokenHolder | { refused: TokenRefusal }> {
    const { introspection, rules, people, usesToken, clock, log } = this.#options;
    const refuse = (why: string, detail: Record<string, unknown> = {}, kind: "invalid" | "no_scope" = "invalid") => {
      log.info("A token was refused.", { why, ...detail });
      return { refused: { kind, why } };
    };
    if (token.length > MAX_TOKEN_CHARS) return refuse("The token is too long.");
    let claims: Introspected;
    try {
      claims = await introspection.claimsOf(token, address);
    } catch (error) {
      if (!(error instanceof CannotTell)) throw error;
      const { message: why, retryAfterSeconds } = error;
      return { refused: { kind: "unavailable", why, retryAfterSeconds } };
    }
    if (claims === undefined) return refuse("The token is not active.");
    if (String(claims.token_type).toLowerCase() !== "bearer") return refuse("The token is no access token.");
    const checked = checkClaims(claims, rules, clock.now());
    if ("refused" in checked) return refuse(checked.refused.why, checked.refused.detail, checked.refused.kind);
    const told = { token, claims: claims as Readonly<Record<string, Json>> };
    return people.holderOf(checked.facts, {
      ...(usesToken ? { orgToken: token } : { presented: told }),
      isSureNow: true,
    });
  }
}

import { compactVerify, errors } from "jose";
import type { IssuerKeys } from "../auth/issuer-keys.js";
import { isObject } from "../json/json.js";
import type { ServerClock } from "../net/server-clock.js";
import type { UsedOnce } from "../store/used-once.js";

export interface RevocationTokensOptions {
  keys: Pick<IssuerKeys, "keyFor">;
  /** The org, exactly as in the token. */
  issuer: string;
  /** The address of the endpoint, for which alone a token is made. */
  audience: string;
  once: UsedOnce;
  /** The org's clock. */
  clock: ServerClock;
}

const MAX_TOKEN_CHARS = 8_192;
const MAX_JTI_CHARS = 256;
const ALGORITHMS = ["RS256", "PS256", "ES256"];
const TYPE = "global-token-revocation+jwt";
/** Names the use among all that counts once. */
const KIND = "revocation_token";
const SKEW_SECONDS = 60;
/**
 * A use is remembered for so long after the token ends: the end is told by the org's clock, and uses are forgotten by
 * the database's.
 */
const REMEMBERED_SECONDS = 60 * 60;
/** Okta's tokens live five minutes. A use of one that lived for long would have to be remembered for as long. */
const MAX_LIFE_SECONDS = 15 * 60;

const COMPACT = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/**
 * Verifies the signed JWTs with which Okta proves itself at an endpoint of Universal Logout
 * (draft-parecki-oauth-global-token-revocation; Okta: "Build Universal Logout for your app"). Each counts once.
 */
export class RevocationTokens {
  readonly #options: RevocationTokensOptions;

  constructor(options: RevocationTokensOptions) {
    this.#options = options;
  }

  /**
   * @returns the reason why a token does not count, for the log alone, or what uses it up. That is for the end: where
   *   something fails before, Okta sends the same token again, and it has to count then
   * @throws CannotTell where the org's keys cannot be had
   */
  async verify(token: string): Promise<{ refused: string } | { useUp(): Promise<unknown> }> {
    const { once } = this.#options;
    const claims = await this.#claimsOf(token);
    if (typeof claims === "string") return { refused: claims };
    const refused = this.#wrongClaim(claims);
    if (refused !== undefined) return { refused };
    const id = String(claims.jti);
    if (await once.isUsed(KIND, id)) return { refused: "it was used already" };
    const endsAtMs = (Number(claims.exp) + SKEW_SECONDS + REMEMBERED_SECONDS) * 1000;
    return { useUp: () => once.claim(KIND, id, endsAtMs) };
  }

  /** The claims of a token whose signature holds, or the reason why there are none. */
  async #claimsOf(token: string): Promise<Readonly<Record<string, unknown>> | string> {
    const { keys } = this.#options;
    if (token.length > MAX_TOKEN_CHARS || !COMPACT.test(token)) return "it is no JWT";
    let claims: unknown;
    try {
      const { payload, protectedHeader } = await compactVerify(token, keys.keyFor, { algorithms: ALGORITHMS });
      // An ID token is signed with the same keys.
      if (protectedHeader.typ !== TYPE) return "it is of another type";
      claims = JSON.parse(Buffer.from(payload).toString("utf8"));
    } catch (error) {
      if (error instanceof errors.JOSEError) return `its signature does not hold (${error.code})`;
      if (error instanceof SyntaxError || error instanceof TypeError) return "it cannot be read";
      throw error;
    }
    return isObject(claims) ? claims : "it cannot be read";
  }

  #wrongClaim({ iss, aud, exp, iat, nbf, jti }: Readonly<Record<string, unknown>>): string | undefined {
    const { issuer, audience, clock } = this.#options;
    const nowSeconds = clock.now() / 1000;
    if (iss !== issuer) return "it comes from another issuer";
    // A list could name other servers too, which could then use the token here.
    if (aud !== audience && !(Array.isArray(aud) && aud.length === 1 && aud[0] === audience)) {
      return "it is for another audience";
    }
    if (typeof jti !== "string" || jti === "" || jti.length > MAX_JTI_CHARS) return "it has no jti";
    if (!isTime(exp) || !isTime(iat)) return "it does not tell its time";
    if (exp + SKEW_SECONDS <= nowSeconds) return "it has expired";
    if (iat - SKEW_SECONDS > nowSeconds) return "it is not valid yet";
    if (nbf !== undefined && (!isTime(nbf) || nbf - SKEW_SECONDS > nowSeconds)) return "it is not valid yet";
    return exp - iat > MAX_LIFE_SECONDS ? "it lives too long" : undefined;
  }
}

const isTime = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);

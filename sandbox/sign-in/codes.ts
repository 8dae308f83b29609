import { createHash, randomBytes } from "node:crypto";
import type { SignInUser } from "../device-codes.js";
import type { Issuer } from "../issuers.js";
import { OAuthRefusal } from "../oauth-reply.js";
import { sameText } from "../same-text.js";

/** The life of a code, in milliseconds (Okta's OAuth document, `TokenRequestAuthorizationCode`: 300 seconds). */
const CODE_LIFETIME_MS = 300_000;

/** The consent that a code stands for. */
export interface CodeGrant {
  issuer: Issuer;
  clientId: string;
  user: SignInUser;
  scopes: readonly string[];
  redirectUri: string;
  /** The S256 challenge (RFC 7636, section 4.2); undefined where the client sent none. */
  challenge: string | undefined;
  nonce: string | undefined;
  /** Epoch milliseconds of the sign-in. */
  authTimeMs: number;
  amr: readonly string[];
  acr: string | undefined;
}

/** A request to exchange a code. */
export interface Redemption {
  issuer: Issuer;
  clientId: string;
  code: string;
  redirectUri: string | null;
  verifier: string | null;
}

/** The authorization codes of one org (RFC 6749, section 4.1). */
export interface AuthorizationCodes {
  issue(grant: CodeGrant): string;
  /**
   * Takes a code out of use and returns its consent. A code is used up also where the rest of the request is wrong,
   * except that another client or server cannot use it up.
   * @throws OAuthRefusal invalid_grant, invalid_request
   */
  redeem(request: Redemption): CodeGrant;
}

export function createAuthorizationCodes(now: () => number): AuthorizationCodes {
  const waiting = new Map<string, CodeGrant & { expiresAtMs: number }>();
  return {
    issue(grant) {
      for (const [code, { expiresAtMs }] of waiting) if (expiresAtMs <= now()) waiting.delete(code);
      const code = randomBytes(32).toString("base64url");
      waiting.set(code, { ...grant, expiresAtMs: now() + CODE_LIFETIME_MS });
      return code;
    },
    redeem({ issuer, clientId, code, redirectUri, verifier }) {
      const found = waiting.get(code);
      if (found === undefined || found.expiresAtMs <= now()) {
        throw new OAuthRefusal("invalid_grant", "The authorization code is invalid or has expired.");
      }
      if (found.issuer.id !== issuer.id) {
        throw new OAuthRefusal("invalid_request", "The grant was issued for another authorization server.");
      }
      if (found.clientId !== clientId) {
        throw new OAuthRefusal(
          "invalid_grant",
          "The grant was issued to another client. Ensure that the `client_id` matches the one used at the authorize request.",
        );
      }
      waiting.delete(code);
      if (redirectUri !== found.redirectUri) {
        throw new OAuthRefusal(
          "invalid_grant",
          "The 'redirect_uri' does not match the redirection URI used in the authorization request.",
        );
      }
      checkVerifier(found.challenge, verifier);
      return found;
    },
  };
}

/** Compares the verifier with the challenge (RFC 7636, section 4.6). @throws OAuthRefusal */
function checkVerifier(challenge: string | undefined, verifier: string | null): void {
  if (challenge === undefined) {
    if (verifier === null) return;
    throw new OAuthRefusal(
      "invalid_request",
      "PKCE code challenge should be specified in the authorize request for code verification.",
    );
  }
  if (verifier === null || verifier === "") {
    throw new OAuthRefusal("invalid_request", "PKCE code verifier is required by the application.");
  }
  const hashed = createHash("sha256").update(verifier).digest("base64url");
  if (!/^[\w.~-]{43,128}$/.test(verifier) || !sameText(hashed, challenge)) {
    throw new OAuthRefusal("invalid_grant", "PKCE verification failed.");
  }
}

import { createHash, createPublicKey, type JsonWebKey, randomBytes } from "node:crypto";
import { calculateJwkThumbprint, EmbeddedJWK, type JWK, jwtVerify } from "jose";
import { weaknessOf } from "../src/checks/key-strength.js";
import { createReplayGuard } from "./replay-guard.js";
import type { SandboxRequest } from "./route.js";

/** The algorithms that Okta takes for a proof. */
export const DPOP_ALGORITHMS = ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"];

/** The most by which a proof's `iat` may differ from the org's clock. */
const PROOF_AGE_MS = 300_000;

/** A proof that does not prove anything; `error` is the code of RFC 9449, section 12.2. */
export class DpopProblem extends Error {
  readonly error: "invalid_dpop_proof" | "use_dpop_nonce";

  constructor(error: "invalid_dpop_proof" | "use_dpop_nonce", description: string) {
    super(description);
    this.name = "DpopProblem";
    this.error = error;
  }
}

/** The demands on a proof besides its signature. */
export interface ProofDemand {
  /** The access token of the request, for `ath`. */
  accessToken?: string;
  /** The thumbprint of the key that the token is bound to. */
  boundTo?: string | undefined;
  /** True where the proof needs the org's nonce. */
  nonce: boolean;
}

export interface DpopVerifier {
  /** The nonce for a proof that is made now. */
  nonce(): string;
  /** Asks for another nonce from now on, and refuses the old one. */
  rotateNonce(): void;
  /**
   * Checks the `DPoP` header of a request (RFC 9449, section 4.3).
   * @returns the thumbprint of the key (RFC 7638)
   * @throws DpopProblem
   */
  verify(request: Pick<SandboxRequest, "method" | "url" | "headers">, demand: ProofDemand): Promise<string>;
}

const invalid = (description: string) => new DpopProblem("invalid_dpop_proof", description);

/** The proof checker of one org. `now` is in epoch milliseconds. */
export function createDpopVerifier(now: () => number): DpopVerifier {
  const proofs = createReplayGuard(now);
  let nonce = randomBytes(24).toString("base64url");

  return {
    nonce: () => nonce,
    rotateNonce() {
      nonce = randomBytes(24).toString("base64url");
    },
    async verify(request, demand) {
      const proof = request.headers.get("dpop");
      if (proof === null) throw invalid("The DPoP proof JWT header is missing.");
      const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, {
        typ: "dpop+jwt",
        algorithms: DPOP_ALGORITHMS,
        currentDate: new Date(now()),
      }).catch(() => {
        throw invalid("The DPoP proof JWT is not valid.");
      });

      if (payload.htm !== request.method) throw invalid("'htm' claim in the DPoP proof JWT is invalid.");
      if (!sameTarget(payload.htu, request.url)) throw invalid("'htu' claim in the DPoP proof JWT is invalid.");
      if (Math.abs((payload.iat ?? 0) * 1000 - now()) > PROOF_AGE_MS) {
        throw invalid("'iat' claim in the DPoP proof JWT is too far from the current time.");
      }
      if (demand.accessToken !== undefined && payload.ath !== hash(demand.accessToken)) {
        throw invalid("'ath' claim in the DPoP proof JWT is invalid.");
      }
      if (protectedHeader.jwk === undefined) throw invalid("'jwk' header of the DPoP proof JWT is missing.");
      if (isWeak(protectedHeader.jwk)) throw invalid("The key in the DPoP proof JWT is too weak to prove anything.");
      const thumbprint = await calculateJwkThumbprint(protectedHeader.jwk);
      if (demand.boundTo !== undefined && demand.boundTo !== thumbprint) {
        throw invalid("The DPoP proof JWT is signed with another key than the token is bound to.");
      }
      if (demand.nonce && payload.nonce !== nonce) {
        throw new DpopProblem("use_dpop_nonce", "Authorization server requires nonce in DPoP proof.");
      }
      // The last check, so that a proof that was refused for another reason is not used up.
      if (typeof payload.jti !== "string") throw invalid("'jti' claim in the DPoP proof JWT is missing.");
      if (!proofs.firstUse(`${thumbprint} ${payload.jti}`, now() + 2 * PROOF_AGE_MS)) {
        throw invalid("The DPoP proof JWT has already been used.");
      }
      return thumbprint;
    },
  };
}

/** True where anybody could guess the private half of a key and sign with it. */
export function isWeak(jwk: JWK): boolean {
  return weaknessOf(createPublicKey({ key: jwk as JsonWebKey, format: "jwk" })) !== undefined;
}

/** `htu` names the target without query and fragment (RFC 9449, section 4.2). */
function sameTarget(htu: unknown, url: URL): boolean {
  if (typeof htu !== "string" || !URL.canParse(htu)) return false;
  const named = new URL(htu);
  return named.origin + named.pathname === url.origin + url.pathname;
}

function hash(value: string): string {
  return createHash("sha256").update(value).digest("base64url");
}

import { createHash, randomUUID } from "node:crypto";
import { importJWK, SignJWT } from "jose";
import { newKeyPair } from "../checks/key-pair.js";
import { type Challenge, challengesOf } from "../net/challenge.js";
import type { ServerClock } from "../net/server-clock.js";

/** The algorithm of proofs. Okta accepts it (`dpop_signing_alg_values_supported`), and it is the quickest. */
const ALGORITHM = "ES256";

/** The server that asks for a proof. Each has its own nonces (RFC 9449, section 9). */
export type Verifier = "authorization-server" | "resource-server";

/** A proof key as it is stored. */
export interface ProofJwk {
  kty: "EC";
  crv: "P-256";
  x: string;
  y: string;
  d: string;
}

type SigningKey = Awaited<ReturnType<typeof importJWK>>;

/**
 * The key to which DPoP-bound tokens are bound (RFC 9449), and its nonces. The key stays inside; only `toJwk` returns
 * it, for the token store.
 */
export class ProofKey {
  readonly #privateKey: SigningKey;
  readonly #privateJwk: ProofJwk;
  readonly #clock: ServerClock;
  readonly #nonces = new Map<Verifier, string>();

  private constructor(privateKey: SigningKey, privateJwk: ProofJwk, clock: ServerClock) {
    this.#privateKey = privateKey;
    this.#privateJwk = privateJwk;
    this.#clock = clock;
  }

  /** A new key. */
  static async generate(clock: ServerClock): Promise<ProofKey> {
    const {
      x = "",
      y = "",
      d = "",
    } = newKeyPair({ type: "ec", namedCurve: "P-256" }).privateKey.export({ format: "jwk" });
    return ProofKey.fromJwk({ kty: "EC", crv: "P-256", x, y, d }, clock);
  }

  /** A key that was stored. @throws when the JWK is no EC P-256 private key */
  static async fromJwk(jwk: ProofJwk, clock: ServerClock): Promise<ProofKey> {
    return new ProofKey(await importJWK(jwk, ALGORITHM), jwk, clock);
  }

  /** The private key, for the token store alone. */
  toJwk(): ProofJwk {
    return this.#privateJwk;
  }

  /** True when the JWK is this very key. */
  is(jwk: ProofJwk): boolean {
    return jwk.x === this.#privateJwk.x && jwk.y === this.#privateJwk.y && jwk.d === this.#privateJwk.d;
  }

  /**
   * A proof for one request (RFC 9449, section 4.2).
   * @param accessToken the token that goes with it, for `ath`
   */
  proof(verifier: Verifier, method: string, url: URL, accessToken?: string): Promise<string> {
    const { kty, crv, x, y } = this.#privateJwk;
    const nonce = this.#nonces.get(verifier);
    return new SignJWT({
      htm: method.toUpperCase(),
      htu: url.origin + url.pathname,
      ...(nonce !== undefined && { nonce }),
      ...(accessToken !== undefined && { ath: createHash("sha256").update(accessToken).digest("base64url") }),
    })
      .setProtectedHeader({ alg: ALGORITHM, typ: "dpop+jwt", jwk: { kty, crv, x, y } })
      .setJti(randomUUID())
      .setIssuedAt(Math.floor(this.#clock.now() / 1000))
      .sign(this.#privateKey);
  }

  /** Learns the nonce of an answer (RFC 9449, section 8.2). True when the answer brought one. */
  learn(verifier: Verifier, headers: Headers): boolean {
    const nonce = headers.get("dpop-nonce");
    if (!nonce) return false;
    this.#nonces.set(verifier, nonce);
    return true;
  }

  /** Learns the nonce of an answer. True when it asks for a proof with the nonce it brings (RFC 9449, section 9). */
  challenged(verifier: Verifier, headers: Headers): boolean {
    return this.learn(verifier, headers) && challengesOf(headers).some(asksForNonce);
  }
}

function asksForNonce({ scheme, parameters }: Challenge): boolean {
  return scheme === "dpop" && parameters.get("error") === "use_dpop_nonce";
}

import { calculateJwkThumbprint, type JWK, SignJWT } from "jose";
import { newKeyPair } from "../src/checks/key-pair.js";

const ALGORITHM = "RS256";

/** The signer of an org's tokens. */
export interface Signer {
  /** The public key, with `kid`, in the form that the org publishes (RFC 7517). */
  publicJwk: JWK;
  /** A JWT in compact form with these claims (RFC 7519). `typ` is the type in its header; by default it has none. */
  sign(claims: Record<string, unknown>, typ?: string): Promise<string>;
}

/** A signer with a new RSA key. A processor takes about 100 ms to find one. */
export async function createSigner(): Promise<Signer> {
  const { privateKey, publicKey } = newKeyPair({ type: "rsa", modulusLength: 2048 });
  const jwk = publicKey.export({ format: "jwk" }) as JWK;
  const kid = await calculateJwkThumbprint(jwk);
  return {
    publicJwk: { ...jwk, kid, alg: ALGORITHM, use: "sig" },
    sign: (claims, typ) =>
      new SignJWT(claims)
        .setProtectedHeader({ ...(typ !== undefined && { typ }), alg: ALGORITHM, kid })
        .sign(privateKey),
  };
}

import { createHash, createPublicKey, type KeyObject, randomUUID } from "node:crypto";
import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";
import { newKeyPair } from "../../src/checks/key-pair.js";
import { withExponentOne } from "./weak-keys.js";

/** A clock that stands still until a test moves it. */
export interface TestClock {
  now: () => number;
  advanceSeconds(seconds: number): void;
}

export function testClock(startMs = Date.UTC(2026, 0, 5, 9)): TestClock {
  let nowMs = startMs;
  return {
    now: () => nowMs,
    advanceSeconds(seconds) {
      nowMs += seconds * 1000;
    },
  };
}

/** A key pair of a client. */
export interface TestKey<Key = CryptoKey> {
  alg: string;
  privateKey: Key;
  /** The public key with `kid`, as it is registered with an org. */
  publicJwk: JWK;
}

export async function testKey(alg = "ES256"): Promise<TestKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg);
  const jwk = await exportJWK(publicKey);
  return { alg, privateKey, publicJwk: { ...jwk, kid: await calculateJwkThumbprint(jwk) } };
}

/** Returns an RSA key with exponents of 1. Its signatures are the padded texts themselves, so anybody can make them. */
export async function keyOfNoWorth(): Promise<TestKey<KeyObject>> {
  const privateKey = withExponentOne(newKeyPair({ type: "rsa", modulusLength: 2048 }).privateKey);
  const jwk = createPublicKey(privateKey).export({ format: "jwk" }) as JWK;
  return { alg: "RS256", privateKey, publicJwk: { ...jwk, kid: await calculateJwkThumbprint(jwk) } };
}

/** Returns a client assertion (RFC 7523). `change` overrides claims, and undefined leaves a claim out. */
export function clientAssertion(
  key: TestKey<CryptoKey | KeyObject>,
  claims: { clientId: string; audience: string; nowMs: number },
  change: Record<string, unknown> = {},
): Promise<string> {
  const issuedAt = Math.floor(claims.nowMs / 1000);
  const { clientId, audience } = claims;
  return new SignJWT({
    iss: clientId,
    sub: clientId,
    aud: audience,
    iat: issuedAt,
    exp: issuedAt + 300,
    jti: randomUUID(),
    ...change,
  })
    .setProtectedHeader({ alg: key.alg, ...(key.publicJwk.kid !== undefined && { kid: key.publicJwk.kid }) })
    .sign(key.privateKey);
}

/** Returns a DPoP proof (RFC 9449). `change` overrides claims, and undefined leaves a claim out. */
export function dpopProof(
  key: TestKey<CryptoKey | KeyObject>,
  claims: { method: string; url: string; nowMs: number; nonce?: string | undefined; accessToken?: string },
  change: Record<string, unknown> = {},
): Promise<string> {
  const { method, url, nowMs, nonce, accessToken } = claims;
  const { kid: _, ...jwk } = key.publicJwk;
  return new SignJWT({
    htm: method,
    htu: url,
    iat: Math.floor(nowMs / 1000),
    jti: randomUUID(),
    ...(nonce !== undefined && { nonce }),
    ...(accessToken !== undefined && { ath: createHash("sha256").update(accessToken).digest("base64url") }),
    ...change,
  })
    .setProtectedHeader({ typ: "dpop+jwt", alg: key.alg, jwk })
    .sign(key.privateKey);
}

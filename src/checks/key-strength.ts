import type { KeyObject } from "node:crypto";

/** The least size of an RSA key in bits, and the bounds of its public exponent (FIPS 186-5, section 5.4: odd, 2^16 < e < 2^256). */
export const MIN_RSA_BITS = 2048;
const LEAST_EXPONENT = 65_537n;
const EXPONENT_LIMIT = 2n ** 256n;

/** A random number of a curve's size begins with so many zeros about once in 2^60 keys. */
const LEADING_ZERO_BYTES = 8;

/**
 * The reason not to rely on a key that signs and verifies like any other; undefined for a sound key and for kinds of
 * keys that are not judged here. With an exponent of 1 a signature is the padded text itself, which anybody can write.
 * Anybody can also sign with a private number that can be guessed.
 * @param key an RSA key, public or private, or an EC private key
 * @returns the end of a sentence that begins with "the key"; it tells nothing of a private key
 */
export function weaknessOf(key: KeyObject): string | undefined {
  if (key.asymmetricKeyType === "rsa") {
    const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
    if (modulusLength < MIN_RSA_BITS) return `is an RSA key of ${modulusLength} bits; ${MIN_RSA_BITS} is the least`;
    if (publicExponent >= LEAST_EXPONENT && publicExponent < EXPONENT_LIMIT && publicExponent % 2n === 1n)
      return undefined;
    const exponent = publicExponent < EXPONENT_LIMIT ? String(publicExponent) : "far too large";
    return `is an RSA key whose public exponent is ${exponent}, so that somebody without the key may be able to forge its signatures; a sound exponent is odd and ${LEAST_EXPONENT} or larger`;
  }
  if (key.asymmetricKeyType === "ec" && key.type === "private") {
    const { d = "" } = key.export({ format: "jwk" });
    const guessable = Buffer.from(d, "base64url")
      .subarray(0, LEADING_ZERO_BYTES)
      .every((byte) => byte === 0);
    return guessable ? "is an EC key whose private number is so small that it can be guessed" : undefined;
  }
  return undefined;
}

import { createPrivateKey, type KeyObject } from "node:crypto";

/**
 * Returns an RSA key with the modulus of the given key and exponents of 1. Its signatures are the padded texts
 * themselves, so that anybody can make them.
 */
export function withExponentOne(rsa: KeyObject): KeyObject {
  const one = { e: "AQ", d: "AQ", dp: "AQ", dq: "AQ" };
  return createPrivateKey({ key: { ...rsa.export({ format: "jwk" }), ...one }, format: "jwk" });
}

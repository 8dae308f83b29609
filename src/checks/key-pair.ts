import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";

/** Kinds of key pairs: RSA by its size in bits, EC by its curve. */
export type KeyPairKind =
  | { type: "rsa" | "rsa-pss"; modulusLength: number }
  | { type: "ec"; namedCurve: string }
  | { type: "ed25519" };

const publicKeyEncoding: { type: "spki"; format: "pem" } = { type: "spki", format: "pem" };
const privateKeyEncoding: { type: "pkcs8"; format: "pem" } = { type: "pkcs8", format: "pem" };

function generate(kind: KeyPairKind): { publicKey: string; privateKey: string } {
  switch (kind.type) {
    case "rsa":
      return generateKeyPairSync("rsa", { modulusLength: kind.modulusLength, publicKeyEncoding, privateKeyEncoding });
    case "rsa-pss":
      return generateKeyPairSync("rsa-pss", {
        modulusLength: kind.modulusLength,
        publicKeyEncoding,
        privateKeyEncoding,
      });
    case "ec":
      return generateKeyPairSync("ec", { namedCurve: kind.namedCurve, publicKeyEncoding, privateKeyEncoding });
    case "ed25519":
      return generateKeyPairSync("ed25519", { publicKeyEncoding, privateKeyEncoding });
  }
}

/**
 * Makes a new key pair. It reads the keys from text and does not return those of Node's generator, which share a lock
 * with the generator. If the collector frees the generator while such a key is exported as a JWK, Node 20 waits for
 * that lock for ever.
 */
export function newKeyPair(kind: KeyPairKind): { publicKey: KeyObject; privateKey: KeyObject } {
  const { publicKey, privateKey } = generate(kind);
  return { publicKey: createPublicKey(publicKey), privateKey: createPrivateKey(privateKey) };
}

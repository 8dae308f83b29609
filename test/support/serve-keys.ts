import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { JSONWebKeySet } from "jose";
import { newKeyPair } from "../../src/checks/key-pair.js";

/** A new private key in a file, as serve.json names it, and its public half as an app in Okta has it. */
export function keyFile(folder: string, name: string, kid: string) {
  const { publicKey, privateKey } = newKeyPair({ type: "ec", namedCurve: "P-256" });
  writeFileSync(join(folder, name), String(privateKey.export({ type: "pkcs8", format: "pem" })), { mode: 0o600 });
  const jwks: JSONWebKeySet = { keys: [{ ...publicKey.export({ format: "jwk" }), kid, use: "sig", alg: "ES256" }] };
  return { entry: { private_key_file: name, key_id: kid }, jwks };
}

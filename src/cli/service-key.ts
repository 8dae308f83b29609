import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { JSONWebKeySet } from "jose";
import { newKeyPair } from "../checks/key-pair.js";
import { temporaryDir } from "../files/user-dirs.js";

/** The key of the sandbox's service app: the private half in a file, the public half for the org. */
export interface ServiceKey {
  /** PEM (PKCS#8), readable by its owner only. */
  file: string;
  kid: string;
  jwks: JSONWebKeySet;
  remove(): void;
}

/** Makes a key pair that lives as long as a sandbox. */
export function createServiceKey(): ServiceKey {
  const { privateKey, publicKey } = newKeyPair({ type: "ec", namedCurve: "P-256" });
  const kid = "sandbox-key";
  const file = join(mkdtempSync(join(temporaryDir(), "okta-mcp-sandbox-")), "service-key.pem");
  writeFileSync(file, privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
  return {
    file,
    kid,
    jwks: { keys: [{ ...publicKey.export({ format: "jwk" }), kid, alg: "ES256", use: "sig" }] } as JSONWebKeySet,
    remove: () => rmSync(dirname(file), { recursive: true, force: true }),
  };
}

import { createECDH, createPrivateKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { parsePrivateKey } from "../../src/auth/private-key.js";
import { newKeyPair } from "../../src/checks/key-pair.js";
import { OktaMcpError } from "../../src/errors/index.js";
import { withExponentOne } from "../support/weak-keys.js";

const rsa = newKeyPair({ type: "rsa", modulusLength: 2048 });
const ec = (namedCurve: string) => newKeyPair({ type: "ec", namedCurve });
const p256 = ec("P-256");

function pem(key: KeyObject, type: "pkcs8" | "pkcs1" | "sec1"): string {
  return String(key.export({ type, format: "pem" }));
}

function jwk(key: KeyObject, extra: Record<string, unknown> = {}): string {
  return JSON.stringify({ ...key.export({ format: "jwk" }), ...extra });
}

/** An RSA key with the given public exponent, as PEM. */
function pemOf(publicExponent: number): string {
  return generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicExponent,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  }).privateKey;
}

function refusal(text: string, keyId: string | undefined = "kid-1"): OktaMcpError {
  try {
    parsePrivateKey(text, keyId);
  } catch (error) {
    if (error instanceof OktaMcpError) return error;
    throw error;
  }
  throw new Error("The key was accepted.");
}

/** The long base64 parts of a key, cut into pieces of a size that a message could quote. */
function secretPieces(text: string): string[] {
  return [...text.matchAll(/[\w+/=-]{24,}/g)]
    .map((match) => match[0])
    .filter((run) => !/^-+(BEGIN|END)/.test(run) && !/^-+$/.test(run))
    .flatMap((run) => [run.slice(0, 16), run.slice(-16)]);
}

describe("a private key is taken", () => {
  test.each([
    ["RSA in PKCS#8", pem(rsa.privateKey, "pkcs8"), "RS256"],
    ["RSA in PKCS#1", pem(rsa.privateKey, "pkcs1"), "RS256"],
    ["RSA as a JWK", jwk(rsa.privateKey), "RS256"],
    ["RSA as a JWK that wants PS384", jwk(rsa.privateKey, { alg: "PS384" }), "PS384"],
    ["EC P-256 in PKCS#8", pem(p256.privateKey, "pkcs8"), "ES256"],
    ["EC P-256 in SEC 1", pem(p256.privateKey, "sec1"), "ES256"],
    ["EC P-384 as a JWK", jwk(ec("P-384").privateKey, { alg: "ES384" }), "ES384"],
    ["EC P-521 in PKCS#8", pem(ec("P-521").privateKey, "pkcs8"), "ES512"],
  ])("%s", (_name, text, alg) => {
    const parsed = parsePrivateKey(text, "kid-1");
    expect(parsed).toMatchObject({ alg, kid: "kid-1" });
    expect(parsed.key.type).toBe("private");
  });

  const original = pem(rsa.privateKey, "pkcs8");
  test.each([
    ["with literal \\n", original.replaceAll("\n", "\\n")],
    ["with literal \\r\\n", original.replaceAll("\n", "\\r\\n")],
    ["with Windows line ends", original.replaceAll("\n", "\r\n")],
    ["with its line breaks turned into spaces", original.replaceAll("\n", " ")],
    ["inside quotes", `"${original}"`],
    ["after other blocks and comments", `# my key\n${pem(rsa.publicKey, "pkcs1")}\n${original}\nthe end`],
    ["with white space around it", `\n\n  ${original}\n `],
  ])("%s", (_name, text) => {
    const { key } = parsePrivateKey(text, "kid-1");
    expect(key.equals(createPrivateKey(original))).toBe(true);
  });

  test("with the key id of the JWK when none is set, and the set one when both are there", () => {
    const text = jwk(p256.privateKey, { kid: "from-jwk" });
    expect(parsePrivateKey(text).kid).toBe("from-jwk");
    expect(parsePrivateKey(text, "from-setting").kid).toBe("from-setting");
    expect(parsePrivateKey(text, "  ").kid).toBe("from-jwk");
  });
});

describe("a private key is refused, saying why", () => {
  const encrypted = String(
    rsa.privateKey.export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "secret" }),
  );
  const encryptedPkcs1 = String(
    rsa.privateKey.export({ type: "pkcs1", format: "pem", cipher: "aes-256-cbc", passphrase: "secret" }),
  );
  const small = newKeyPair({ type: "rsa", modulusLength: 1024 }).privateKey;
  const pss = newKeyPair({ type: "rsa-pss", modulusLength: 2048 }).privateKey;
  const ed25519 = newKeyPair({ type: "ed25519" }).privateKey;
  const other = newKeyPair({ type: "rsa", modulusLength: 2048 }).privateKey.export({ format: "jwk" });
  const middle = pem(rsa.privateKey, "pkcs8").split("\n");
  const ones = withExponentOne(rsa.privateKey);
  const small3 = pemOf(3);
  const small35 = pemOf(35);
  const even = jwk(rsa.privateKey, { e: "AQAC" });
  const huge = jwk(rsa.privateKey, { e: `AQ${"A".repeat(60)}AQ` });
  // The private number 1 has the curve's base point as its public key, which everybody knows.
  const guessable = createECDH("prime256v1");
  guessable.setPrivateKey(Buffer.from([1]));
  const point = guessable.getPublicKey();
  const first = JSON.stringify({
    kty: "EC",
    crv: "P-256",
    d: Buffer.concat([Buffer.alloc(31), Buffer.from([1])]).toString("base64url"),
    x: point.subarray(1, 33).toString("base64url"),
    y: point.subarray(33).toString("base64url"),
  });

  test.each([
    ["nothing at all", "  ", /empty/],
    ["text that is no key", "hunter2", /neither PEM nor a JWK/],
    ["encrypted PKCS#8", encrypted, /encrypted with a passphrase/],
    ["encrypted PKCS#1", encryptedPkcs1, /encrypted with a passphrase/],
    ["a public key", pem(rsa.publicKey, "pkcs1"), /only the public half/],
    ["a public JWK", jwk(rsa.publicKey), /only the public half/],
    ["Ed25519", pem(ed25519, "pkcs8"), /kind that Okta does not take.*ed25519/],
    ["Ed25519 as a JWK", jwk(ed25519), /kind that Okta does not take.*OKP/],
    ["RSA-PSS", pem(pss, "pkcs8"), /restricted to RSASSA-PSS/],
    ["an EC key on another curve", pem(ec("secp256k1").privateKey, "pkcs8"), /curve secp256k1/],
    ["a shared secret", JSON.stringify({ kty: "oct", k: "c2VjcmV0LXNlY3JldC1zZWNyZXQ" }), /kty oct/],
    ["RSA of 1024 bits", pem(small, "pkcs8"), /1024 bits/],
    [
      "RSA with the exponent 1, with which a signature is the text itself",
      jwk(ones),
      /public exponent is 1, so.*forge/,
    ],
    ["the same as PKCS#8", pem(ones, "pkcs8"), /public exponent is 1,/],
    ["the same as PKCS#1", pem(ones, "pkcs1"), /public exponent is 1,/],
    ["RSA with the exponent 3", small3, /public exponent is 3,/],
    ["RSA with the exponent 35", small35, /public exponent is 35,/],
    ["RSA with an even exponent", even, /public exponent is 65538,/],
    ["RSA with an endless exponent", huge, /public exponent is far too large,/],
    ["EC with a private number that can be guessed", first, /can be guessed/],
    ["half a PEM", middle.slice(0, 10).join("\n"), /cut off/],
    ["a PEM with its middle missing", [...middle.slice(0, 5), ...middle.slice(-4)].join("\n"), /cannot be read/],
    ["OpenSSH's format", "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNz\n-----END OPENSSH PRIVATE KEY-----", /OpenSSH/],
    ["JSON cut short", jwk(rsa.privateKey).slice(0, -10), /not valid JSON/],
    ["a key set", JSON.stringify({ keys: [rsa.privateKey.export({ format: "jwk" })] }), /key set/],
    ["a JWK without values", JSON.stringify({ kty: "RSA", d: "AQAB" }), /do not make a key/],
    ["a JWK patched together from two keys", jwk(rsa.privateKey, { n: other.n }), /damaged|do not make a key/],
    ["an algorithm that does not fit", jwk(rsa.privateKey, { alg: "ES256" }), /algorithm ES256, which does not fit/],
  ])("%s", (_name, text, message) => {
    const error = refusal(text);
    expect(error.code).toBe("bad_config");
    expect(error.exitCode).toBe(2);
    expect(error.message).toMatch(message);
    expect(error.fix.length).toBeGreaterThan(20);
    expect(error.cause).toBeUndefined();
    const shown = inspect(error, { depth: null, showHidden: true }) + JSON.stringify(error);
    for (const piece of secretPieces(text)) expect(shown).not.toContain(piece);
  });

  test("no key id, telling where the Admin Console shows it", () => {
    for (const text of [pem(rsa.privateKey, "pkcs8"), jwk(rsa.privateKey)]) {
      const error = refusal(text, "");
      expect(error.message).toMatch(/no key id/);
      expect(error.fix).toMatch(/OKTA_KEY_ID.*KID/);
    }
  });
});

test("a parsed key shows nothing of itself when printed", () => {
  const parsed = parsePrivateKey(jwk(rsa.privateKey), "kid-1");
  const shown = inspect(parsed, { depth: null, showHidden: true }) + JSON.stringify(parsed);
  for (const piece of secretPieces(jwk(rsa.privateKey))) expect(shown).not.toContain(piece);
});

import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { MIN_RSA_BITS, weaknessOf } from "../checks/key-strength.js";
import { pemBlocks } from "../checks/pem.js";
import { OktaMcpError } from "../errors/index.js";
import { pemText } from "../files/file-text.js";
import { isObject } from "../json/json.js";

/** The JWS algorithms that a client assertion can be signed with (RFC 7518, section 3.1). */
export type AssertionAlgorithm =
  | "RS256"
  | "RS384"
  | "RS512"
  | "PS256"
  | "PS384"
  | "PS512"
  | "ES256"
  | "ES384"
  | "ES512";

/** A tested private key that can sign client assertions. It prints nothing of itself. */
export interface PrivateKey {
  readonly key: KeyObject;
  readonly alg: AssertionAlgorithm;
  /** The id under which Okta knows the public half. */
  readonly kid: string;
}

/** Tells a key from every other by its id at Okta and its public half. It holds nothing of the private half. */
export function fingerprint({ key, kid }: PrivateKey): string {
  const publicHalf = createPublicKey(key).export({ type: "spki", format: "der" });
  return createHash("sha256").update(`${kid}\n`).update(publicHalf).digest("base64url");
}

const RSA_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"] as const;

/** The algorithm that belongs to a curve, by OpenSSL's name of the curve. */
const EC_ALGORITHMS: Readonly<Record<string, AssertionAlgorithm>> = {
  prime256v1: "ES256",
  secp384r1: "ES384",
  secp521r1: "ES512",
};

const ADVICE = {
  newKey:
    "In the Okta Admin Console, open the app (Applications > Applications > your app > General), edit Client Credentials, choose Public key / Private key, add a key there and set OKTA_PRIVATE_KEY or OKTA_PRIVATE_KEY_FILE to the private key it shows.",
  wholeKey: "Copy the whole key again, from the line that begins with -----BEGIN to the one with -----END.",
  keyId:
    "Set OKTA_KEY_ID to the KID that the Okta Admin Console shows beside the key (Applications > Applications > your app > General > Client Credentials > Public keys).",
  decrypt:
    "Give the key without a passphrase: `openssl pkcs8 -in key.pem -out plain.pem` writes it so. Keep that file readable for yourself only.",
};

/**
 * Reads a private key: PEM (PKCS#8, PKCS#1 or SEC 1; real or literal `\n` line ends) or a JWK. It accepts RSA from 2048
 * bits and EC on P-256, P-384 or P-521, but no key whose signatures anybody could make.
 *
 * @param keyId the key's id at Okta; it has precedence over the `kid` of a JWK
 * @throws OktaMcpError bad_config with the fault and its fix, and nothing of the key
 */
export function parsePrivateKey(text: string, keyId?: string): PrivateKey {
  const trimmed = pemText(unquoted(text.trim())).trim();
  if (trimmed === "") throw bad("The private key is empty.", ADVICE.newKey);
  const { key, kid, alg: named } = trimmed.startsWith("{") ? fromJwk(trimmed) : fromPem(trimmed);
  const alg = algorithmOf(key, named);
  const weakness = weaknessOf(key);
  if (weakness !== undefined) throw bad(`The private key ${weakness}.`, ADVICE.newKey);
  tryOut(key);
  const id = keyId?.trim() || kid;
  if (!id) throw bad("The private key has no key id.", ADVICE.keyId);
  return { key, alg, kid: id };
}

/** A key of a known form, not yet checked. */
interface Found {
  key: KeyObject;
  kid?: string | undefined;
  alg?: string | undefined;
}

/** Environment files often keep the quotes around a value of several lines. */
function unquoted(text: string): string {
  const quote = text.charAt(0);
  const quoted = text.length > 1 && (quote === '"' || quote === "'") && text.endsWith(quote);
  return quoted ? text.slice(1, -1).trim() : text;
}

function fromJwk(text: string): Found {
  let jwk: unknown;
  try {
    jwk = JSON.parse(text);
  } catch {
    throw bad("The private key begins like a JWK but is not valid JSON.", ADVICE.newKey);
  }
  if (!isObject(jwk)) throw bad("The private key is not a JWK.", ADVICE.newKey);
  if (Array.isArray(jwk.keys)) {
    throw bad("The private key is a key set (JWKS).", "Give one key of the set, the object in `keys`, by itself.");
  }
  const { kty, kid, alg } = jwk;
  if (kty !== "RSA" && kty !== "EC") throw unsupported(typeof kty === "string" ? `kty ${printable(kty)}` : "no kty");
  if (jwk.d === undefined) throw publicOnly();
  try {
    return {
      key: createPrivateKey({ key: jwk, format: "jwk" }),
      kid: typeof kid === "string" ? kid : undefined,
      alg: typeof alg === "string" ? alg : undefined,
    };
  } catch {
    throw bad(`The private key is a JWK of type ${kty} whose values do not make a key.`, ADVICE.newKey);
  }
}

/** The form of the DER inside a PEM block with each label. */
const PEM_TYPES: Readonly<Record<string, "pkcs8" | "pkcs1" | "sec1">> = {
  "PRIVATE KEY": "pkcs8",
  "RSA PRIVATE KEY": "pkcs1",
  "EC PRIVATE KEY": "sec1",
};

function fromPem(text: string): Found {
  const blocks = pemBlocks(text.replaceAll("\\r", "").replaceAll("\\n", "\n"));
  const encrypted = blocks.find(
    ({ label, body }) => label === "ENCRYPTED PRIVATE KEY" || /^\s*Proc-Type:.*ENCRYPTED/.test(body),
  );
  if (encrypted) throw bad("The private key is encrypted with a passphrase.", ADVICE.decrypt);
  const block = blocks.find(({ label }) => Object.hasOwn(PEM_TYPES, label));
  const type = block && PEM_TYPES[block.label];
  if (!block || !type) {
    if (blocks.length === 0 && text.includes("-----BEGIN ")) throw bad("The private key is cut off.", ADVICE.wholeKey);
    throw noPrivateBlock(blocks.map(({ label }) => label));
  }
  try {
    // Only the base64 is read, so that a key still reads when its line breaks were lost.
    const der = Buffer.from(block.body.replaceAll(/\s/g, ""), "base64");
    return { key: createPrivateKey({ key: der, format: "der", type }) };
  } catch {
    throw bad(
      `The private key has the frame of a PEM key (${block.label}), but what stands between cannot be read.`,
      ADVICE.wholeKey,
    );
  }
}

function noPrivateBlock(labels: string[]): OktaMcpError {
  if (labels.some((label) => label.endsWith("PUBLIC KEY") || label === "CERTIFICATE")) return publicOnly();
  if (labels.includes("OPENSSH PRIVATE KEY")) {
    return bad(
      "The private key is in OpenSSH's own format.",
      "Convert a copy of it: `ssh-keygen -p -N '' -m pkcs8 -f <copy of the key>`.",
    );
  }
  const why = labels.length === 0 ? "is neither PEM nor a JWK" : `holds no private key, only ${labels.join(", ")}`;
  return bad(
    `The private key ${why}.`,
    `It begins with "-----BEGIN PRIVATE KEY-----" and ends with "-----END PRIVATE KEY-----", or is a JSON object. ${ADVICE.newKey}`,
  );
}

/** The algorithm to sign with: that of the JWK, if it fits the key; otherwise the usual one. */
function algorithmOf(key: KeyObject, named: string | undefined): AssertionAlgorithm {
  const fitting = fittingAlgorithms(key);
  const chosen = named === undefined ? fitting[0] : fitting.find((alg) => alg === named);
  if (chosen) return chosen;
  throw bad(
    `The private key names the algorithm ${printable(named ?? "")}, which does not fit it.`,
    `Name ${fitting.join(" or ")} in its \`alg\`, or leave \`alg\` out.`,
  );
}

function fittingAlgorithms(key: KeyObject): readonly [AssertionAlgorithm, ...AssertionAlgorithm[]] {
  const { namedCurve = "" } = key.asymmetricKeyDetails ?? {};
  switch (key.asymmetricKeyType) {
    case "rsa":
      return RSA_ALGORITHMS;
    case "ec": {
      const alg = EC_ALGORITHMS[namedCurve];
      if (!alg) throw unsupported(`an EC key on the curve ${printable(namedCurve)}`);
      return [alg];
    }
    case "rsa-pss":
      throw unsupported("an RSA key restricted to RSASSA-PSS");
    default:
      throw unsupported(key.asymmetricKeyType ?? "unknown");
  }
}

/** Signs once with a key. A damaged key can be well-formed; only a signature shows that its parts belong together. */
function tryOut(key: KeyObject): void {
  const probe = Buffer.from("okta-mcp");
  try {
    if (verify("sha256", probe, createPublicKey(key), sign("sha256", probe, key))) return;
  } catch {
    // The error is reported below, since the library's message may quote the key.
  }
  throw bad("The private key is damaged: what it signs cannot be verified.", ADVICE.wholeKey);
}

function unsupported(what: string): OktaMcpError {
  return bad(
    `The private key is of a kind that Okta does not take for client authentication (${what}).`,
    `Use RSA from ${MIN_RSA_BITS} bits, or EC on P-256, P-384 or P-521. ${ADVICE.newKey}`,
  );
}

function publicOnly(): OktaMcpError {
  return bad("The private key is only the public half.", `Give the private key that belongs to it. ${ADVICE.newKey}`);
}

function bad(message: string, fix: string): OktaMcpError {
  return new OktaMcpError("bad_config", message, { fix });
}

/** A short name from a key file for a message. A text that is no plain name is not shown. */
function printable(name: string): string {
  return /^[\w.:-]{1,32}$/.test(name) ? name : "(unreadable)";
}

import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { withExponentOne } from "../../support/weak-keys.js";
import { type Act, runCommand, type Scenario } from "../attack.js";
import { ALL_SCOPES } from "../calls.js";
import { STOLEN_TOKEN } from "../promises.js";

const rsa = (modulusLength: number, publicExponent = 65_537) =>
  generateKeyPairSync("rsa", { modulusLength, publicExponent }).privateKey;

const asPem = (key: ReturnType<typeof rsa>) => String(key.export({ type: "pkcs8", format: "pem" }));

/** A good key, of which the attacks make bad ones. */
const SOUND = rsa(2048);

/** Encodes a hexadecimal number as members of a JSON Web Key hold it (RFC 7518, section 2). */
const number = (hex: string) => Buffer.from(hex, "hex").toString("base64url");

/** The base point of P-256, which is the public key of the private number 1 (SEC 2, section 2.4.2). */
const BASE_POINT = {
  x: number("6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"),
  y: number("4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"),
};

/** Keys with which anybody could sign, and texts that are not keys. */
const weak: readonly (readonly [string, () => string])[] = [
  ["an RSA key with the exponent 3", () => asPem(rsa(2048, 3))],
  ["an RSA key with the exponent 17", () => asPem(rsa(2048, 17))],
  ["an RSA key with the exponent 257", () => asPem(rsa(2048, 257))],
  ["an RSA key of 1024 bits", () => asPem(rsa(1024))],
  ["an RSA key of 1536 bits", () => asPem(rsa(1536))],
  ["an RSA key with the exponent 1", () => JSON.stringify(withExponentOne(SOUND).export({ format: "jwk" }))],
  [
    "an RSA key with an even exponent",
    () => JSON.stringify({ ...SOUND.export({ format: "jwk" }), e: number("010000") }),
  ],
  [
    "an EC key with the private number 1",
    () => JSON.stringify({ kty: "EC", crv: "P-256", ...BASE_POINT, d: number("1".padStart(64, "0")) }),
  ],
  ["a symmetric key", () => JSON.stringify({ kty: "oct", k: number("00".repeat(32)) })],
  ["a public key", () => JSON.stringify({ kty: "RSA", n: "AQAB", e: "AQAB" })],
  ["an empty object", () => "{}"],
  ["no key", () => "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"],
];

const callWith = (act: Act, key: string) =>
  runCommand(act, ["call", "list_groups"], { env: { OKTA_PRIVATE_KEY: key, OKTA_PRIVATE_KEY_FILE: "" } });

export const weakKeys: Scenario = {
  name: "keys by which anybody could sign",
  promise: STOLEN_TOKEN,
  stage: { signIn: "key", scopes: ALL_SCOPES },
  async play(act) {
    await act.control("a sound key signs in", { call: ["list_groups", {}] });
    const sound = asPem(SOUND);
    await act.control("another sound key is asked about at the org", {
      does: () => callWith(act, sound),
      sees: "1",
      check: () => assert.notDeepEqual(act.requests(), []),
    });
    await act.attacks(weak, ([what, key]) => [
      what,
      {
        does: () => callWith(act, key()),
        sees: "2",
        check: () => assert.deepEqual(act.requests(), [], "nothing is sent"),
      },
    ]);
  },
};

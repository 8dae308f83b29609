import { createSign, createVerify } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { newKeyPair } from "../../src/checks/key-pair.js";
import { ROOT } from "../support/cli.js";

test.each([
  { type: "rsa", modulusLength: 2048 },
  { type: "rsa-pss", modulusLength: 2048 },
  { type: "ec", namedCurve: "P-256" },
] as const)("a new pair of $type fits together", (kind) => {
  const { publicKey, privateKey } = newKeyPair(kind);
  const signature = createSign("sha256").update("text").sign(privateKey);
  expect(createVerify("sha256").update("text").verify(publicKey, signature)).toBe(true);
});

// The export as a JWK can hang the process for good with a key from Node's own generator.
test("no source of the product makes a key pair in another way", () => {
  const files = ["src", "bin", "sandbox", "scripts", "tools"].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true }).map((name) => join(folder, String(name))),
  );
  const making = files.filter(
    (file) => /\.[jt]s$/.test(file) && /generateKey/.test(readFileSync(join(ROOT, file), "utf8")),
  );
  expect(making).toEqual([join("src", "checks", "key-pair.ts")]);
});

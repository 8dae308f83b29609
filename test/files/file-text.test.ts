import { generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parsePrivateKey } from "../../src/auth/private-key.js";
import { parseCallArguments } from "../../src/cli/argument-texts.js";
import { readKeyFile } from "../../src/config/key-text.js";
import { pemText, textOfFile } from "../../src/files/file-text.js";
import { temporaryFolder } from "../support/cli.js";

const utf16be = (text: string) => Buffer.from(text, "utf16le").swap16();

/** The same text in the encodings that editors write. */
const FORMS: readonly (readonly [name: string, bytes: (text: string) => Buffer])[] = [
  ["UTF-8", (text) => Buffer.from(text)],
  ["UTF-8 with a byte order mark", (text) => Buffer.from(`\ufeff${text}`)],
  ["UTF-16 little endian with its mark", (text) => Buffer.from(`\ufeff${text}`, "utf16le")],
  ["UTF-16 big endian with its mark", (text) => utf16be(`\ufeff${text}`)],
  ["UTF-16 little endian without", (text) => Buffer.from(text, "utf16le")],
  ["UTF-16 big endian without", (text) => utf16be(text)],
];

const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});

function fileOf(bytes: Buffer): string {
  const path = join(temporaryFolder(), "file.txt");
  writeFileSync(path, bytes, { mode: 0o600 });
  return path;
}

describe.each(FORMS)("a file in %s", (_, bytes) => {
  test("is the argument that it holds, without a mark", () => {
    const properties = { page_content: { type: "string" }, profile: { type: "object" } };
    const page = fileOf(bytes("<html>ä</html>"));
    const profile = fileOf(bytes('{"login": "jö@acme.example"}'));
    expect(parseCallArguments(undefined, [`page_content=@${page}`, `profile=@${profile}`], properties)).toEqual({
      page_content: "<html>ä</html>",
      profile: { login: "jö@acme.example" },
    });
  });

  test("is the private key that it holds", () => {
    const read = readKeyFile(fileOf(bytes(privateKey)));
    expect(read).toEqual({ text: privateKey });
    expect(parsePrivateKey(privateKey, "kid").alg).toBe("RS256");
  });
});

test("a private key is read from base64 of the whole PEM, in one line or in many, and of UTF-16", () => {
  for (const whole of [Buffer.from(privateKey), Buffer.from(`\ufeff${privateKey}`, "utf16le")]) {
    const base64 = whole.toString("base64");
    for (const text of [base64, base64.replaceAll(/(.{64})/g, "$1\n"), `"${base64}"`, whole.toString("base64url")]) {
      expect(parsePrivateKey(text, "kid")).toMatchObject({ alg: "RS256", kid: "kid" });
    }
  }
});

test("what is no base64 of a PEM stays as it is", () => {
  for (const text of ["", "abc", "AAAA", privateKey, Buffer.from("not a key").toString("base64"), "{}"]) {
    expect(pemText(text)).toBe(text);
  }
  for (const text of ["", "a", "ab", "\u00e4\u00f6"]) expect(textOfFile(Buffer.from(text))).toBe(text);
});

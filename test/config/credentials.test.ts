import { chmodSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { newKeyPair } from "../../src/checks/key-pair.js";
import { loadConfig } from "../../src/config/config.js";
import { SETTING_KEYS, SETTINGS } from "../../src/config/settings.js";
import { skipUnless } from "../support/programs.js";
import { BASE, configFolder, load, OPAQUE, problemsOf, RSA_PEM } from "./support.js";

const { folder, fileWith } = configFolder();
const EC_JWK = newKeyPair({ type: "ec", namedCurve: "P-256" }).privateKey.export({ format: "jwk" });

describe("how to sign in", () => {
  test("is the device grant where nothing else is given", () => {
    expect(load({}).credential).toEqual({ method: "device" });
  });

  test("is the private key where one is given, in the variable or in a file", () => {
    const escaped = RSA_PEM.replaceAll("\n", "\\n");
    const file = fileWith("key.pem", RSA_PEM);
    const ways: Record<string, string>[] = [
      { OKTA_PRIVATE_KEY: RSA_PEM },
      { OKTA_PRIVATE_KEY: escaped },
      { OKTA_PRIVATE_KEY_FILE: file },
    ];
    for (const env of ways) {
      const config = load({ ...env, OKTA_KEY_ID: "k1" });
      expect(config.credential).toMatchObject({ method: "private-key", key: { kid: "k1", alg: "RS256" } });
      expect(config.notices).toEqual([]);
    }
  });

  test("takes the key id of a JWK", () => {
    const config = load({ OKTA_PRIVATE_KEY: JSON.stringify({ ...EC_JWK, kid: "from-jwk" }) });
    expect(config.credential).toMatchObject({ method: "private-key", key: { kid: "from-jwk", alg: "ES256" } });
  });

  test("is the given token, which needs no client id", () => {
    const env = { OKTA_ORG_URL: BASE.OKTA_ORG_URL, OKTA_SCOPES: BASE.OKTA_SCOPES, OKTA_ACCESS_TOKEN: "eyJh.eyJi.c2ln" };
    expect(loadConfig({ flags: {}, env }).credential).toEqual({ method: "access-token", token: "eyJh.eyJi.c2ln" });
  });

  test.each<[string, Record<string, string>, RegExp]>([
    [
      "two keys",
      { OKTA_PRIVATE_KEY: RSA_PEM, OKTA_PRIVATE_KEY_FILE: "/k", OKTA_KEY_ID: "k" },
      /OKTA_PRIVATE_KEY and OKTA_PRIVATE_KEY_FILE are both set/,
    ],
    [
      "a token and a key",
      { OKTA_ACCESS_TOKEN: "eyJh.eyJi.c2ln", OKTA_PRIVATE_KEY: RSA_PEM, OKTA_KEY_ID: "k" },
      /OKTA_ACCESS_TOKEN and OKTA_PRIVATE_KEY are both set/,
    ],
    [
      "a key without its id",
      { OKTA_PRIVATE_KEY: RSA_PEM },
      /OKTA_PRIVATE_KEY: The private key has no key id\. Set OKTA_KEY_ID/,
    ],
    ["an id without its key", { OKTA_KEY_ID: "k1" }, /OKTA_KEY_ID is set without a private key/],
    [
      "an unreadable key",
      { OKTA_PRIVATE_KEY: "nonsense-hunter2", OKTA_KEY_ID: "k" },
      /OKTA_PRIVATE_KEY: The private key is neither PEM nor a JWK/,
    ],
    [
      "a file that is not there",
      { OKTA_PRIVATE_KEY_FILE: join(folder, "absent.pem"), OKTA_KEY_ID: "k" },
      /OKTA_PRIVATE_KEY_FILE cannot be read: .*there is no such file/,
    ],
    ["a folder", { OKTA_PRIVATE_KEY_FILE: folder, OKTA_KEY_ID: "k" }, /it is a folder/],
    ["an API token", { OKTA_ACCESS_TOKEN: OPAQUE }, /API token \(SSWS\), not an OAuth access token/],
    ["a token with its scheme", { OKTA_ACCESS_TOKEN: "Bearer eyJhunter2" }, /starts with a scheme/],
  ])("%s: refused", (_name, env, reason) => {
    const problems = problemsOf(env);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(reason);
    expect(problems.join()).not.toMatch(/hunter2|MII|00aBc/);
  });

  test("an encrypted key is refused by that name, in a file too", () => {
    const { privateKey } = newKeyPair({ type: "rsa", modulusLength: 2048 });
    const pem = privateKey.export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "x" }).toString();
    const file = fileWith("encrypted.pem", pem);
    expect(problemsOf({ OKTA_PRIVATE_KEY_FILE: file, OKTA_KEY_ID: "k" })[0]).toMatch(/encrypted with a passphrase/);
    expect(problemsOf({ OKTA_PRIVATE_KEY_FILE: fileWith("empty.pem", "\n") })[0]).toMatch(/names an empty file/);
  });

  test("a key file that others can read is used, with a notice", (context) => {
    skipUnless(context, process.platform !== "win32", "Windows has no modes of files");
    const file = fileWith("open.pem", RSA_PEM);
    chmodSync(file, 0o644);
    const config = load({ OKTA_PRIVATE_KEY_FILE: file, OKTA_KEY_ID: "k1" });
    expect(config.credential.method).toBe("private-key");
    expect(config.notices[0]).toMatch(/can be read by other users.*chmod 600/);
  });
});

describe("a text as clients and env files hand it over", () => {
  const PLACEHOLDERS = [
    "$" + "{user_config.x}",
    "$" + "{input:kid}",
    "$" + "{VAR}",
    "{{x}}",
    "$VAR",
    "%VAR%",
    "<value>",
  ];

  test.each(SETTING_KEYS)("names the placeholder in %s, whichever it is, and nothing else", (key) => {
    for (const placeholder of PLACEHOLDERS) {
      const { env } = SETTINGS[key];
      const besides: Record<string, string> =
        key === "keyId" ? { OKTA_PRIVATE_KEY: JSON.stringify({ ...EC_JWK, kid: "k" }) } : {};
      const problems = problemsOf({ [env]: placeholder, ...besides });
      expect(problems, placeholder).toEqual([
        `  - ${env} holds ${placeholder}, a placeholder that nobody has filled in. Put the value itself there, or leave the setting out.`,
      ]);
    }
  });

  test("names all placeholders at once, and what is missing besides", () => {
    const [ask] = PLACEHOLDERS;
    const problems = problemsOf(
      { OKTA_CLIENT_ID: `${ask}`, OKTA_KEY_ID: `${ask}`, OKTA_ACCESS_TOKEN: `${ask}` },
      {},
      {},
    );
    expect(problems.map((line) => line.slice(4).split(/ (?:is|holds) /)[0])).toEqual([
      "OKTA_ORG_URL",
      "OKTA_SCOPES",
      "OKTA_KEY_ID",
      "OKTA_CLIENT_ID",
      "OKTA_KEY_ID",
      "OKTA_ACCESS_TOKEN",
    ]);
  });

  test.each(['"', "'"])("is taken without a pair of %s around it", (quote) => {
    const file = fileWith("quoted.pem", RSA_PEM);
    const plain = {
      OKTA_ORG_URL: "https://quoted.okta.com",
      OKTA_CLIENT_ID: "0oaQuoted",
      OKTA_SCOPES: "okta.users.read okta.groups.read",
      OKTA_PRIVATE_KEY_FILE: file,
      OKTA_KEY_ID: "k1",
      OKTA_MCP_CONFIRM: "never",
      OKTA_MCP_READ_ONLY: "1",
      OKTA_MCP_TOOLS: "list_*, get_user",
    };
    const quoted = Object.fromEntries(
      Object.entries(plain).map(([name, value]) => [name, `${quote} ${value}${quote} `]),
    );
    expect(load(quoted)).toEqual(load(plain));
    const jwk = JSON.stringify({ ...EC_JWK, kid: "k" });
    expect(load({ OKTA_PRIVATE_KEY: `${quote}${jwk}${quote}` }).credential.method).toBe("private-key");
    expect(load({ OKTA_SCOPES: `${quote}okta.users.read${quote} ${quote}okta.logs.read${quote}` }).scopes).toEqual([
      "okta.users.read",
      "okta.logs.read",
    ]);
    expect(load({ OKTA_LOG_LEVEL: `${quote}${quote}` }).logLevel).toBe("warn");
  });

  test("may be the name of a file with braces", () => {
    for (const name of ["{key}.pem", "key {1}.pem", "a}{b.pem"]) {
      const file = fileWith(name, RSA_PEM);
      expect(load({ OKTA_PRIVATE_KEY_FILE: file, OKTA_KEY_ID: "k1" }).credential.method).toBe("private-key");
      expect(problemsOf({ OKTA_PRIVATE_KEY: file, OKTA_KEY_ID: "k1" })[0]).toMatch(/holds a path instead of a key/);
    }
    const jwk = JSON.stringify(EC_JWK);
    for (const key of [RSA_PEM, jwk, RSA_PEM.replaceAll("\n", "\\n"), Buffer.from(RSA_PEM).toString("base64")]) {
      expect(problemsOf({ OKTA_PRIVATE_KEY_FILE: key, OKTA_KEY_ID: "k1" })[0]).toMatch(
        /holds a key instead of the path/,
      );
    }
  });
});

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { MemoryJournal } from "../../src/journal/memory-journal.js";
import type { Json } from "../../src/json/json.js";
import { createLog } from "../../src/log.js";
import { isSecretName } from "../../src/text/secrets.js";
import { changesIn } from "../journal/support.js";
import { accepts, connect } from "../support/client.js";

/**
 * The names in Okta's OpenAPI documents that sound like secrets, tokens or keys. They are sorted by a decision: a text
 * under the name is always a secret, only in some positions, or never.
 */
const OKTA: { secret: string[]; by_position: string[]; no_secret: string[] } = JSON.parse(
  readFileSync(new URL("../fixtures/okta-names-near-secrets.json", import.meta.url), "utf8"),
);

/** Names under which apps, hooks and people keep secrets. */
const OTHERS = [
  ...["securityToken", "authToken", "bearerToken", "consumerSecret", "tokenEncrypted", "signingSecret", "passphrase"],
  ...["security_token", "AUTH-TOKEN", "BearerToken", "CONSUMER_SECRET", "keystorePassphrase", "private-key", "APIKey"],
  ...[
    "authtoken",
    "clientsecret",
    "apikey",
    "x-api-key",
    "scimBearerToken",
    "oauth2Token",
    "tokenValue",
    "userPassword",
  ],
  ...["password1", "clientSecret2", "secretAccessKey", "aws_secret_access_key", "webhookSecret", "privateKeyPem"],
  ...["sessionCookie", "totpSecret", "adminPasswd", "smtp.password", "db_pwd", "parkingPin", "passwordHash", "apiKeys"],
  ...["recoveryCodes", "backup_code", "securityAnswer", "totpSeed", "auth-key"],
];

/** Names that sound like secrets but hold none. */
const HARMLESS = [
  ...["tokenLifetime", "tokenExpirationMinutes", "token_endpoint_auth_method", "passwordChanged", "passwordHint"],
  ...["keyId", "kid", "publicKey", "secretQuestion", "accessKeyId", "privateKeyId", "tokenType", "pinCode", "spin"],
  ...["keyboard", "monkey", "costCenter", "department", "credentials", "verifier", "passportNumber", "secretary"],
  ...["passwordPolicy", "badgeNumber", "signature", "hash", "resetPassword", "changePassword", "authorizationServer"],
];

const SECRET = "Zq9-secret-value-7Xw";

describe("a name", () => {
  test("of a secret is known in every spelling, by the words that it is made of", () => {
    expect([...OKTA.secret, ...OTHERS].filter((name) => !isSecretName(name))).toEqual([]);
    expect(OKTA.secret.length).toBeGreaterThan(30);
  });

  test("that only sounds like one is not taken for one", () => {
    expect([...OKTA.no_secret, ...OKTA.by_position, ...HARMLESS].filter(isSecretName)).toEqual([]);
    expect(OKTA.no_secret.length).toBeGreaterThan(100);
  });

  test("of any length is read in no time", () => {
    const startedMs = performance.now();
    for (const part of ["a", "A", "aA", "a1", "_", "token_", "private key "]) isSecretName(part.repeat(1_000_000));
    expect(performance.now() - startedMs).toBeLessThan(1000);
  });
});

/** An object with the secret under each of the names. */
const holding = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, SECRET]));

describe("a secret under any of these names", () => {
  const secrets = [...OKTA.secret, ...OTHERS];
  const open = OKTA.no_secret.concat(HARMLESS);

  test("is in no result, preview, journal or log, and what is none is shown", async () => {
    const journal = new MemoryJournal();
    const { get, org, logged } = await connect({ journal, person: accepts });
    const settings = { app: { ...holding(secrets), ...holding(open) } };
    const app = org.addApp({ label: "Keeper", signOnMode: "BOOKMARK", settings });
    const shown = await get("get_application", { app_id: app.id });
    const expected = { ...Object.fromEntries(secrets.map((name) => [name, "[masked]"])), ...holding(open) };
    expect(shown.settings).toEqual({ app: expected });
    const app_config = {
      label: "Other",
      signOnMode: "BOOKMARK",
      settings: { app: { url: "https://x.example", ...holding(secrets) } },
    };
    const preview = await get("create_application", { app_config, dry_run: true });
    await get("create_application", { app_config });
    const kept = JSON.stringify(await changesIn(journal));
    expect(kept).toContain("securityToken");
    for (const text of [JSON.stringify(preview), kept, logged.join("\n")]) expect(text).not.toContain(SECRET);
  });

  test("is in no profile either, whatever attributes an org makes up", async () => {
    const { get, org } = await connect();
    const custom = ["badgeToken", "door_pin", "wifiPassword", "homeAlarmPasscode"];
    const login = { login: "a@acme.example", email: "a@acme.example", firstName: "A", lastName: "B" };
    const user = org.addUser({ profile: { ...login, ...holding(custom), secretary: "Bo" } });
    const masked = Object.fromEntries(custom.map((name) => [name, "[masked]"]));
    expect((await get("get_user", { user_id: user.id })).profile).toEqual({ ...login, ...masked, secretary: "Bo" });
  });

  test("is in no line of the log, as a field or in a text", () => {
    const lines: string[] = [];
    const log = createLog({ level: "trace", stderr: { write: (line) => lines.push(String(line)) > 0 } });
    for (const name of secrets) {
      log.info("field", { [name]: SECRET, inner: { [name]: SECRET } });
      for (const text of [`${name}=${SECRET}`, `{"${name}":"${SECRET}"}`, `${name}: ${SECRET}`]) log.info(text);
    }
    expect(lines.filter((line) => line.includes(SECRET))).toEqual([]);
    log.info("open", holding(open));
    expect(lines.at(-1)?.split(SECRET).length).toBeGreaterThan(100);
  });

  test("is no secret where it is a switch, a number of ours, or an object of settings", async () => {
    const { get, org } = await connect();
    const settings = { password: { age: { maxAgeDays: 1 } }, token: { lifetimeMinutes: 5 }, secret: true };
    const app = org.addApp({ label: "Keeper", signOnMode: "BOOKMARK", settings });
    expect((await get("get_application", { app_id: app.id })).settings).toEqual(settings);
  });
});

describe("a secret by its place", () => {
  test.each<[string, { [key: string]: Json }, object]>([
    ["a password", { password: { value: SECRET } }, { password: { value: "[masked]" } }],
    [
      "the header of a hook",
      { authScheme: { type: "HEADER", key: "authorization", value: SECRET } },
      { authScheme: { type: "HEADER", key: "authorization", value: "[masked]" } },
    ],
    [
      "the answer to a question",
      { profile: { question: "Pet?", answer: SECRET } },
      { profile: { question: "Pet?", answer: "[masked]" } },
    ],
    ["one of several", { tokens: [SECRET, SECRET] }, { tokens: ["[masked]", "[masked]"] }],
    [
      "a private key with further primes",
      { keys: [{ kty: "RSA", n: "n", e: "AQAB", d: SECRET, oth: [{ r: SECRET, d: SECRET, t: SECRET }] }] },
      { keys: [{ kty: "RSA", n: "n", e: "AQAB", d: "[masked]", oth: "[masked]" }] },
    ],
    [
      "a private key with further primes, deeper",
      { jwk: { kty: "RSA", oth: { more: [{ deep: { r: SECRET } }] } } },
      { jwk: { kty: "RSA", oth: "[masked]" } },
    ],
    ["nothing of a key", { oth: [{ r: "r" }], d: "d" }, { oth: [{ r: "r" }], d: "d" }],
  ])("%s", async (_what, settings, expected) => {
    const journal = new MemoryJournal();
    const { get, org } = await connect({ journal, person: accepts });
    const app = org.addApp({ label: "Keeper", signOnMode: "BOOKMARK", settings: { app: settings } });
    expect((await get("get_application", { app_id: app.id })).settings).toEqual({ app: expected });
    await get("create_application", {
      app_config: {
        label: "Other",
        signOnMode: "BOOKMARK",
        settings: { app: { url: "https://x.example", ...settings } },
      },
    });
    expect(JSON.stringify(await changesIn(journal))).not.toContain(SECRET);
  });
});

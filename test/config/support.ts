import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect } from "vitest";
import { newKeyPair } from "../../src/checks/key-pair.js";
import { type Config, loadConfig, type SettingSource } from "../../src/config/config.js";
import { OktaMcpError } from "../../src/errors/index.js";

/** The settings that every test has. */
export const BASE = {
  OKTA_ORG_URL: "https://acme.okta.com",
  OKTA_CLIENT_ID: "0oa1b2c3",
  OKTA_SCOPES: "okta.users.read",
};
export const RSA_PEM = newKeyPair({ type: "rsa", modulusLength: 2048 })
  .privateKey.export({ type: "pkcs8", format: "pem" })
  .toString();

/** An opaque token, as Okta's refresh tokens and API tokens look. */
export const OPAQUE = "00aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789abcd";

/** Prepares a folder for the tests of one file. Returns it with a function that writes a private file there. */
export function configFolder() {
  const folder = mkdtempSync(join(tmpdir(), "okta-mcp-config-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  function fileWith(name: string, text: string): string {
    const path = join(folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  }
  return { folder, fileWith };
}

/** Loads the settings of a test. */
export function load(env: Record<string, string>, flags: SettingSource["flags"] = {}): Config {
  return loadConfig({ flags, env: { ...BASE, ...env } });
}

/** The problems that the one message lists, one per line; fails when the settings are valid. */
export function problemsOf(
  env: Record<string, string>,
  flags: SettingSource["flags"] = {},
  base: object = BASE,
): string[] {
  try {
    loadConfig({ flags, env: { ...base, ...env } });
  } catch (error) {
    if (!(error instanceof OktaMcpError)) throw error;
    expect(error).toMatchObject({ code: "bad_config", exitCode: 2 });
    return error.message.split("\n").filter((line) => line.startsWith("  - "));
  }
  throw new Error("The settings were accepted.");
}

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { SERVICE_CLIENT_ID } from "../../sandbox/facts.js";
import { startSandbox } from "../../sandbox/server.js";
import { newKeyPair } from "../../src/checks/key-pair.js";
import { testAuthorization } from "./authorization.js";
import { runCli, temporaryFolder } from "./cli.js";

/**
 * Opens an org in which a service app signs in with its key. `dpopRequired` decides if tokens are bound to the key.
 * Returns also the settings of a command for the org.
 */
export async function openServiceOrg({ dpopRequired = true } = {}) {
  const { privateKey, publicKey } = newKeyPair({ type: "rsa", modulusLength: 2048 });
  const jwk = { ...publicKey.export({ format: "jwk" }), kty: "RSA", kid: "ci", use: "sig" };
  const sandbox = await startSandbox({
    authorization: testAuthorization({ serviceClient: { jwks: { keys: [jwk] }, dpopRequired } }),
  });
  onTestFinished(sandbox.close);
  const home = temporaryFolder();
  const file = join(home, "key.pem");
  writeFileSync(file, privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
  const env = {
    HOME: home,
    OKTA_ORG_URL: sandbox.origin,
    OKTA_CLIENT_ID: SERVICE_CLIENT_ID,
    OKTA_SCOPES: "okta.users.read okta.groups.manage",
    OKTA_PRIVATE_KEY_FILE: file,
    OKTA_KEY_ID: "ci",
    OKTA_MCP_TOKEN_STORE: "auto",
  };
  const tokens = () => sandbox.requests.filter(({ path }) => path === "/oauth2/v1/token").length;
  const cli = (args: string[], input: string | Uint8Array = "", more: Record<string, string> = {}) =>
    runCli(args, { env: { ...env, ...more }, input });
  return { sandbox, home, env, cli, tokens };
}

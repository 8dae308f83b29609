import { type Config, loadConfig, type Need, type SettingSource } from "../config/config.js";
import { SETTING_KEYS, SETTINGS, type SettingKey } from "../config/settings.js";
import { SCOPES } from "../okta/scopes.js";
import { usageError } from "./failure.js";

/** The settings that name an org and a sign-in. The sandbox brings its own. */
const OF_THE_ORG: ReadonlySet<SettingKey> = new Set([
  "orgUrl",
  "clientId",
  "privateKey",
  "privateKeyFile",
  "keyId",
  "accessToken",
  "tokenStore",
]);

/** The sign-in to the sandbox: with a token that is there already, or as a person signs in. */
export type SandboxSignIn = "ready" | "person";

/** A sandbox inside this process, and the settings with which to use it. */
export interface SandboxOrg {
  config: Config;
  origin: string;
  close(): Promise<void>;
}

/**
 * Starts a sandbox. It takes over the person's other settings: scopes (all, where none are named), log, limits.
 * @throws OktaMcpError bad_input when flags name another org as well; bad_config as `loadConfig`
 */
export async function startSandboxOrg(
  { flags, env, tools, apis }: SettingSource,
  signIn: SandboxSignIn,
  needs: readonly Need[],
): Promise<SandboxOrg> {
  const clash = SETTING_KEYS.find((key) => OF_THE_ORG.has(key) && flags[key] !== undefined);
  if (clash) {
    const flag = (SETTINGS[clash] as { flag?: string }).flag?.split(" ")[0] ?? clash;
    throw usageError(
      `--sandbox brings its own org and sign-in, so ${flag} has no place beside it.`,
      `Leave out --sandbox or ${flag}.`,
    );
  }
  const [{ startSandbox }, { orgAuthorization }, { DEVICE_CLIENT_ID }] = await Promise.all([
    import("../../sandbox/server.js"),
    import("../../sandbox/org-authorization.js"),
    import("../../sandbox/facts.js"),
  ]);
  const replaced = new Set(SETTING_KEYS.filter((key) => OF_THE_ORG.has(key)).map((key): string => SETTINGS[key].env));
  const sandboxEnv = Object.fromEntries(Object.entries(env).filter(([name]) => !replaced.has(name)));
  const everyScope = Object.keys(SCOPES).join(" ");
  const sandbox = await startSandbox({ authorization: orgAuthorization({ deviceIntervalSeconds: 1 }) });
  try {
    const scopes = flags.scopes || sandboxEnv.OKTA_SCOPES?.trim() || everyScope;
    const source = {
      flags: { ...flags, orgUrl: sandbox.origin, clientId: DEVICE_CLIENT_ID, scopes, tokenStore: "memory" },
      env: sandboxEnv,
      tools,
      apis,
    };
    const config = loadConfig(source, needs);
    if (signIn === "ready") {
      const token = await sandbox.authorization.control.issueAccessToken(config.scopes);
      config.credential = { method: "access-token", token };
    }
    return { config, origin: sandbox.origin, close: sandbox.close };
  } catch (error) {
    await sandbox.close();
    throw error;
  }
}

import { expect } from "vitest";
import type { OrgAuthorizationOptions } from "../../sandbox/org-authorization.js";
import { type CliResult, runCli, temporaryFolder } from "../support/cli.js";
import { APPROVED, openCliOrg } from "../support/cli-org.js";

export const SCOPES = "okta.users.manage okta.groups.manage okta.logs.read";

/** Opens a sandbox that approves every device sign-in at once. `cli` runs a command of a person who uses it. */
export async function openOrg(options: OrgAuthorizationOptions = {}) {
  const opened = await openCliOrg({ scopes: SCOPES.split(" "), ...APPROVED, ...options });
  const home = temporaryFolder();
  const env = {
    ...opened.env,
    HOME: home,
    OKTA_MCP_TOKEN_STORE: "file",
  };
  const cli = (args: string[], more: Record<string, string> = {}) => runCli(args, { env: { ...env, ...more } });
  return { sandbox: opened.sandbox, home, env, cli };
}

export function json({ stdout, stderr }: CliResult): ReturnType<typeof JSON.parse> {
  expect(stdout.trim().split("\n"), stderr).toHaveLength(1);
  return JSON.parse(stdout);
}

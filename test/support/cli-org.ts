import { onTestFinished } from "vitest";
import { DEVICE_CLIENT_ID } from "../../sandbox/facts.js";
import type { OrgAuthorizationOptions } from "../../sandbox/org-authorization.js";
import { startSandbox } from "../../sandbox/server.js";
import { testAuthorization } from "./authorization.js";

export interface CliOrgOptions extends OrgAuthorizationOptions {
  /** The value of `OKTA_SCOPES`. */
  scopes: readonly string[];
  /** The scopes that the token of `signedIn` grants. The default is `scopes`. */
  granted?: readonly string[];
  /** The same option as for `startSandbox`. The default is the company. */
  seed?: number | null;
}

/**
 * Opens a sandbox that is closed when the test is over. Returns it with two environments for a command: `env` of a
 * person who may sign in, and `signedIn` with a token.
 */
export async function openCliOrg({ scopes, granted = scopes, seed, ...authorization }: CliOrgOptions) {
  const sandbox = await startSandbox({
    ...(seed !== undefined && { seed }),
    authorization: testAuthorization(authorization),
  });
  onTestFinished(sandbox.close);
  const env = { OKTA_ORG_URL: sandbox.origin, OKTA_CLIENT_ID: DEVICE_CLIENT_ID, OKTA_SCOPES: scopes.join(" ") };
  const signedIn = { ...env, OKTA_ACCESS_TOKEN: await sandbox.authorization.control.issueAccessToken(granted) };
  return { sandbox, org: sandbox.org, env, signedIn };
}

/** The options with which a device sign-in is allowed at once. */
export const APPROVED = { autoApprove: true, deviceIntervalSeconds: 0 } as const;

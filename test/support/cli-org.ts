import { onTestFinished } from "vitest";
import { DEVICE_CLIENT_ID } from "../../sandbox/facts.js";
import type { OrgAuthorizationOptions } from "../../sandbox/org-authorization.js";
import { startSandbox } from "../../sandbox/server.js";
import { testAuthorization } from "./authorization.js";

export interface CliOrgOptions extends OrgAuthorizationOptions {
  /** `OKTA_SCOPES`. */
  scopes: readonly string[];
  /** What the token of `signedIn` grants; by default the scopes. */
  granted?: readonly string[];
  /** As for `startSandbox`; by default the company. */
  seed?: number | null;
}

/**
 * A sandbox, and the settings with which a command uses it: `env` of a person who may sign in, `signedIn` with a
 * token. Gone when the test is over.
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

/** How a device sign-in is allowed at once. */
export const APPROVED = { autoApprove: true, deviceIntervalSeconds: 0 } as const;

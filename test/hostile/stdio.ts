import { openCliOrg } from "../support/cli-org.js";
import { ALL_SCOPES } from "../support/client.js";

/** Opens a sandbox and returns the settings with which a command is signed in to it. */
export async function openOrg() {
  const { sandbox, org, signedIn } = await openCliOrg({ scopes: ALL_SCOPES, seed: null, deviceIntervalSeconds: 1 });
  return { sandbox, org, env: signedIn };
}

import { onTestFinished } from "vitest";
import { DEVICE_CLIENT_ID } from "../../src/sandbox/facts.js";
import { startSandbox } from "../../src/sandbox/server.js";
import { testAuthorization } from "../support/authorization.js";
import { ALL_SCOPES } from "../support/client.js";

/** A sandbox, and the settings with which a command is signed in to it. */
export async function openOrg() {
  const sandbox = await startSandbox({ seed: null, authorization: testAuthorization({ deviceIntervalSeconds: 1 }) });
  onTestFinished(sandbox.close);
  const env = {
    OKTA_ORG_URL: sandbox.origin,
    OKTA_CLIENT_ID: DEVICE_CLIENT_ID,
    OKTA_SCOPES: ALL_SCOPES.join(" "),
    OKTA_ACCESS_TOKEN: await sandbox.authorization.control.issueAccessToken(ALL_SCOPES),
  };
  return { sandbox, org: sandbox.org, env };
}

import { SIGN_IN_SCOPES } from "../okta/scopes.js";
import { type BegunSignIn, LinkSession } from "./link-session.js";
import { openOAuthClient } from "./open-oauth-client.js";
import type { SessionParts } from "./session-parts.js";
import { type Keeping, SignInVault } from "./sign-in-vault.js";

/** A session of a person who signs in with the device grant (RFC 8628). */
export class DeviceSession extends LinkSession {
  constructor(parts: SessionParts, keeping: Keeping) {
    const { orgUrl, clientId, log, configured } = parts;
    super({
      parts,
      method: "device",
      asked: [...new Set([...SIGN_IN_SCOPES, ...configured])],
      vault: new SignInVault({ ...keeping, key: { orgUrl, clientId }, log }),
      openClient: () => openOAuthClient(parts),
    });
  }

  protected override async begin(signal: AbortSignal): Promise<BegunSignIn> {
    const { now, sleep } = this.parts;
    const { startDeviceGrant } = await import("./device-grant.js");
    const client = await this.openClient();
    const context = this.context("The sign-in");
    const { authorization, expiresAtMs, poll } = await startDeviceGrant({ client, context, now, sleep, signal });
    const { verificationUri, verificationUriComplete, userCode } = authorization;
    return {
      verificationUri,
      verificationUriComplete,
      userCode,
      expiresAtMs,
      finish: async (keep) => keep(await poll()),
    };
  }
}

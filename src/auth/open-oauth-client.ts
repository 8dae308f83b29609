import type { OAuthClient } from "./oauth-client.js";
import type { PrivateKey } from "./private-key.js";
import { ServerClock } from "./server-clock.js";
import type { SessionParts } from "./session.js";

/** Opens the app's client of the authorization server. The OAuth libraries are loaded here and not before. */
export async function openOAuthClient(parts: SessionParts, privateKey?: PrivateKey): Promise<OAuthClient> {
  const { OAuthClient } = await import("./oauth-client.js");
  const { orgUrl, clientId, fetch, requestTimeoutMs, now } = parts;
  return new OAuthClient({
    orgUrl,
    clientId,
    privateKey,
    fetch,
    timeoutMs: requestTimeoutMs,
    clock: new ServerClock(now),
  });
}

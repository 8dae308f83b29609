import type { Log } from "../log.js";
import type { Sleep } from "../net/waiting.js";
import type { OAuthClient } from "./oauth-client.js";
import { withRetries } from "./retry.js";

/** A token, and of which sort it is. */
export interface Revocable {
  token: string;
  hint: "access_token" | "refresh_token";
}

/**
 * Revokes tokens (RFC 7009), each once, and tries again where a failure may pass.
 * @returns true when Okta has revoked all of these
 */
export async function revokeAll(
  tokens: readonly Revocable[],
  openClient: () => Promise<OAuthClient>,
  { sleep, log }: { sleep: Sleep; log: Log },
): Promise<boolean> {
  if (tokens.length === 0) return true;
  const client = await openClient().catch((error: unknown) => {
    log.warn("Tokens could not be revoked: their server cannot be asked.", { why: error });
  });
  if (!client) return false;
  const each = new Map(tokens.map(({ token, hint }) => [token, hint]));
  const revocations = [...each].map(([token, hint]) => withRetries(() => client.revoke(token, hint), sleep));
  const outcomes = await Promise.allSettled(revocations);
  for (const outcome of outcomes) {
    if (outcome.status === "rejected") log.warn("A token could not be revoked.", { why: outcome.reason });
  }
  return outcomes.every(({ status }) => status === "fulfilled");
}

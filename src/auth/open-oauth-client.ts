import type { OAuthClient } from "./oauth-client.js";
import type { PrivateKey } from "./private-key.js";
import type { ProofKey } from "./proof-key.js";
import type { SessionParts } from "./session-parts.js";
import type { StoredSignIn } from "./stored-sign-in.js";

/** Opens the app's client of the authorization server. The OAuth libraries are loaded here and not before. */
export async function openOAuthClient(parts: SessionParts, privateKey?: PrivateKey): Promise<OAuthClient> {
  const { OAuthClient } = await import("./oauth-client.js");
  const { orgUrl, clientId, fetch, requestTimeoutMs, clock } = parts;
  return new OAuthClient({
    orgUrl,
    clientId,
    privateKey,
    fetch,
    timeoutMs: requestTimeoutMs,
    clock,
  });
}

/**
 * The key that stored tokens are bound to; undefined for Bearer tokens.
 * @param known the key in use, which is taken where it is the same: it has learned the org's nonces
 * @throws when what is stored is no key
 */
export async function storedProofKey(
  { proofKey: jwk }: Pick<StoredSignIn, "proofKey">,
  known: ProofKey | undefined,
  openClient: () => Promise<OAuthClient>,
): Promise<ProofKey | undefined> {
  if (!jwk || known?.is(jwk)) return jwk && known;
  const [{ ProofKey }, { clock }] = await Promise.all([import("./proof-key.js"), openClient()]);
  return ProofKey.fromJwk(jwk, clock);
}

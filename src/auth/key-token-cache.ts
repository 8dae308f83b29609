import { randomUUID } from "node:crypto";
import { covers } from "../okta/scopes.js";
import { isOver } from "./lifetime.js";
import type { Grant } from "./oauth-client.js";
import { fingerprint, type PrivateKey } from "./private-key.js";
import type { SessionParts } from "./session-parts.js";
import { type Keeping, SignInVault } from "./sign-in-vault.js";
import type { StoredSignIn } from "./stored-sign-in.js";

/**
 * Keeps the token of a service app from one process to the next, in the store for sign-ins. There is one place for an
 * org and client. A token of another key or of other scopes is replaced, so that no token is left that a sign-out would
 * not find. An error of the store is logged, and costs a new token but no call.
 */
export class KeyTokenCache {
  readonly #vault: SignInVault;
  readonly #parts: SessionParts;
  readonly #signedBy: string;
  #warned = false;

  constructor(parts: SessionParts, key: PrivateKey, keeping: Keeping) {
    const { orgUrl, clientId, log } = parts;
    this.#parts = parts;
    this.#signedBy = fingerprint(key);
    this.#vault = new SignInVault({ ...keeping, key: { orgUrl, clientId, method: "private-key" }, log });
  }

  /** The place of the token, in words. */
  kept(): Promise<string> {
    return this.#vault.kept();
  }

  /** The stored token, if it belongs to this key and these scopes and has not run out. Never rejects. */
  async read(): Promise<StoredSignIn | undefined> {
    const kept = await this.readAny();
    return kept && this.#fits(kept) ? kept : undefined;
  }

  /** The stored token, even if it cannot be used. Never rejects. */
  async readAny(): Promise<StoredSignIn | undefined> {
    try {
      return (await this.#vault.read()).signIn;
    } catch (error) {
      if (!this.#warned) {
        this.#parts.log.warn("A token of the app that was kept cannot be read; it gets a new one.", { why: error });
      }
      this.#warned = true;
      return undefined;
    }
  }

  /** Stores a new token, unless its end is unknown, or scopes are missing that may be granted soon. */
  async write({ accessToken, scopes, proofKey }: Grant, obtainedAtMs: number, expiresAtMs: number | undefined) {
    const { orgUrl, clientId, configured } = this.#parts;
    const askedScopes = [...configured];
    const grantedScopes = scopes ?? askedScopes;
    const granted = new Set(grantedScopes);
    if (expiresAtMs === undefined || !askedScopes.every((scope) => covers(granted, scope))) return;
    const signIn: StoredSignIn = {
      version: 1,
      orgUrl,
      clientId,
      signInId: randomUUID(),
      signedBy: this.#signedBy,
      askedScopes,
      grantedScopes,
      accessToken,
      proofKey: proofKey?.toJwk(),
      obtainedAtMs,
      expiresAtMs,
    };
    await this.#vault.write(signIn, { usedUp: true });
  }

  /** Removes the stored token. @throws OktaMcpError bad_config when that fails */
  remove(): Promise<void> {
    return this.#vault.remove();
  }

  /** Removes a token that Okta refused. Never rejects: whoever finds it is refused once more. */
  async drop(): Promise<void> {
    await this.#vault.remove().catch((error: unknown) => {
      this.#parts.log.warn("A token of the app that Okta refuses could not be removed.", { why: error });
    });
  }

  /** Runs `action` while no other process asks for a token of this app; see `SignInVault.locked`. */
  locked<T>(action: () => Promise<T>): Promise<T> {
    return this.#vault.locked(action);
  }

  #fits(kept: StoredSignIn): boolean {
    const { configured, now } = this.#parts;
    const asked = new Set(kept.askedScopes);
    // A token from the future was stored under a wrong clock, so its end is wrong too.
    const isDated = kept.expiresAtMs !== undefined && kept.obtainedAtMs <= now();
    const isSame = asked.size === configured.size && [...configured].every((scope) => asked.has(scope));
    return kept.signedBy === this.#signedBy && isSame && isDated && !isOver(kept, now());
  }
}

import { OktaMcpError } from "../errors/index.js";
import { cancelled, untilAborted } from "../net/waiting.js";
import type { AccessToken } from "../okta/token.js";
import { OrgToken } from "./access-token.js";
import { KeyTokenCache } from "./key-token-cache.js";
import { isDue, isOver, type Lifetime } from "./lifetime.js";
import { Listeners } from "./listeners.js";
import type { Grant, OAuthClient } from "./oauth-client.js";
import { type FailureContext, OAuthFailure } from "./oauth-failure.js";
import { openOAuthClient, storedProofKey } from "./open-oauth-client.js";
import type { PrivateKey } from "./private-key.js";
import { withRetries } from "./retry.js";
import { type Revocable, revokeAll } from "./revoke-all.js";
import type { PendingSignIn, Session, SessionStatus } from "./session.js";
import type { Credential, SessionParts } from "./session-parts.js";
import type { Keeping } from "./sign-in-vault.js";

interface Current {
  /** The value of the token, for its revocation. */
  value: string;
  token: OrgToken;
  scopes: ReadonlySet<string>;
  lifetime: Lifetime;
  /** True where Okta refused it. */
  rejected: boolean;
}

/**
 * A session of a service app that proves its identity with its private key (RFC 7523). It keeps its token for other
 * processes only where the settings name a lasting store.
 */
export class KeySession implements Session {
  readonly method: "private-key" | "role-app";
  readonly configured: ReadonlySet<string>;
  readonly #parts: SessionParts;
  readonly #context: FailureContext;
  readonly #listeners = new Listeners();
  readonly #closed = new AbortController();
  readonly #privateKey: PrivateKey;
  readonly #cache: KeyTokenCache | undefined;
  #client: Promise<OAuthClient> | undefined;
  #current: Current | undefined;
  #obtaining: Promise<OrgToken> | undefined;

  constructor(
    parts: SessionParts,
    { key: privateKey, isOfRole }: Pick<Extract<Credential, { key: PrivateKey }>, "key" | "isOfRole">,
    keeping: Keeping,
  ) {
    this.method = isOfRole ? "role-app" : "private-key";
    const { orgUrl, clientId, configured } = parts;
    this.configured = configured;
    this.#parts = parts;
    this.#privateKey = privateKey;
    // `auto` finds a keychain by itself. That is no request to keep the app's token there.
    const isKept = keeping.kind === "file" || keeping.kind === "keychain";
    this.#cache = isKept ? new KeyTokenCache(parts, privateKey, keeping) : undefined;
    this.#context = { orgUrl, clientId, method: this.method, scopes: [...configured], what: "The app's sign-in" };
  }

  async token(signal?: AbortSignal): Promise<AccessToken> {
    if (signal?.aborted || this.#closed.signal.aborted) throw cancelled("The call");
    const usable = this.#usable();
    if (usable) return usable;
    this.#obtaining ??= this.#obtain().finally(() => {
      this.#obtaining = undefined;
    });
    return untilAborted(this.#obtaining, signal, "Waiting for the app's sign-in");
  }

  reject(token: AccessToken): void {
    if (this.#current?.token === token) this.#current.rejected = true;
  }

  granted(): ReadonlySet<string> | undefined {
    return this.#current?.scopes;
  }

  async restore(): Promise<void> {
    if (!this.#usable()) await this.#takeOver();
  }

  async startSignIn(): Promise<PendingSignIn> {
    throw new OktaMcpError("bad_config", "With a private key set the app signs in by itself; no person is asked.", {
      fix: "To sign in as a person, take OKTA_PRIVATE_KEY and OKTA_PRIVATE_KEY_FILE out of the settings.",
    });
  }

  async signOut(): Promise<{ revoked: boolean }> {
    await this.#obtaining?.catch(() => {});
    const values = this.#cache ? await this.#forgetKept(this.#cache) : this.#forget();
    const tokens = values.map((token): Revocable => ({ token, hint: "access_token" }));
    return { revoked: await revokeAll(tokens, () => this.#openClient(), this.#parts) };
  }

  async status(): Promise<SessionStatus> {
    const { orgUrl, clientId, now } = this.#parts;
    const current = this.#current && !isOver(this.#current.lifetime, now()) ? this.#current : undefined;
    return {
      org: orgUrl,
      clientId,
      method: this.method,
      signedIn: current !== undefined,
      user: undefined,
      configuredScopes: [...this.configured],
      grantedScopes: current && [...current.scopes],
      expiresAtMs: current?.lifetime.expiresAtMs,
      tokenKept: (await this.#cache?.kept()) ?? "nowhere: the app gets a new one with its private key",
      outlives: this.#cache !== undefined,
      renewable: true,
    };
  }

  onChange(listener: () => void): () => void {
    return this.#listeners.add(listener);
  }

  close(): void {
    this.#closed.abort();
    this.#listeners.clear();
  }

  #usable(): OrgToken | undefined {
    const current = this.#current;
    return current && !current.rejected && !isDue(current.lifetime, this.#parts.now()) ? current.token : undefined;
  }

  /** A token that another process has got, or a new one. Only one process at a time asks for a new one. */
  async #obtain(): Promise<OrgToken> {
    const cache = this.#cache;
    if (!cache) return this.#exchange();
    await this.#takeOver();
    const usable = this.#usable();
    if (usable) return usable;
    return cache.locked(async () => {
      await this.#takeOver();
      const got = this.#usable();
      if (got) return got;
      // The stored token is of no use to anybody: Okta refused it, or it belongs to other settings.
      if (this.#current?.rejected) await cache.drop();
      return this.#exchange();
    });
  }

  /** Takes over the token in the store, where it is another one than this session's, and not older. */
  async #takeOver(): Promise<void> {
    const kept = await this.#cache?.read();
    const current = this.#current;
    if (!kept || kept.accessToken === current?.value) return;
    if (current && kept.obtainedAtMs < current.lifetime.obtainedAtMs) return;
    const { orgUrl, log } = this.#parts;
    const { accessToken: value, grantedScopes: scopes, expiresAtMs } = kept;
    try {
      const proofKey = await storedProofKey(kept, undefined, () => this.#openClient());
      const token = new OrgToken(orgUrl, { value, scopes, expiresAtMs, proofKey });
      this.#set({ value, token, scopes: new Set(scopes), lifetime: kept, rejected: false });
    } catch (error) {
      log.warn("The token of the app that was kept is damaged; it is not used.", { why: error });
    }
  }

  #forget(): string[] {
    const values = this.#current ? [this.#current.value] : [];
    this.#set(undefined);
    return values;
  }

  /** The store comes first, so that an org which does not answer cannot keep the token alive on this machine. */
  #forgetKept(cache: KeyTokenCache): Promise<string[]> {
    return cache.locked(async () => {
      const kept = await cache.readAny();
      await cache.remove();
      return [...this.#forget(), ...(kept ? [kept.accessToken] : [])];
    });
  }

  async #exchange(): Promise<OrgToken> {
    const { now, sleep, log } = this.#parts;
    const { signal } = this.#closed;
    try {
      const client = await this.#openClient();
      const scopes = [...this.configured];
      const grant = await withRetries(() => client.clientCredentials(scopes, signal), sleep, signal);
      return await this.#accept(grant);
    } catch (error) {
      if (!(error instanceof OAuthFailure)) throw error;
      const current = this.#current;
      if (error.passing && current && !current.rejected && !isOver(current.lifetime, now())) {
        log.warn("A new token could not be had in advance; the present one is used to its end.", {
          why: error.message,
        });
        return current.token;
      }
      const { explain } = await import("./explain-failure.js");
      throw explain(error, this.#context);
    }
  }

  async #accept(grant: Grant): Promise<OrgToken> {
    const { orgUrl, now } = this.#parts;
    const { accessToken, scopes, expiresInMs, proofKey } = grant;
    // RFC 6749, section 5.1: without `scope` in the answer, the scopes are those that were asked for.
    const granted = scopes ?? [...this.configured];
    const obtainedAtMs = now();
    const expiresAtMs = expiresInMs === undefined ? undefined : obtainedAtMs + expiresInMs;
    const token = new OrgToken(orgUrl, { value: accessToken, scopes: granted, expiresAtMs, proofKey });
    const lifetime = { obtainedAtMs, expiresAtMs };
    this.#set({ value: accessToken, token, scopes: new Set(granted), lifetime, rejected: false });
    await this.#cache?.write(grant, obtainedAtMs, expiresAtMs);
    return token;
  }

  #set(current: Current | undefined): void {
    this.#current = current;
    this.#listeners.notify();
  }

  #openClient(): Promise<OAuthClient> {
    this.#client ??= openOAuthClient(this.#parts, this.#privateKey);
    return this.#client;
  }
}

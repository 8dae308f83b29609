import { OktaMcpError } from "../errors/index.js";
import { OrgToken } from "./access-token.js";
import { isDue, isOver, type Lifetime } from "./lifetime.js";
import { Listeners } from "./listeners.js";
import type { Grant, OAuthClient } from "./oauth-client.js";
import { explain, type FailureContext, OAuthFailure } from "./oauth-failure.js";
import { openOAuthClient } from "./open-oauth-client.js";
import type { PrivateKey } from "./private-key.js";
import { withRetries } from "./retry.js";
import type { SessionParts } from "./session.js";
import type { AccessToken, PendingSignIn, Session, SessionStatus } from "./token-source.js";
import { cancelled, untilAborted } from "./waiting.js";

interface Current {
  /** Also kept as it is, to be revoked. */
  value: string;
  token: OrgToken;
  scopes: ReadonlySet<string>;
  lifetime: Lifetime;
  /** Okta did not accept it any more. */
  rejected: boolean;
}

/** A session in which a service app proves itself by its private key (RFC 7523). Keeps nothing on this machine. */
export class KeySession implements Session {
  readonly method = "private-key";
  readonly configured: ReadonlySet<string>;
  readonly #parts: SessionParts;
  readonly #context: FailureContext;
  readonly #listeners = new Listeners();
  readonly #closed = new AbortController();
  readonly #privateKey: PrivateKey;
  #client: Promise<OAuthClient> | undefined;
  #current: Current | undefined;
  #exchanging: Promise<OrgToken> | undefined;

  constructor(parts: SessionParts, privateKey: PrivateKey) {
    const { orgUrl, clientId, configured } = parts;
    this.configured = configured;
    this.#parts = parts;
    this.#privateKey = privateKey;
    this.#context = { orgUrl, clientId, method: this.method, scopes: [...configured], what: "The app's sign-in" };
  }

  async token(signal?: AbortSignal): Promise<AccessToken> {
    if (signal?.aborted || this.#closed.signal.aborted) throw cancelled("The call");
    const current = this.#current;
    if (current && !current.rejected && !isDue(current.lifetime, this.#parts.now())) return current.token;
    this.#exchanging ??= this.#exchange().finally(() => {
      this.#exchanging = undefined;
    });
    return untilAborted(this.#exchanging, signal, "Waiting for the app's sign-in");
  }

  reject(token: AccessToken): void {
    if (this.#current?.token === token) this.#current.rejected = true;
  }

  granted(): ReadonlySet<string> | undefined {
    return this.#current?.scopes;
  }

  async restore(): Promise<void> {}

  async startSignIn(): Promise<PendingSignIn> {
    throw new OktaMcpError("bad_config", "With a private key set the app signs in by itself; no person is asked.", {
      fix: "To sign in as a person, take OKTA_PRIVATE_KEY and OKTA_PRIVATE_KEY_FILE out of the settings.",
    });
  }

  async signOut(): Promise<{ revoked: boolean }> {
    const { sleep } = this.#parts;
    await this.#exchanging?.catch(() => {});
    const current = this.#current;
    if (!current) return { revoked: true };
    this.#set(undefined);
    try {
      const client = await this.#openClient();
      await withRetries(() => client.revoke(current.value, "access_token"), sleep);
      return { revoked: true };
    } catch (error) {
      if (error instanceof OAuthFailure) return { revoked: false };
      throw error;
    }
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
      tokenKept: "nowhere: the app gets a new one with its private key",
      outlives: false,
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

  async #exchange(): Promise<OrgToken> {
    const { now, sleep, log } = this.#parts;
    const { signal } = this.#closed;
    try {
      const client = await this.#openClient();
      const scopes = [...this.configured];
      const grant = await withRetries(() => client.clientCredentials(scopes, signal), sleep, signal);
      return this.#accept(grant);
    } catch (error) {
      if (!(error instanceof OAuthFailure)) throw error;
      const current = this.#current;
      if (error.passing && current && !current.rejected && !isOver(current.lifetime, now())) {
        log.warn("A new token could not be had in advance; the present one is used to its end.", {
          why: error.message,
        });
        return current.token;
      }
      throw explain(error, this.#context);
    }
  }

  #accept({ accessToken, scopes, expiresInMs, proofKey }: Grant): OrgToken {
    const { orgUrl, now } = this.#parts;
    // RFC 6749, section 5.1: no `scope` in the answer means as asked for.
    const granted = scopes ?? [...this.configured];
    const obtainedAtMs = now();
    const expiresAtMs = expiresInMs === undefined ? undefined : obtainedAtMs + expiresInMs;
    const token = new OrgToken(orgUrl, { value: accessToken, scopes: granted, expiresAtMs, proofKey });
    const lifetime = { obtainedAtMs, expiresAtMs };
    this.#set({ value: accessToken, token, scopes: new Set(granted), lifetime, rejected: false });
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

import { OktaMcpError } from "../errors/index.js";
import { cancelled, untilAborted } from "../net/waiting.js";
import type { AccessToken, SignInMethod } from "../okta/token.js";
import { CurrentSignIn } from "./current-sign-in.js";
import { isOver } from "./lifetime.js";
import { Listeners } from "./listeners.js";
import type { OAuthClient } from "./oauth-client.js";
import type { FailureContext } from "./oauth-failure.js";
import { Renewal } from "./renewal.js";
import { type Revocable, revokeAll } from "./revoke-all.js";
import type { PendingSignIn, Session, SessionStatus } from "./session.js";
import type { SessionParts } from "./session-parts.js";
import { signInPlace } from "./sign-in-words.js";
import type { SignInKeeper } from "./store-contract.js";

export interface PersonSessionOptions {
  parts: SessionParts;
  method: SignInMethod;
  /** The scopes that a sign-in asks for. */
  asked: readonly string[];
  vault: SignInKeeper;
  /** Opens the app's client of the authorization server. It is called once. */
  openClient: () => Promise<OAuthClient>;
}

/** A session of a person, whose sign-in is kept and renews itself. How the person signs in is for others to know. */
export abstract class PersonSession implements Session {
  readonly method: SignInMethod;
  readonly configured: ReadonlySet<string>;
  protected readonly parts: SessionParts;
  protected readonly asked: readonly string[];
  protected readonly current: CurrentSignIn;
  protected readonly closed = new AbortController();
  readonly #options: PersonSessionOptions;
  readonly #renewal: Renewal;
  readonly #listeners = new Listeners();
  #client: Promise<OAuthClient> | undefined;

  constructor(options: PersonSessionOptions) {
    const { parts, method, asked, vault } = options;
    this.#options = options;
    this.method = method;
    this.configured = parts.configured;
    this.parts = parts;
    this.asked = asked;
    const openClient = () => this.openClient();
    this.current = new CurrentSignIn({ parts, asked, vault, openClient, onChange: () => this.#listeners.notify() });
    this.#renewal = new Renewal({
      current: this.current,
      parts,
      openClient,
      context: this.context("The renewal of the sign-in"),
      nobody: () => this.nobody(),
    });
  }

  /** @throws OktaMcpError as `Session.startSignIn` */
  abstract startSignIn(signal?: AbortSignal): Promise<PendingSignIn>;

  async token(signal?: AbortSignal): Promise<AccessToken> {
    if (signal?.aborted || this.closed.signal.aborted) throw cancelled("The call");
    return this.current.usable() ?? untilAborted(this.#renewal.run(), signal, "Waiting for a token");
  }

  reject(token: AccessToken): void {
    this.current.reject(token);
  }

  granted(): ReadonlySet<string> | undefined {
    return this.current.ready?.granted;
  }

  async restore(): Promise<void> {
    try {
      await this.current.read();
    } catch (error) {
      this.parts.log.warn("An earlier sign-in could not be read.", { why: error });
    }
  }

  async signOut(): Promise<{ revoked: boolean }> {
    await this.#renewal.settled();
    const signIns = await this.current.forget();
    const tokens = signIns.flatMap(({ refreshToken, accessToken }): Revocable[] => [
      ...(refreshToken === undefined ? [] : [{ token: refreshToken, hint: "refresh_token" } as const]),
      { token: accessToken, hint: "access_token" },
    ]);
    return { revoked: await revokeAll(tokens, () => this.openClient(), this.parts) };
  }

  async status(): Promise<SessionStatus> {
    const { orgUrl, clientId, now } = this.parts;
    const { vault, unfit, ready } = this.current;
    const signIn = ready?.signIn;
    const renewable = signIn?.refreshToken !== undefined;
    return {
      org: orgUrl,
      clientId,
      method: this.method,
      signedIn: signIn !== undefined && (renewable || !isOver(signIn, now())),
      user: signIn?.user,
      subject: signIn?.subject,
      configuredScopes: [...this.configured],
      grantedScopes: signIn && [...signIn.grantedScopes],
      expiresAtMs: signIn?.expiresAtMs,
      tokenKept: await vault.kept(),
      unfit: unfit || undefined,
      outlives: await vault.outlives(),
      renewable,
    };
  }

  onChange(listener: () => void): () => void {
    return this.#listeners.add(listener);
  }

  /** A running renewal goes on to its end. If it were cut off, the only refresh token could be lost. */
  close(): void {
    this.closed.abort();
    this.#listeners.clear();
  }

  /** The error of a call that needs a token, where there is none. */
  protected nobody(): OktaMcpError {
    const { ended, unfit } = this.current;
    const { place, ...advice } = signInPlace(this.parts);
    const message = `Nobody is signed in to ${place}.${unfit ? ` ${unfit}` : ""}`;
    return ended ?? new OktaMcpError("signed_out", message, advice);
  }

  protected context(what: string): FailureContext {
    const { orgUrl, clientId, api } = this.parts;
    return { orgUrl, clientId, method: this.method, scopes: this.asked, what, api: api?.name };
  }

  protected openClient(): Promise<OAuthClient> {
    this.#client ??= this.#options.openClient();
    return this.#client;
  }
}

import { OktaMcpError } from "../errors/index.js";
import { cancelled, untilAborted } from "../net/waiting.js";
import { SIGN_IN_SCOPES } from "../okta/scopes.js";
import type { AccessToken } from "../okta/token.js";
import { CurrentSignIn } from "./current-sign-in.js";
import { isOver } from "./lifetime.js";
import { Listeners } from "./listeners.js";
import type { Grant, OAuthClient } from "./oauth-client.js";
import type { FailureContext } from "./oauth-failure.js";
import { openOAuthClient } from "./open-oauth-client.js";
import { Renewal } from "./renewal.js";
import { type Revocable, revokeAll } from "./revoke-all.js";
import type { PendingSignIn, Session, SessionStatus } from "./session.js";
import type { SessionParts } from "./session-parts.js";
import type { Keeping } from "./sign-in-vault.js";
import { foreignLinkWarning, signInData, signInTarget } from "./sign-in-words.js";

/** A session of a person who signs in with the device grant (RFC 8628). */
export class DeviceSession implements Session {
  readonly method = "device";
  readonly configured: ReadonlySet<string>;
  readonly #parts: SessionParts;
  readonly #asked: readonly string[];
  readonly #current: CurrentSignIn;
  readonly #renewal: Renewal;
  readonly #listeners = new Listeners();
  readonly #closed = new AbortController();
  #client: Promise<OAuthClient> | undefined;
  #starting: Promise<PendingSignIn> | undefined;
  #pending: PendingSignIn | undefined;
  /** Stops the sign-in that is under way; there is one at a time. */
  #stop = new AbortController();

  constructor(parts: SessionParts, keeping: Keeping) {
    this.configured = parts.configured;
    this.#parts = parts;
    this.#asked = [...new Set([...SIGN_IN_SCOPES, ...parts.configured])];
    const openClient = () => this.#openClient();
    this.#current = new CurrentSignIn({
      parts,
      asked: this.#asked,
      keeping,
      openClient,
      onChange: () => this.#listeners.notify(),
    });
    this.#renewal = new Renewal({
      current: this.#current,
      parts,
      openClient,
      context: this.#context("The renewal of the sign-in"),
      nobody: () => this.#nobody(),
    });
  }

  async token(signal?: AbortSignal): Promise<AccessToken> {
    if (signal?.aborted || this.#closed.signal.aborted) throw cancelled("The call");
    return this.#current.usable() ?? untilAborted(this.#renewal.run(), signal, "Waiting for a token");
  }

  reject(token: AccessToken): void {
    this.#current.reject(token);
  }

  granted(): ReadonlySet<string> | undefined {
    return this.#current.ready?.granted;
  }

  async restore(): Promise<void> {
    try {
      await this.#current.read();
    } catch (error) {
      this.#parts.log.warn("An earlier sign-in could not be read.", { why: error });
    }
  }

  async startSignIn(signal?: AbortSignal): Promise<PendingSignIn> {
    if (signal?.aborted || this.#closed.signal.aborted) throw cancelled("The sign-in");
    if (this.#pending) return this.#pending;
    this.#starting ??= this.#start().finally(() => {
      this.#starting = undefined;
    });
    return untilAborted(this.#starting, signal, "The start of the sign-in");
  }

  async signOut(): Promise<{ revoked: boolean }> {
    this.#pending?.cancel();
    await this.#renewal.settled();
    const signIns = await this.#current.forget();
    const tokens = signIns.flatMap(({ refreshToken, accessToken }): Revocable[] => [
      ...(refreshToken === undefined ? [] : [{ token: refreshToken, hint: "refresh_token" } as const]),
      { token: accessToken, hint: "access_token" },
    ]);
    return { revoked: await revokeAll(tokens, () => this.#openClient(), this.#parts) };
  }

  async status(): Promise<SessionStatus> {
    const { orgUrl, clientId, now } = this.#parts;
    const { vault, unfit, ready } = this.#current;
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
    this.#closed.abort();
    this.#stop.abort();
    this.#listeners.clear();
  }

  async #start(): Promise<PendingSignIn> {
    const { orgUrl, clientId, now, sleep } = this.#parts;
    await this.#current.vault.prepare();
    const { startDeviceGrant } = await import("./device-grant.js");
    const stop = new AbortController();
    this.#stop = stop;
    if (this.#closed.signal.aborted) stop.abort();
    const client = await this.#openClient();
    const context = this.#context("The sign-in");
    const grant = await startDeviceGrant({ client, context, now, sleep, signal: stop.signal });
    const { authorization, expiresAtMs } = grant;
    const done = this.#finish(grant.poll());
    // Nobody need wait for the end, so its rejection must not count as unhandled.
    done.catch(() => {});
    const { origin } = new URL(authorization.verificationUriComplete);
    this.#pending = {
      orgUrl,
      clientId,
      verificationUri: authorization.verificationUri,
      verificationUriComplete: authorization.verificationUriComplete,
      foreignOrigin: origin === new URL(orgUrl).origin ? undefined : origin,
      userCode: authorization.userCode,
      expiresAtMs,
      done,
      cancel: () => stop.abort(),
    };
    return this.#pending;
  }

  async #finish(approval: Promise<Grant>): Promise<void> {
    try {
      const grant = await approval;
      await this.#current.vault.locked(() => this.#current.begin(grant));
    } finally {
      this.#pending = undefined;
    }
  }

  /** The error of a call that needs a token, where there is none. */
  #nobody(): OktaMcpError {
    const { orgUrl } = this.#parts;
    if (this.#pending) {
      const { verificationUriComplete: link, userCode: code } = this.#pending;
      const warning = foreignLinkWarning(this.#pending);
      return new OktaMcpError(
        "sign_in_pending",
        `A sign-in to ${signInTarget(this.#pending)} waits to be approved: open ${link} and check the code ${code}.${warning ? ` ${warning}` : ""}`,
        { data: signInData(this.#pending) },
      );
    }
    const { ended, unfit } = this.#current;
    return ended ?? new OktaMcpError("signed_out", `Nobody is signed in to ${orgUrl}.${unfit ? ` ${unfit}` : ""}`);
  }

  #context(what: string): FailureContext {
    const { orgUrl, clientId } = this.#parts;
    return { orgUrl, clientId, method: this.method, scopes: this.#asked, what };
  }

  #openClient(): Promise<OAuthClient> {
    this.#client ??= openOAuthClient(this.#parts);
    return this.#client;
  }
}

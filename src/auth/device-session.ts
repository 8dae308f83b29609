import { OktaMcpError } from "../errors/index.js";
import { cancelled, untilAborted } from "../net/waiting.js";
import { SIGN_IN_SCOPES } from "../okta/scopes.js";
import type { Grant } from "./oauth-client.js";
import { openOAuthClient } from "./open-oauth-client.js";
import { PersonSession } from "./person-session.js";
import type { PendingSignIn } from "./session.js";
import type { SessionParts } from "./session-parts.js";
import { type Keeping, SignInVault } from "./sign-in-vault.js";
import { foreignLinkWarning, signInData, signInTarget } from "./sign-in-words.js";

/** A session of a person who signs in with the device grant (RFC 8628). */
export class DeviceSession extends PersonSession {
  #starting: Promise<PendingSignIn> | undefined;
  #pending: PendingSignIn | undefined;
  /** Stops the sign-in that is under way; there is one at a time. */
  #stop = new AbortController();

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

  async startSignIn(signal?: AbortSignal): Promise<PendingSignIn> {
    if (signal?.aborted || this.closed.signal.aborted) throw cancelled("The sign-in");
    if (this.#pending) return this.#pending;
    this.#starting ??= this.#start().finally(() => {
      this.#starting = undefined;
    });
    return untilAborted(this.#starting, signal, "The start of the sign-in");
  }

  override async signOut(): Promise<{ revoked: boolean }> {
    this.#pending?.cancel();
    return super.signOut();
  }

  override close(): void {
    super.close();
    this.#stop.abort();
  }

  async #start(): Promise<PendingSignIn> {
    const { orgUrl, clientId, now, sleep } = this.parts;
    await this.current.vault.prepare();
    const { startDeviceGrant } = await import("./device-grant.js");
    const stop = new AbortController();
    this.#stop = stop;
    if (this.closed.signal.aborted) stop.abort();
    const client = await this.openClient();
    const context = this.context("The sign-in");
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
      await this.current.vault.locked(() => this.current.begin(grant));
    } finally {
      this.#pending = undefined;
    }
  }

  protected override nobody(): OktaMcpError {
    if (this.#pending === undefined) return super.nobody();
    const { verificationUriComplete: link, userCode: code } = this.#pending;
    const warning = foreignLinkWarning(this.#pending);
    return new OktaMcpError(
      "sign_in_pending",
      `A sign-in to ${signInTarget(this.#pending)} waits to be approved: open ${link} and check the code ${code}.${warning ? ` ${warning}` : ""}`,
      { data: signInData(this.#pending) },
    );
  }
}

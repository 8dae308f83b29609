import { OktaMcpError } from "../errors/index.js";
import { cancelled, untilAborted } from "../net/waiting.js";
import type { Grant } from "./oauth-client.js";
import { PersonSession } from "./person-session.js";
import type { PendingSignIn } from "./session.js";
import { foreignLinkWarning, signInCheck, signInData, signInTarget } from "./sign-in-words.js";

/** A sign-in that was begun, and that a person ends by a link. */
export interface BegunSignIn extends Pick<PendingSignIn, "verificationUri" | "verificationUriComplete" | "userCode"> {
  /** Epoch milliseconds. */
  expiresAtMs: number;
  /**
   * Waits for the person.
   * @param keep keeps what they granted
   * @throws OktaMcpError as `PendingSignIn.done`
   */
  finish(keep: (grant: Grant) => Promise<void>): Promise<void>;
}

/** A session of a person who signs in by opening a link. There is one such sign-in at a time. */
export abstract class LinkSession extends PersonSession {
  #starting: Promise<PendingSignIn> | undefined;
  #pending: PendingSignIn | undefined;
  /** Stops the sign-in that is under way. */
  #stop = new AbortController();

  /**
   * Begins a sign-in.
   * @param stop ends it
   * @throws OktaMcpError as `Session.startSignIn`
   */
  protected abstract begin(stop: AbortSignal): Promise<BegunSignIn>;

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
    const { orgUrl, clientId, api } = this.parts;
    await this.current.vault.prepare();
    const stop = new AbortController();
    this.#stop = stop;
    if (this.closed.signal.aborted) stop.abort();
    const begun = await this.begin(stop.signal);
    const done = this.#finish(begun);
    // Nobody need wait for the end, so its rejection must not count as unhandled.
    done.catch(() => {});
    const { verificationUri, verificationUriComplete, userCode, expiresAtMs } = begun;
    const { origin } = new URL(verificationUriComplete);
    this.#pending = {
      orgUrl,
      clientId,
      ...(api && { api: api.name }),
      verificationUri,
      verificationUriComplete,
      foreignOrigin: origin === new URL(orgUrl).origin ? undefined : origin,
      userCode,
      expiresAtMs,
      done,
      cancel: () => stop.abort(),
    };
    return this.#pending;
  }

  async #finish(begun: BegunSignIn): Promise<void> {
    try {
      await begun.finish((grant) => this.current.vault.locked(() => this.current.begin(grant)));
    } finally {
      this.#pending = undefined;
    }
  }

  protected override nobody(): OktaMcpError {
    if (this.#pending === undefined) return super.nobody();
    const { verificationUriComplete: link } = this.#pending;
    const warning = foreignLinkWarning(this.#pending);
    return new OktaMcpError(
      "sign_in_pending",
      `A sign-in to ${signInTarget(this.#pending)} waits to be approved: ${link} - ${signInCheck(this.#pending)}.${warning ? ` ${warning}` : ""}`,
      { data: signInData(this.#pending) },
    );
  }
}

import { OktaMcpError } from "../errors/index.js";
import type { OrgToken } from "./access-token.js";
import type { CurrentSignIn, ReadySignIn } from "./current-sign-in.js";
import { isOver } from "./lifetime.js";
import type { OAuthClient } from "./oauth-client.js";
import { type FailureContext, OAuthFailure, oktaSaid } from "./oauth-failure.js";
import { withRetries } from "./retry.js";
import type { SessionParts } from "./session-parts.js";

export interface RenewalOptions {
  current: CurrentSignIn;
  parts: Pick<SessionParts, "log" | "now" | "sleep">;
  openClient: () => Promise<OAuthClient>;
  context: FailureContext;
  /** The error of a call for which nobody is signed in. */
  nobody: () => OktaMcpError;
}

/**
 * Renews the access token of a sign-in (RFC 6749, section 6). Okta takes each refresh token once, and several processes
 * may share it. The store and its lock decide whose turn it is.
 */
export class Renewal {
  readonly #options: RenewalOptions;
  readonly #current: CurrentSignIn;
  #running: Promise<OrgToken> | undefined;

  constructor(options: RenewalOptions) {
    this.#options = options;
    this.#current = options.current;
  }

  /**
   * A good token, from the store or from Okta. Concurrent callers share one renewal.
   * @throws OktaMcpError as `TokenSource.token`
   */
  run(): Promise<OrgToken> {
    this.#running ??= this.#renew().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** Waits until no renewal runs, whatever its outcome. */
  async settled(): Promise<void> {
    await this.#running?.catch(() => {});
  }

  async #renew(): Promise<OrgToken> {
    if (!this.#current.ready) await this.#current.read();
    // A person may have signed in elsewhere, or another process renewed the tokens.
    const usable = this.#current.usable();
    if (usable) return usable;
    if (!this.#current.ready) throw this.#options.nobody();
    return this.#current.vault.locked(async () => {
      await this.#current.read().catch((error: unknown) => {
        this.#options.parts.log.warn("The store could not be read before a renewal.", { why: error });
      });
      return this.#current.usable() ?? this.#refresh();
    });
  }

  /** Asks Okta for new tokens. It runs in the lock, after the store was read. */
  async #refresh(): Promise<OrgToken> {
    const ready = this.#current.ready;
    if (!ready) throw this.#options.nobody();
    const { signIn, proofKey } = ready;
    if (signIn.refreshToken === undefined) {
      throw await this.#current.end("Okta gave no refresh token with it, so it ended with its access token");
    }
    const used = signIn.refreshToken;
    try {
      const client = await this.#options.openClient();
      let attempts = 0;
      const grant = await withRetries(async () => {
        attempts += 1;
        if (attempts > 1 && (await this.#isReplaced(used)))
          throw new OAuthFailure("refused", "it was renewed by another process", { error: "invalid_grant" });
        return client.refresh(used, proofKey);
      }, this.#options.parts.sleep);
      // A process that took over the lock meanwhile has written newer tokens.
      if (await this.#isReplaced(used)) return this.#current.usable() ?? this.#refresh();
      return await this.#current.renew(signIn, grant);
    } catch (error) {
      if (!(error instanceof OAuthFailure)) throw error;
      if (error.error === "invalid_grant") return this.#afterRefusal(used, error);
      return this.#afterFailure(ready, error);
    }
  }

  /**
   * True where another process has stored a newer sign-in or signed out; this session then knows it. A process that was
   * stopped for long, with its machine or by a signal, has lost the lock without noticing. It must neither use its
   * refresh token again nor overwrite newer tokens.
   */
  async #isReplaced(used: string): Promise<boolean> {
    await this.#current.read().catch(() => {});
    return this.#current.ready?.signIn.refreshToken !== used;
  }

  /** Handles a refused refresh token. Another process may have used it, in spite of the lock. */
  async #afterRefusal(used: string, refusal: OAuthFailure): Promise<OrgToken> {
    const replaced = await this.#isReplaced(used);
    const usable = this.#current.usable();
    if (usable) return usable;
    // Each round uses up a refresh token that another process has stored meanwhile.
    if (this.#current.ready && replaced) return this.#refresh();
    throw await this.#current.end(`Okta does not accept its refresh token any more${oktaSaid(refusal)}`);
  }

  async #afterFailure(ready: ReadySignIn, failure: OAuthFailure): Promise<OrgToken> {
    const { parts, context } = this.#options;
    if (failure.passing && !ready.rejected && !isOver(ready.signIn, parts.now())) {
      parts.log.warn("The sign-in could not be renewed in advance; its access token is used to its end.", {
        why: failure.message,
      });
      return ready.token;
    }
    const { explain } = await import("./explain-failure.js");
    const error = explain(failure, context);
    if (failure.kind !== "network") throw error;
    throw new OktaMcpError(error.code, `${error.message} The sign-in is kept; the next call tries again.`, {
      fix: `${error.fix} Try again soon: where the answer was lost on the way, Okta takes the same refresh token again for a short time only.`,
    });
  }
}

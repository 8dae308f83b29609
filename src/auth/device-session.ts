import { randomUUID } from "node:crypto";
import { OktaMcpError } from "../errors/index.js";
import { covers, SIGN_IN_SCOPES } from "../okta/scopes.js";
import type { AccessToken } from "../okta/token.js";
import { quoteOkta } from "../text/quote.js";
import { OrgToken } from "./access-token.js";
import { isDue, isOver } from "./lifetime.js";
import { Listeners } from "./listeners.js";
import type { Grant, OAuthClient } from "./oauth-client.js";
import { explain, type FailureContext, OAuthFailure, oktaSaid } from "./oauth-failure.js";
import { openOAuthClient, storedProofKey } from "./open-oauth-client.js";
import type { ProofKey } from "./proof-key.js";
import { withRetries } from "./retry.js";
import { type Revocable, revokeAll } from "./revoke-all.js";
import type { PendingSignIn, Session, SessionStatus } from "./session.js";
import type { SessionParts } from "./session-parts.js";
import { type Keeping, SignInVault } from "./sign-in-vault.js";
import { foreignLinkWarning, signInData, signInTarget } from "./sign-in-words.js";
import type { StoredSignIn } from "./stored-sign-in.js";
import { cancelled, untilAborted } from "./waiting.js";

/** The sign-in that this session works with. */
interface Current {
  signIn: StoredSignIn;
  token: OrgToken;
  proofKey: ProofKey | undefined;
  granted: ReadonlySet<string>;
  /** Okta did not accept the access token any more. */
  rejected: boolean;
  /** The store holds it too, or did when it was last looked at. */
  stored: boolean;
}

/** A session of a person who signs in with the device grant (RFC 8628). */
export class DeviceSession implements Session {
  readonly method = "device";
  readonly configured: ReadonlySet<string>;
  readonly #parts: SessionParts;
  readonly #asked: readonly string[];
  readonly #vault: SignInVault;
  readonly #listeners = new Listeners();
  readonly #closed = new AbortController();
  #client: Promise<OAuthClient> | undefined;
  #current: Current | undefined;
  /** Why the last sign-in is over, until there is another. */
  #ended: OktaMcpError | undefined;
  /** Why what the store holds is of no use here, in a sentence. */
  #unfit = "";
  /** The store holds a sign-in with other scopes: that of another window, which a renewal here must leave alone. */
  #occupied = false;
  #renewing: Promise<OrgToken> | undefined;
  #starting: Promise<PendingSignIn> | undefined;
  #pending: PendingSignIn | undefined;

  constructor(parts: SessionParts, keeping: Keeping) {
    const { orgUrl, clientId, configured, log } = parts;
    this.configured = configured;
    this.#parts = parts;
    this.#asked = [...new Set([...SIGN_IN_SCOPES, ...configured])];
    this.#vault = new SignInVault({ ...keeping, key: { orgUrl, clientId }, log });
  }

  async token(signal?: AbortSignal): Promise<AccessToken> {
    if (signal?.aborted || this.#closed.signal.aborted) throw cancelled("The call");
    const usable = this.#usable();
    if (usable) return usable;
    this.#renewing ??= this.#renew().finally(() => {
      this.#renewing = undefined;
    });
    return untilAborted(this.#renewing, signal, "Waiting for a token");
  }

  reject(token: AccessToken): void {
    if (this.#current?.token === token) this.#current.rejected = true;
  }

  granted(): ReadonlySet<string> | undefined {
    return this.#current?.granted;
  }

  async restore(): Promise<void> {
    try {
      await this.#readVault();
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
    await this.#renewing?.catch(() => {});
    const signIns = await this.#vault.locked(async () => {
      const found = await this.#vault.read().catch(() => undefined);
      const known = [this.#current?.signIn, found?.signIn].filter((signIn) => signIn !== undefined);
      this.#set(undefined);
      this.#ended = undefined;
      // Here first: then an org that does not answer cannot keep the tokens alive on this machine.
      await this.#vault.remove();
      return known;
    });
    return { revoked: await this.#revoke(signIns) };
  }

  async status(): Promise<SessionStatus> {
    const { orgUrl, clientId, now } = this.#parts;
    const { signIn } = this.#current ?? {};
    const renewable = signIn?.refreshToken !== undefined;
    return {
      org: orgUrl,
      clientId,
      method: this.method,
      signedIn: signIn !== undefined && (renewable || !isOver(signIn, now())),
      user: signIn?.user,
      configuredScopes: [...this.configured],
      grantedScopes: signIn && [...signIn.grantedScopes],
      expiresAtMs: signIn?.expiresAtMs,
      tokenKept: await this.#vault.kept(),
      unfit: this.#unfit.trim() || undefined,
      outlives: await this.#vault.outlives(),
      renewable,
    };
  }

  onChange(listener: () => void): () => void {
    return this.#listeners.add(listener);
  }

  /** A renewal under way is left to finish: cut off, it could lose the only refresh token. */
  close(): void {
    this.#closed.abort();
    this.#listeners.clear();
  }

  #usable(): OrgToken | undefined {
    const current = this.#current;
    return current && !current.rejected && !isDue(current.signIn, this.#parts.now()) ? current.token : undefined;
  }

  async #renew(): Promise<OrgToken> {
    if (!this.#current) await this.#readVault();
    // Somebody may have signed in elsewhere, or another process renewed the tokens.
    const usable = this.#usable();
    if (usable) return usable;
    if (!this.#current) throw this.#nobody();
    return this.#vault.locked(async () => {
      await this.#readVault().catch((error: unknown) => {
        this.#parts.log.warn("The store could not be read before a renewal.", { why: error });
      });
      return this.#usable() ?? this.#refresh();
    });
  }

  /** Renews the access token (RFC 6749, section 6). Runs in the lock, after the store was read. */
  async #refresh(): Promise<OrgToken> {
    const current = this.#current;
    if (!current) throw this.#nobody();
    const { signIn, proofKey } = current;
    if (signIn.refreshToken === undefined) {
      throw await this.#end("Okta gave no refresh token with it, so it ended with its access token");
    }
    const used = signIn.refreshToken;
    try {
      const client = await this.#openClient();
      let attempts = 0;
      const grant = await withRetries(async () => {
        attempts += 1;
        if (attempts > 1 && (await this.#isReplaced(used)))
          throw new OAuthFailure("refused", "it was renewed by another process", { error: "invalid_grant" });
        return client.refresh(used, proofKey);
      }, this.#parts.sleep);
      // Whoever took the lock over meanwhile has written what is newer than this.
      if (await this.#isReplaced(used)) return this.#usable() ?? this.#refresh();
      return (await this.#keep(signIn, grant)).token;
    } catch (error) {
      if (!(error instanceof OAuthFailure)) throw error;
      if (error.error === "invalid_grant") return this.#afterRefusal(used, error);
      return this.#afterFailure(current, error);
    }
  }

  /**
   * True where another process has put a newer sign-in into the store or signed out, which this session then knows. A process that
   * was stopped for long, with its machine or by a signal, has lost the lock without knowing: what it used up or got
   * then must neither be used again nor be written over what is newer.
   */
  async #isReplaced(used: string): Promise<boolean> {
    await this.#readVault().catch(() => {});
    return this.#current?.signIn.refreshToken !== used;
  }

  /** Okta refuses the refresh token: another process may have used it, lock or no lock. */
  async #afterRefusal(used: string, refusal: OAuthFailure): Promise<OrgToken> {
    await this.#readVault().catch(() => {});
    const usable = this.#usable();
    if (usable) return usable;
    // Each round uses up a refresh token that somebody else has put there meanwhile.
    if (this.#current && this.#current.signIn.refreshToken !== used) return this.#refresh();
    throw await this.#end(`Okta does not accept its refresh token any more${oktaSaid(refusal)}`);
  }

  #afterFailure(current: Current, failure: OAuthFailure): OrgToken {
    const { log, now } = this.#parts;
    if (failure.passing && !current.rejected && !isOver(current.signIn, now())) {
      log.warn("The sign-in could not be renewed in advance; its access token is used to its end.", {
        why: failure.message,
      });
      return current.token;
    }
    const error = explain(failure, this.#context("The renewal of the sign-in"));
    if (failure.kind !== "network") throw error;
    throw new OktaMcpError(error.code, `${error.message} The sign-in is kept; the next call tries again.`, {
      fix: `${error.fix} Try again soon: where the answer was lost on the way, Okta takes the same refresh token again for a short time only.`,
    });
  }

  /** Ends the sign-in here; whoever comes later is told why. */
  async #end(why: string): Promise<OktaMcpError> {
    const { orgUrl, log } = this.#parts;
    this.#ended = new OktaMcpError("session_ended", `The sign-in to ${orgUrl} has ended. ${why}.`);
    if (this.#current?.stored) {
      await this.#vault.remove().catch((error: unknown) => {
        log.warn("A sign-in that has ended could not be removed.", { why: error });
      });
    }
    this.#set(undefined);
    return this.#ended;
  }

  /** Why there is no token, for a call that needs one. */
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
    return this.#ended ?? new OktaMcpError("signed_out", `Nobody is signed in to ${orgUrl}.${this.#unfit}`);
  }

  /** Takes over what the store holds, where that is newer than what this session has. */
  async #readVault(): Promise<void> {
    const found = await this.#vault.read();
    const current = this.#current;
    this.#occupied = false;
    if (found.signIn === undefined) {
      // Signed out by another process; a store that may only be locked proves nothing.
      if (found.certain && current?.stored) this.#set(undefined);
      this.#unfit = found.certain ? "" : " No earlier sign-in can be seen in the system keychain, which may be locked.";
      return;
    }
    const { signIn } = found;
    const missing = this.#asked.filter((scope) => !signIn.askedScopes.includes(scope));
    this.#unfit = "";
    if (missing.length > 0) {
      const granted = new Set(signIn.askedScopes);
      const isMore = missing.every((scope) => covers(granted, scope));
      this.#unfit = isMore
        ? ` The stored sign-in may change things (it asked for more than ${quoteOkta(missing.join(" "))}), and is therefore not used where only reading is wanted; a new sign-in is needed.`
        : ` The stored sign-in did not ask for ${quoteOkta(missing.join(" "))}, which OKTA_SCOPES names now; a new sign-in is needed.`;
      this.#occupied = true;
      if (current) current.stored = false;
      return;
    }
    if (current?.signIn.accessToken === signIn.accessToken) {
      current.stored = true;
      return;
    }
    const newer = !current || current.stored || signIn.obtainedAtMs > current.signIn.obtainedAtMs;
    if (!newer) return;
    try {
      await this.#adopt(signIn, true);
    } catch (error) {
      this.#parts.log.warn("The stored sign-in is damaged; it is not used.", { why: error });
    }
  }

  async #start(): Promise<PendingSignIn> {
    const { orgUrl, clientId, now, sleep } = this.#parts;
    await this.#vault.prepare();
    const { startDeviceGrant } = await import("./device-grant.js");
    const stop = new AbortController();
    this.#closed.signal.addEventListener("abort", () => stop.abort(), { once: true });
    if (this.#closed.signal.aborted) stop.abort();
    const client = await this.#openClient();
    const context = this.#context("The sign-in");
    const grant = await startDeviceGrant({ client, context, now, sleep, signal: stop.signal });
    const { authorization, expiresAtMs } = grant;
    const done = this.#finish(grant.poll());
    // Not everybody waits for the end; that is no unhandled rejection.
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
      await this.#vault.locked(() => {
        this.#occupied = false;
        return this.#keep(this.#newSignIn(), grant);
      });
    } finally {
      this.#pending = undefined;
    }
  }

  #newSignIn(): StoredSignIn {
    const { orgUrl, clientId, now } = this.#parts;
    const askedScopes = [...this.#asked];
    return {
      version: 1,
      orgUrl,
      clientId,
      signInId: randomUUID(),
      askedScopes,
      // RFC 6749, section 5.1: no `scope` in the answer means as asked for.
      grantedScopes: askedScopes,
      accessToken: "",
      obtainedAtMs: now(),
    };
  }

  /** Makes what Okta granted the sign-in of this session, and stores it. */
  async #keep(before: StoredSignIn, grant: Grant): Promise<Current> {
    const obtainedAtMs = this.#parts.now();
    const signIn: StoredSignIn = {
      ...before,
      user: before.user ?? grant.user,
      grantedScopes: grant.scopes ?? before.grantedScopes,
      accessToken: grant.accessToken,
      refreshToken: grant.refreshToken ?? before.refreshToken,
      proofKey: grant.proofKey?.toJwk(),
      obtainedAtMs,
      expiresAtMs: grant.expiresInMs === undefined ? undefined : obtainedAtMs + grant.expiresInMs,
    };
    const usedUp = before.refreshToken !== undefined && before.refreshToken !== signIn.refreshToken;
    const stored = !this.#occupied && (await this.#vault.write(signIn, { usedUp }));
    return this.#adopt(signIn, stored, grant.proofKey);
  }

  async #adopt(signIn: StoredSignIn, stored: boolean, known?: ProofKey): Promise<Current> {
    const { orgUrl } = this.#parts;
    const proofKey = known ?? (await storedProofKey(signIn, this.#current?.proofKey, () => this.#openClient()));
    const { accessToken: value, grantedScopes: scopes, expiresAtMs } = signIn;
    const token = new OrgToken(orgUrl, { value, scopes, expiresAtMs, proofKey });
    const current = { signIn, token, proofKey, granted: new Set(scopes), rejected: false, stored };
    this.#ended = undefined;
    this.#set(current);
    return current;
  }

  #set(current: Current | undefined): void {
    this.#current = current;
    this.#listeners.notify();
  }

  #revoke(signIns: StoredSignIn[]): Promise<boolean> {
    const tokens = signIns.flatMap(({ refreshToken, accessToken }): Revocable[] => [
      ...(refreshToken === undefined ? [] : [{ token: refreshToken, hint: "refresh_token" } as const]),
      { token: accessToken, hint: "access_token" },
    ]);
    return revokeAll(tokens, () => this.#openClient(), this.#parts);
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

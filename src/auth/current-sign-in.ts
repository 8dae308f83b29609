import { randomUUID } from "node:crypto";
import { OktaMcpError } from "../errors/index.js";
import { covers } from "../okta/scopes.js";
import type { AccessToken } from "../okta/token.js";
import { quoteOkta } from "../text/quote.js";
import { OrgToken } from "./access-token.js";
import { isDue } from "./lifetime.js";
import type { Grant, OAuthClient } from "./oauth-client.js";
import { storedProofKey } from "./open-oauth-client.js";
import type { ProofKey } from "./proof-key.js";
import type { SessionParts } from "./session-parts.js";
import { signInPlace } from "./sign-in-words.js";
import type { SignInKeeper } from "./store-contract.js";
import type { StoredSignIn } from "./stored-sign-in.js";

/** A sign-in that is ready for use. */
export interface ReadySignIn {
  signIn: StoredSignIn;
  token: OrgToken;
  proofKey: ProofKey | undefined;
  granted: ReadonlySet<string>;
  /** True where Okta refused the access token. */
  rejected: boolean;
  /** True where the store holds it too, as far as is known. */
  stored: boolean;
}

export interface CurrentSignInOptions {
  parts: SessionParts;
  /** The scopes that a sign-in asks for. */
  asked: readonly string[];
  vault: SignInKeeper;
  openClient: () => Promise<OAuthClient>;
  /** Called when another sign-in counts, or none any more. */
  onChange: () => void;
}

/** The sign-in of a session: in memory, and in the store that other processes use too. */
export class CurrentSignIn {
  readonly vault: SignInKeeper;
  readonly #options: CurrentSignInOptions;
  #ready: ReadySignIn | undefined;
  #ended: OktaMcpError | undefined;
  #unfit = "";
  /** True where the store holds a sign-in of another window with other scopes. A renewal here must leave it alone. */
  #occupied = false;

  constructor(options: CurrentSignInOptions) {
    this.#options = options;
    this.vault = options.vault;
  }

  /** Undefined while nobody is signed in. */
  get ready(): ReadySignIn | undefined {
    return this.#ready;
  }

  /** The reason why the last sign-in is over; undefined where none has ended, and once there is another. */
  get ended(): OktaMcpError | undefined {
    return this.#ended;
  }

  /**
   * The reason why the sign-in in the store cannot be used here, in a sentence; empty where it can be, or there is
   * none.
   */
  get unfit(): string {
    return this.#unfit;
  }

  /** The access token, as long as it is neither rejected nor due for renewal. */
  usable(): OrgToken | undefined {
    const ready = this.#ready;
    return ready && !ready.rejected && !isDue(ready.signIn, this.#options.parts.now()) ? ready.token : undefined;
  }

  /** Remembers that Okta refused a token. */
  reject(token: AccessToken): void {
    if (this.#ready?.token === token) this.#ready.rejected = true;
  }

  /**
   * Takes over a newer sign-in from the store.
   * @throws OktaMcpError bad_config when the store cannot be read
   */
  async read(): Promise<void> {
    const found = await this.vault.read();
    const ready = this.#ready;
    this.#occupied = false;
    if (found.signIn === undefined) {
      // Another process has signed out. A store that may only be locked proves nothing.
      if (found.certain && ready?.stored) this.#set(undefined);
      this.#unfit = found.certain ? "" : "No earlier sign-in can be seen in the system keychain, which may be locked.";
      return;
    }
    const { signIn } = found;
    this.#unfit = this.#whyUnfit(signIn);
    if (this.#unfit !== "") {
      this.#occupied = true;
      if (ready) ready.stored = false;
      return;
    }
    if (ready?.signIn.accessToken === signIn.accessToken) {
      ready.stored = true;
      return;
    }
    const newer = !ready || ready.stored || signIn.obtainedAtMs > ready.signIn.obtainedAtMs;
    if (!newer) return;
    try {
      await this.#adopt(signIn, true);
    } catch (error) {
      this.#options.parts.log.warn("The stored sign-in is damaged; it is not used.", { why: error });
    }
  }

  /** Makes a person's approval the sign-in of this session, and stores it in place of any other. */
  async begin(grant: Grant): Promise<void> {
    const { orgUrl, clientId, now } = this.#options.parts;
    const askedScopes = [...this.#options.asked];
    this.#occupied = false;
    await this.#keep(grant, {
      version: 1,
      orgUrl,
      clientId,
      signInId: randomUUID(),
      askedScopes,
      // RFC 6749, section 5.1: without `scope` in the answer, the scopes are those that were asked for.
      grantedScopes: askedScopes,
      accessToken: "",
      obtainedAtMs: now(),
    });
  }

  /** Makes Okta's grant for the sign-in `before` the sign-in of this session, and stores it. */
  async renew(before: StoredSignIn, grant: Grant): Promise<OrgToken> {
    return (await this.#keep(grant, before)).token;
  }

  /** Ends the sign-in here. @returns the error with the reason, for this call and later ones */
  async end(why: string): Promise<OktaMcpError> {
    const { parts } = this.#options;
    const { place, ...advice } = signInPlace(parts);
    this.#ended = new OktaMcpError("session_ended", `The sign-in to ${place} has ended. ${why}.`, advice);
    if (this.#ready?.stored) {
      await this.vault.remove().catch((error: unknown) => {
        parts.log.warn("A sign-in that has ended could not be removed.", { why: error });
      });
    }
    this.#set(undefined);
    return this.#ended;
  }

  /**
   * Forgets every sign-in here and in the store.
   * @returns the known sign-ins
   * @throws OktaMcpError bad_config when the store does not let them be deleted
   */
  forget(): Promise<StoredSignIn[]> {
    return this.vault.locked(async () => {
      const found = await this.vault.read().catch(() => undefined);
      const known = [this.#ready?.signIn, found?.signIn].filter((signIn) => signIn !== undefined);
      this.#set(undefined);
      this.#ended = undefined;
      // The store comes first, so that an org which does not answer cannot keep the tokens alive on this machine.
      await this.vault.remove();
      return known;
    });
  }

  #whyUnfit({ askedScopes }: StoredSignIn): string {
    const missing = this.#options.asked.filter((scope) => !askedScopes.includes(scope));
    if (missing.length === 0) return "";
    const names = quoteOkta(missing.join(" "));
    const { api } = this.#options.parts;
    const setting = api === undefined ? "OKTA_SCOPES" : `apis.${api.name}.auth.scopes`;
    const granted = new Set(askedScopes);
    return missing.every((scope) => covers(granted, scope))
      ? `The stored sign-in may change things (it asked for more than ${names}), and is therefore not used where only reading is wanted; a new sign-in is needed.`
      : `The stored sign-in did not ask for ${names}, which ${setting} names now; a new sign-in is needed.`;
  }

  async #keep(grant: Grant, before: StoredSignIn): Promise<ReadySignIn> {
    const obtainedAtMs = this.#options.parts.now();
    const signIn: StoredSignIn = {
      ...before,
      // Name and id are those of one ID token, so that a renewal makes nobody another.
      ...(before.user === undefined && { user: grant.user, subject: grant.subject }),
      grantedScopes: grant.scopes ?? before.grantedScopes,
      accessToken: grant.accessToken,
      refreshToken: grant.refreshToken ?? before.refreshToken,
      proofKey: grant.proofKey?.toJwk(),
      obtainedAtMs,
      expiresAtMs: grant.expiresInMs === undefined ? undefined : obtainedAtMs + grant.expiresInMs,
    };
    const usedUp = before.refreshToken !== undefined && before.refreshToken !== signIn.refreshToken;
    const stored = !this.#occupied && (await this.vault.write(signIn, { usedUp }));
    return this.#adopt(signIn, stored, grant.proofKey);
  }

  async #adopt(signIn: StoredSignIn, stored: boolean, known?: ProofKey): Promise<ReadySignIn> {
    const { parts, openClient } = this.#options;
    const proofKey = known ?? (await storedProofKey(signIn, this.#ready?.proofKey, openClient));
    const { accessToken: value, grantedScopes: scopes, expiresAtMs } = signIn;
    const token = new OrgToken(parts.api?.origin ?? parts.orgUrl, { value, scopes, expiresAtMs, proofKey });
    const ready = { signIn, token, proofKey, granted: new Set(scopes), rejected: false, stored };
    this.#ended = undefined;
    this.#set(ready);
    return ready;
  }

  #set(ready: ReadySignIn | undefined): void {
    this.#ready = ready;
    this.#options.onChange();
  }
}

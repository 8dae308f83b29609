import type { SignInMethod, TokenSource } from "../okta/token.js";

/** A sign-in that waits for a person: by the device grant (RFC 8628, section 3.2) or by an authorization code. */
export interface PendingSignIn {
  /** The org or the authorization server that is signed in to, as configured, and the app it is done with. */
  readonly orgUrl: string;
  readonly clientId: string;
  /** For a sign-in at the authorization server of a company's API: the API's name in the settings. */
  readonly api?: string;
  readonly verificationUri: string;
  /** Carries the code already; falls back to `verificationUri` where Okta sends none. */
  readonly verificationUriComplete: string;
  /** The host of `verificationUriComplete`, if it is not the org's. Nobody but a person may open the link then. */
  readonly foreignOrigin: string | undefined;
  /**
   * The code that the page must show: letters, digits and hyphens. Empty where the browser itself comes back to this
   * machine, so that there is none to compare.
   */
  readonly userCode: string;
  /** Epoch milliseconds. */
  readonly expiresAtMs: number;
  /**
   * Settles when the sign-in ends: resolves once the tokens are stored.
   * Rejects with OktaMcpError login_denied, login_expired, cancelled, client_rejected, missing_scope, rate_limited, okta_down, unreachable.
   */
  readonly done: Promise<void>;
  /** Stops the sign-in; `done` rejects with `cancelled`. */
  cancel(): void;
}

export interface SessionStatus {
  org: string;
  clientId: string | undefined;
  method: SignInMethod;
  signedIn: boolean;
  /** The person who signed in, from the ID token; data from the org. */
  user: string | undefined;
  /** The id by which the org knows them (`sub` of the ID token, `uid` of an access token of Okta's), where that is told. */
  subject?: string | undefined;
  configuredScopes: string[];
  grantedScopes: string[] | undefined;
  /** Epoch milliseconds of the access token's expiry. */
  expiresAtMs: number | undefined;
  /** The place in words: "system keychain", "file <path>", "memory of this process", "nowhere: …". */
  tokenKept: string;
  /** The reason why a stored sign-in does not count here, in a sentence. */
  unfit?: string | undefined;
  /** True where a sign-in by this process is there for others too. */
  outlives: boolean;
  /** True where the access token renews itself without a person. */
  renewable: boolean;
}

/**
 * One user's connection to one org: the token source, what it grants, and signing in and out.
 * A process may hold many sessions; nothing here is shared between them.
 */
export interface Session extends TokenSource {
  readonly method: SignInMethod;
  /** `OKTA_SCOPES`, as configured. */
  readonly configured: ReadonlySet<string>;
  /** The scopes of the current token; undefined while there is no token or it does not tell them. */
  granted(): ReadonlySet<string> | undefined;
  /** Reads what an earlier process stored. Quiet: no network, never throws; at most the store's time limit. */
  restore(): Promise<void>;
  /**
   * Starts a person's sign-in, or returns the one under way. The signal ends this caller's waiting
   * for the link; the sign-in itself is stopped by `PendingSignIn.cancel`, `signOut` or `close`.
   * @throws OktaMcpError bad_config when the method is another or the sign-in could not be kept, and what the org refuses with
   */
  startSignIn(signal?: AbortSignal): Promise<PendingSignIn>;
  /**
   * Deletes the tokens here and revokes them at Okta (RFC 7009). `revoked` is true when none that
   * was known here is still good: also when there was none. A given access token stays as it is.
   * @throws OktaMcpError bad_config when the store does not let them be deleted
   */
  signOut(): Promise<{ revoked: boolean }>;
  status(): Promise<SessionStatus>;
  /** Calls back whenever `granted()` may have changed. Returns the way to stop. */
  onChange(listener: () => void): () => void;
  /** Stops polling; later calls are `cancelled`. A renewal under way is left to finish, so that its refresh token is not lost. */
  close(): void;
}

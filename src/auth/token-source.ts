/** How this process proves who it is. */
export type SignInMethod = "device" | "private-key" | "access-token";

/**
 * A token ready for use. Its value never leaves the object except inside the headers of a
 * request, so that no log, error or result can show it.
 */
export interface AccessToken {
  /** Scopes that the authorization server granted; undefined where they cannot be known. */
  readonly scopes: readonly string[] | undefined;
  /** Epoch milliseconds; undefined where the token does not tell. */
  readonly expiresAtMs: number | undefined;
  /**
   * The headers that authorize one request: `Authorization: Bearer` (RFC 6750) or
   * `Authorization: DPoP` with a fresh `DPoP` proof (RFC 9449). Ask again for every attempt.
   */
  headers(method: string, url: URL): Promise<Record<string, string>>;
  /**
   * Learns the DPoP nonce of a response (RFC 9449, section 8). True when the response is a nonce
   * challenge, so that the same request with new headers is worth sending once more.
   */
  challenged(response: Pick<Response, "headers">): boolean;
}

export interface TokenSource {
  /**
   * A token that is valid now; renews before expiry. Concurrent callers share one renewal, which
   * goes on when one of them leaves.
   * @throws OktaMcpError signed_out, sign_in_pending, session_ended, client_rejected, missing_scope, rate_limited, unreachable, okta_down, bad_config (a token store that cannot be used), cancelled
   */
  token(signal?: AbortSignal): Promise<AccessToken>;
  /**
   * Tells that Okta answered 401 to this token, so that the next call gets a new one.
   * @param certain false where the answer gave no reason, which then need not be the token
   */
  reject(token: AccessToken, certain?: boolean): void;
}

/** A device sign-in that waits for a person (RFC 8628, section 3.2). */
export interface PendingSignIn {
  /** The org that is signed in to, as configured, and the app it is done with. */
  readonly orgUrl: string;
  readonly clientId: string;
  readonly verificationUri: string;
  /** Carries the code already; falls back to `verificationUri` where Okta sends none. */
  readonly verificationUriComplete: string;
  /** Where `verificationUriComplete` leads, if that is not the org: then nobody but a person may open it. */
  readonly foreignOrigin: string | undefined;
  /** Letters, digits and hyphens. */
  readonly userCode: string;
  /** Epoch milliseconds. */
  readonly expiresAtMs: number;
  /**
   * Settles when polling ends: resolves once the tokens are stored.
   * Rejects with OktaMcpError login_denied, login_expired, cancelled, client_rejected, missing_scope, rate_limited, okta_down, unreachable.
   */
  readonly done: Promise<void>;
  /** Stops polling; `done` rejects with `cancelled`. */
  cancel(): void;
}

export interface SessionStatus {
  org: string;
  clientId: string | undefined;
  method: SignInMethod;
  signedIn: boolean;
  /** Who signed in, from the ID token; data from the org. */
  user: string | undefined;
  configuredScopes: string[];
  grantedScopes: string[] | undefined;
  /** Epoch milliseconds of the access token's expiry. */
  expiresAtMs: number | undefined;
  /** In words: "system keychain", "file <path>", "memory of this process", "nowhere: …". */
  tokenKept: string;
  /** Why a sign-in that is kept does not count here, in a sentence. */
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
  /** What the current token grants; undefined while no token is there or it does not tell. */
  granted(): ReadonlySet<string> | undefined;
  /** Reads what an earlier process stored. Quiet: no network, never throws; at most the store's time limit. */
  restore(): Promise<void>;
  /**
   * Starts the device grant, or returns the one under way. The signal ends this caller's waiting
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

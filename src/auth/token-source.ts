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
  challenged(response: Response): boolean;
}

export interface TokenSource {
  /**
   * A token that is valid now; renews before expiry. Concurrent callers share one renewal.
   * @throws OktaMcpError signed_out, sign_in_pending, session_ended, client_rejected, unreachable, okta_down, cancelled
   */
  token(signal?: AbortSignal): Promise<AccessToken>;
  /** Tells that Okta answered 401 to this token, so that the next call gets a new one. */
  reject(token: AccessToken): void;
}

/** A device sign-in that waits for a person (RFC 8628, section 3.2). */
export interface PendingSignIn {
  readonly verificationUri: string;
  /** Carries the code already; falls back to `verificationUri` where Okta sends none. */
  readonly verificationUriComplete: string;
  readonly userCode: string;
  /** Epoch milliseconds. */
  readonly expiresAtMs: number;
  /**
   * Settles when polling ends: resolves once the tokens are stored.
   * Rejects with OktaMcpError login_denied, login_expired, cancelled, client_rejected, unreachable.
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
  /** Starts the device grant, or returns the one under way. @throws OktaMcpError when the method is another or the org refuses. */
  startSignIn(signal?: AbortSignal): Promise<PendingSignIn>;
  /** Revokes the tokens at Okta (RFC 7009) and deletes them here, also when Okta cannot be reached. */
  signOut(): Promise<{ revoked: boolean }>;
  status(): Promise<SessionStatus>;
  /** Calls back whenever `granted()` may have changed. Returns the way to stop. */
  onChange(listener: () => void): () => void;
  /** Stops timers and polling. */
  close(): void;
}

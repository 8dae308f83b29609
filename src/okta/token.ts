/** The ways in which this process proves its identity; `none` where it has no org to prove it to. */
export type SignInMethod =
  | "none"
  | "device"
  | "code"
  | "private-key"
  | "access-token"
  | "grant"
  | "role-app"
  | "client-token";

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

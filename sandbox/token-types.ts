import type { SignInUser } from "./device-codes.js";
import type { KeyRing } from "./key-ring.js";
import type { OAuthClient } from "./oauth-clients.js";
import type { TokenFaults } from "./token-faults.js";

/** One consent of a person, or of a service for itself. Its tokens end with it. */
export interface Grant {
  readonly client: OAuthClient;
  /** Undefined where a service acts for itself. */
  readonly user: SignInUser | undefined;
  readonly scopes: readonly string[];
  /** Epoch milliseconds of the sign-in. */
  readonly authTimeMs: number;
  /** Thumbprint of the key that the tokens are bound to (RFC 9449, section 5). */
  readonly boundTo: string | undefined;
  /** The ways in which the person proved who they are (RFC 8176). Default: a password. */
  readonly amr?: readonly string[];
  /** The assurance that the client asked for; undefined where it asked for none. */
  readonly acr?: string | undefined;
  revoked: boolean;
}

/** An access or ID token in the memory of its issuer. */
export interface IssuedToken {
  readonly grant: Grant;
  readonly jti: string;
  readonly scopes: readonly string[];
  /** Epoch milliseconds. */
  readonly issuedAtMs: number;
  expiresAtMs: number;
  revoked: boolean;
}

export interface RefreshToken {
  readonly grant: Grant;
  /** Epoch milliseconds. */
  readonly expiresAtMs: number;
  /** Epoch milliseconds of its first use; undefined while it is the current one. */
  rotatedAtMs: number | undefined;
}

/** The body of a successful token response (RFC 6749, section 5.1). */
export interface TokenReply {
  token_type: "Bearer" | "DPoP";
  expires_in: number;
  access_token: string;
  scope: string;
  /** Of an exchange (RFC 8693, section 2.2.1). */
  issued_token_type?: string;
  refresh_token?: string;
  id_token?: string;
}

/** The claims that an authorization server adds to its tokens. */
export interface ClaimSource {
  access(grant: Grant, scopes: readonly string[]): Record<string, unknown>;
  id(grant: Grant, user: SignInUser, scopes: readonly string[]): Record<string, unknown>;
}

export interface MintOptions {
  issuer: () => string;
  /** The audience of access tokens. */
  audience: () => string;
  /** The type in the header of access tokens; undefined for none. */
  accessTokenType?: string | undefined;
  /** Epoch milliseconds. */
  now: () => number;
  keys: KeyRing;
  faults: TokenFaults;
  claims: ClaimSource;
}

export interface TokenOptions extends MintOptions {
  accessTokenLifetimeSeconds: number;
  refreshTokenLifetimeSeconds: number;
  /** How long a refresh token of a device or service app still works after its rotation, in milliseconds. */
  rotationGraceMs: number;
}

/** The particulars of one token response. */
export interface IssueOptions {
  /** Overrides the lifetime of access tokens. */
  lifetimeSeconds?: number | undefined;
  /** The nonce of the request, for the ID token. */
  nonce?: string | undefined;
  /** The refresh token that goes back to the client in place of a new one. */
  refreshToken?: string | undefined;
}

/** A token as the control shows it. */
export interface KnownToken {
  kind: "access_token" | "id_token" | "refresh_token";
  token: string;
  clientId: string;
  /** Undefined where a service acts for itself. */
  userId: string | undefined;
  scopes: readonly string[];
  /** Epoch milliseconds. */
  expiresAtMs: number;
  revoked: boolean;
}

export interface Tokens {
  /** Issues an access token, and the refresh and ID token for the scopes. */
  issue(grant: Grant, scopes: readonly string[], options?: IssueOptions): Promise<TokenReply>;
  /** Takes over a refresh token that an org of before issued for this grant. */
  adopt(grant: Grant, refreshToken: string): void;
  /**
   * Uses a refresh token and returns its grant (RFC 6749, section 6). Where the client's tokens rotate, it takes the
   * token out of use; a second use then ends the whole grant, and `onReuse` is called.
   * @returns the grant, and the token itself where it stays the client's token
   * @throws OAuthRefusal invalid_grant
   */
  use(
    client: OAuthClient,
    refreshToken: string,
    onReuse: (grant: Grant) => void,
  ): { grant: Grant; staying: string | undefined };
  /** An access token that is good now, an ID token, or the facts of a refresh token; undefined otherwise. */
  active(token: string): IssuedToken | undefined;
  activeId(token: string): IssuedToken | undefined;
  activeRefresh(token: string): { grant: Grant; expiresAtMs: number } | undefined;
  /** The grant of an ID token that was issued here, also after its time. */
  grantOfId(token: string): Grant | undefined;
  /**
   * Ends a token (RFC 7009); a refresh token ends its whole grant.
   * @returns the grant, if the token belonged to this client
   * @throws OAuthRefusal invalid_grant when it belongs to another client
   */
  revoke(client: OAuthClient, token: string): Grant | undefined;
  /** Every token that is remembered, the oldest of each kind first. */
  known(): KnownToken[];
  /** Ends the time of every access token issued so far. */
  expireAccessTokens(): void;
  /** Revokes every grant made so far for which `which` is true. Default: all. */
  revokeGrants(which?: (grant: Grant) => boolean): void;
}

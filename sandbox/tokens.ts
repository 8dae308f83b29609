import { createHash, randomBytes } from "node:crypto";
import type { JWK } from "jose";
import type { SignInUser } from "./device-codes.js";
import type { OAuthClient } from "./oauth-clients.js";
import { OAuthRefusal } from "./oauth-reply.js";
import { createSigner, type Signer } from "./signer.js";

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
  revoked: boolean;
}

/** An access token in the memory of its issuer. */
export interface IssuedToken {
  readonly grant: Grant;
  readonly jti: string;
  readonly scopes: readonly string[];
  /** Epoch milliseconds. */
  readonly issuedAtMs: number;
  expiresAtMs: number;
  revoked: boolean;
}

interface RefreshToken {
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
  refresh_token?: string;
  id_token?: string;
}

export interface TokenOptions {
  origin: () => string;
  /** Epoch milliseconds. */
  now: () => number;
  accessTokenLifetimeSeconds: number;
  refreshTokenLifetimeSeconds: number;
  /** How long a refresh token still works after its rotation, in milliseconds. */
  rotationGraceMs: number;
  /** Makes the signer when it is first needed. Default: `createSigner`. */
  signer?: (() => Promise<Signer>) | undefined;
}

export interface Tokens {
  /** The public key that signs, as a key set (RFC 7517). */
  keys(): Promise<{ keys: JWK[] }>;
  /**
   * Issues an access token, and the refresh and ID token for the scopes. `lifetimeSeconds` overrides that of the
   * options.
   */
  issue(grant: Grant, scopes: readonly string[], lifetimeSeconds?: number): Promise<TokenReply>;
  /** Takes over a refresh token that an org of before issued for this grant. */
  adopt(grant: Grant, refreshToken: string): void;
  /**
   * Takes a refresh token out of use and returns its grant (RFC 6749, section 6). A second use of a token ends the
   * whole grant, and `onReuse` is called.
   * @throws OAuthRefusal invalid_grant
   */
  rotate(client: OAuthClient, refreshToken: string, onReuse: (grant: Grant) => void): Grant;
  /** An access token that is good now, or the facts of a refresh token; undefined otherwise. */
  active(token: string): IssuedToken | undefined;
  activeRefresh(token: string): { grant: Grant; expiresAtMs: number } | undefined;
  /**
   * Ends a token (RFC 7009); a refresh token ends its whole grant.
   * @returns the grant, if the token belonged to this client
   * @throws OAuthRefusal invalid_grant when it belongs to another client
   */
  revoke(client: OAuthClient, token: string): Grant | undefined;
  /** Ends the time of every access token issued so far. */
  expireAccessTokens(): void;
  /** Revokes every grant made so far. */
  revokeEverything(): void;
}

/** The mint writes and signs the tokens of one org. It remembers none. */
function createMint({ origin, now, signer: make = createSigner }: TokenOptions) {
  let made: Promise<Signer> | undefined;
  const signer = () => {
    made ??= make();
    return made;
  };
  const sign = async (claims: Record<string, unknown>) => (await signer()).sign(claims);
  return {
    keys: async () => ({ keys: [(await signer()).publicJwk] }),
    async accessToken(grant: Grant, scopes: readonly string[], lifetimeSeconds: number) {
      const issuedAtMs = now();
      const expiresAtMs = issuedAtMs + lifetimeSeconds * 1000;
      const jti = `AT.${randomBytes(32).toString("base64url")}`;
      const token = await sign({
        ver: 1,
        jti,
        iss: origin(),
        aud: origin(),
        sub: grant.user?.login ?? grant.client.id,
        iat: seconds(issuedAtMs),
        exp: seconds(expiresAtMs),
        cid: grant.client.id,
        ...(grant.user && { uid: grant.user.id, auth_time: seconds(grant.authTimeMs) }),
        ...(grant.boundTo && { cnf: { jkt: grant.boundTo } }),
        scp: scopes,
      });
      const issued: IssuedToken = { grant, jti, scopes, issuedAtMs, expiresAtMs, revoked: false };
      return { token, issued };
    },
    idToken: (grant: Grant, user: SignInUser, scopes: readonly string[], accessToken: string) =>
      sign({
        ver: 1,
        jti: `ID.${randomBytes(32).toString("base64url")}`,
        iss: origin(),
        aud: grant.client.id,
        sub: user.id,
        iat: seconds(now()),
        exp: seconds(now()) + 3600,
        auth_time: seconds(grant.authTimeMs),
        amr: ["pwd"],
        idp: "00oSandboxOkta0000001",
        at_hash: createHash("sha256").update(accessToken).digest().subarray(0, 16).toString("base64url"),
        ...(scopes.includes("profile") && { name: user.name, preferred_username: user.login }),
        ...(scopes.includes("email") && { email: user.email, email_verified: true }),
      }),
  };
}

/** The tokens of one org. Only tokens that it remembers are good, whoever signed them. */
export function createTokens(options: TokenOptions): Tokens {
  const { now, rotationGraceMs } = options;
  const accessTokens = new Map<string, IssuedToken>();
  const refreshTokens = new Map<string, RefreshToken>();
  const mint = createMint(options);

  function forgetExpired(): void {
    for (const [token, { expiresAtMs }] of accessTokens) if (expiresAtMs < now()) accessTokens.delete(token);
  }

  async function issueAccessToken(grant: Grant, scopes: readonly string[], lifetimeSeconds: number): Promise<string> {
    const { token, issued } = await mint.accessToken(grant, scopes, lifetimeSeconds);
    forgetExpired();
    accessTokens.set(token, issued);
    return token;
  }

  function keepRefreshToken(grant: Grant, token: string): void {
    refreshTokens.set(token, {
      grant,
      expiresAtMs: now() + options.refreshTokenLifetimeSeconds * 1000,
      rotatedAtMs: undefined,
    });
  }

  function issueRefreshToken(grant: Grant): string {
    const token = randomBytes(32).toString("base64url");
    keepRefreshToken(grant, token);
    return token;
  }

  return {
    keys: mint.keys,

    async issue(grant, scopes, lifetimeSeconds = options.accessTokenLifetimeSeconds) {
      const { user } = grant;
      const accessToken = await issueAccessToken(grant, scopes, lifetimeSeconds);
      return {
        token_type: grant.boundTo === undefined ? "Bearer" : "DPoP",
        expires_in: lifetimeSeconds,
        access_token: accessToken,
        scope: scopes.join(" "),
        ...(user && grant.scopes.includes("offline_access") && { refresh_token: issueRefreshToken(grant) }),
        ...(user && scopes.includes("openid") && { id_token: await mint.idToken(grant, user, scopes, accessToken) }),
      };
    },

    adopt: keepRefreshToken,

    rotate(client, refreshToken, onReuse) {
      const refused = () => new OAuthRefusal("invalid_grant", "The refresh token is invalid or expired.");
      const found = refreshTokens.get(refreshToken);
      if (found === undefined || found.grant.revoked || found.expiresAtMs <= now()) throw refused();
      if (found.grant.client.id !== client.id) {
        throw new OAuthRefusal("invalid_grant", "The refresh token was issued to another client.");
      }
      if (found.rotatedAtMs !== undefined && now() >= found.rotatedAtMs + rotationGraceMs) {
        found.grant.revoked = true;
        onReuse(found.grant);
        throw refused();
      }
      found.rotatedAtMs ??= now();
      return found.grant;
    },

    active(token) {
      const found = accessTokens.get(token);
      const good = found !== undefined && !found.revoked && !found.grant.revoked && found.expiresAtMs > now();
      return good ? found : undefined;
    },

    activeRefresh(token) {
      const found = refreshTokens.get(token);
      if (found === undefined || found.grant.revoked || found.expiresAtMs <= now()) return undefined;
      const usedUp = found.rotatedAtMs !== undefined && now() >= found.rotatedAtMs + rotationGraceMs;
      return usedUp ? undefined : found;
    },

    revoke(client, token) {
      const access = accessTokens.get(token);
      const grant = access?.grant ?? refreshTokens.get(token)?.grant;
      if (grant === undefined) return undefined;
      if (grant.client.id !== client.id) {
        throw new OAuthRefusal("invalid_grant", "The token was issued to another client.");
      }
      if (access !== undefined) access.revoked = true;
      else grant.revoked = true;
      return grant;
    },

    expireAccessTokens() {
      for (const token of accessTokens.values()) token.expiresAtMs = Math.min(token.expiresAtMs, now());
    },

    revokeEverything() {
      for (const { grant } of [...accessTokens.values(), ...refreshTokens.values()]) grant.revoked = true;
    },
  };
}

function seconds(epochMs: number): number {
  return Math.floor(epochMs / 1000);
}

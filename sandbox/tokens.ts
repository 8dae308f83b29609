import { OAuthRefusal } from "./oauth-reply.js";
import { createRefreshTokens } from "./refresh-tokens.js";
import { createMint } from "./token-mint.js";
import type { IssuedToken, KnownToken, RefreshToken, TokenOptions, Tokens } from "./token-types.js";

/** ID tokens are remembered this long after their time, in milliseconds, since they may be a hint at sign-out. */
const KEEP_ID_TOKENS_MS = 24 * 3_600_000;

/** The tokens of one authorization server. Only tokens that it remembers are good, whoever signed them. */
export function createTokens(options: TokenOptions): Tokens {
  const { now } = options;
  const accessTokens = new Map<string, IssuedToken>();
  const idTokens = new Map<string, IssuedToken>();
  const refresh = createRefreshTokens(options);
  const mint = createMint(options);

  function forgetExpired(): void {
    for (const [token, { expiresAtMs }] of accessTokens) if (expiresAtMs < now()) accessTokens.delete(token);
    for (const [token, { expiresAtMs }] of idTokens) {
      if (expiresAtMs + KEEP_ID_TOKENS_MS < now()) idTokens.delete(token);
    }
  }

  async function keep(tokens: Map<string, IssuedToken>, minted: ReturnType<typeof mint.accessToken>): Promise<string> {
    const { token, issued } = await minted;
    forgetExpired();
    tokens.set(token, issued);
    return token;
  }

  const good = (found: IssuedToken | undefined) =>
    found !== undefined && !found.revoked && !found.grant.revoked && found.expiresAtMs > now() ? found : undefined;

  return {
    async issue(grant, scopes, { lifetimeSeconds = options.accessTokenLifetimeSeconds, nonce, refreshToken } = {}) {
      const { user } = grant;
      const accessToken = await keep(accessTokens, mint.accessToken(grant, scopes, lifetimeSeconds));
      const wantsId = user !== undefined && scopes.includes("openid");
      const idToken = wantsId && (await keep(idTokens, mint.idToken(grant, user, scopes, accessToken, nonce)));
      return {
        token_type: grant.boundTo === undefined ? "Bearer" : "DPoP",
        expires_in: lifetimeSeconds,
        access_token: accessToken,
        scope: scopes.join(" "),
        ...(user && grant.scopes.includes("offline_access") && { refresh_token: refreshToken ?? refresh.issue(grant) }),
        ...(idToken && { id_token: idToken }),
      };
    },

    adopt: refresh.adopt,
    use: refresh.use,
    active: (token) => good(accessTokens.get(token)),
    activeId: (token) => good(idTokens.get(token)),
    activeRefresh: refresh.activeRefresh,
    grantOfId: (token) => idTokens.get(token)?.grant,

    revoke(client, token) {
      const access = accessTokens.get(token);
      const grant = access?.grant ?? refresh.all().get(token)?.grant;
      if (grant === undefined) return undefined;
      if (grant.client.id !== client.id) {
        throw new OAuthRefusal("invalid_grant", "The token was issued to another client.");
      }
      if (access !== undefined) access.revoked = true;
      else grant.revoked = true;
      return grant;
    },

    known: () => [
      ...[...accessTokens].map(([token, found]) => shown("access_token", token, found)),
      ...[...idTokens].map(([token, found]) => shown("id_token", token, found)),
      ...[...refresh.all()].map(([token, found]) => shown("refresh_token", token, found)),
    ],

    expireAccessTokens() {
      for (const token of accessTokens.values()) token.expiresAtMs = Math.min(token.expiresAtMs, now());
    },

    revokeGrants(which = () => true) {
      for (const { grant } of [...accessTokens.values(), ...idTokens.values(), ...refresh.all().values()]) {
        if (which(grant)) grant.revoked = true;
      }
    },
  };
}

function shown(kind: KnownToken["kind"], token: string, found: RefreshToken | IssuedToken): KnownToken {
  const { grant, expiresAtMs } = found;
  return {
    kind,
    token,
    clientId: grant.client.id,
    userId: grant.user?.id,
    scopes: "scopes" in found ? found.scopes : grant.scopes,
    expiresAtMs,
    revoked: grant.revoked || ("revoked" in found && found.revoked),
  };
}

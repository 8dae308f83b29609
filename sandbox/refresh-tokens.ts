import { randomBytes } from "node:crypto";
import type { OAuthClient } from "./oauth-clients.js";
import { OAuthRefusal } from "./oauth-reply.js";
import type { Grant, RefreshToken, TokenOptions, Tokens } from "./token-types.js";

/** The refresh tokens of one authorization server, for `Tokens`. */
export interface RefreshTokens extends Pick<Tokens, "adopt" | "use" | "activeRefresh"> {
  issue(grant: Grant): string;
  /** Every token that is remembered, also one that is good no longer. */
  all(): ReadonlyMap<string, RefreshToken>;
}

export function createRefreshTokens(options: Omit<TokenOptions, "claims">): RefreshTokens {
  const { now } = options;
  const tokens = new Map<string, RefreshToken>();

  /** How a client's tokens rotate; undefined where each stays the same. */
  function rotation(client: OAuthClient): { graceMs: number } | undefined {
    if (client.method !== "app") return { graceMs: options.rotationGraceMs };
    return client.refreshRotation === "ROTATE" ? { graceMs: client.refreshLeewaySeconds * 1000 } : undefined;
  }

  /** True for a token that was rotated, and whose time of grace is over. */
  function usedUp({ grant, rotatedAtMs }: RefreshToken): boolean {
    return rotatedAtMs !== undefined && now() >= rotatedAtMs + (rotation(grant.client)?.graceMs ?? 0);
  }

  function adopt(grant: Grant, token: string): void {
    const expiresAtMs = now() + options.refreshTokenLifetimeSeconds * 1000;
    tokens.set(token, { grant, expiresAtMs, rotatedAtMs: undefined });
  }

  return {
    adopt,
    issue(grant) {
      const token = randomBytes(32).toString("base64url");
      adopt(grant, token);
      return token;
    },
    all: () => tokens,
    use(client, refreshToken, onReuse) {
      const refused = () => new OAuthRefusal("invalid_grant", "The refresh token is invalid or expired.");
      const found = tokens.get(refreshToken);
      if (found === undefined || found.grant.revoked || found.expiresAtMs <= now()) throw refused();
      if (found.grant.client.id !== client.id) {
        throw new OAuthRefusal("invalid_grant", "The refresh token was issued to another client.");
      }
      if (rotation(client) === undefined) return { grant: found.grant, staying: refreshToken };
      if (usedUp(found)) {
        found.grant.revoked = true;
        onReuse(found.grant);
        throw refused();
      }
      found.rotatedAtMs ??= now();
      return { grant: found.grant, staying: undefined };
    },
    activeRefresh(token) {
      const found = tokens.get(token);
      if (found === undefined || found.grant.revoked || found.expiresAtMs <= now()) return undefined;
      return usedUp(found) ? undefined : found;
    },
  };
}

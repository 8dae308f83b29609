import { createHash, randomBytes } from "node:crypto";
import type { SignInUser } from "./device-codes.js";
import type { Grant, IssuedToken, MintOptions } from "./token-types.js";

/** The lifetime of an ID token, in seconds (Okta: fixed). */
const ID_TOKEN_SECONDS = 3600;

/** The mint writes and signs the tokens of one authorization server. It remembers none. */
export function createMint({ issuer, audience, accessTokenType, now, keys, faults, claims }: MintOptions) {
  return {
    async accessToken(grant: Grant, scopes: readonly string[], lifetimeSeconds: number) {
      const issuedAtMs = now();
      const expiresAtMs = issuedAtMs + lifetimeSeconds * 1000;
      const jti = `AT.${randomBytes(32).toString("base64url")}`;
      const all = {
        ver: 1,
        jti,
        iss: issuer(),
        aud: audience(),
        sub: grant.user?.login ?? grant.client.id,
        iat: seconds(issuedAtMs),
        exp: seconds(expiresAtMs),
        cid: grant.client.id,
        ...(grant.user && { uid: grant.user.id, auth_time: seconds(grant.authTimeMs) }),
        ...(grant.boundTo && { cnf: { jkt: grant.boundTo } }),
        scp: scopes,
        ...claims.access(grant, scopes),
      };
      const token = await faults.sign(keys, "access_token", all, accessTokenType);
      const issued: IssuedToken = { grant, jti, scopes, issuedAtMs, expiresAtMs, revoked: false };
      return { token, issued };
    },
    async idToken(grant: Grant, user: SignInUser, scopes: readonly string[], accessToken: string, nonce?: string) {
      const issuedAtMs = now();
      const jti = `ID.${randomBytes(32).toString("base64url")}`;
      const all = {
        ver: 1,
        jti,
        iss: issuer(),
        aud: grant.client.id,
        sub: user.id,
        iat: seconds(issuedAtMs),
        exp: seconds(issuedAtMs) + ID_TOKEN_SECONDS,
        auth_time: seconds(grant.authTimeMs),
        amr: grant.amr ?? ["pwd"],
        ...(grant.acr !== undefined && { acr: grant.acr }),
        idp: "00oSandboxOkta0000001",
        at_hash: createHash("sha256").update(accessToken).digest().subarray(0, 16).toString("base64url"),
        ...(nonce !== undefined && { nonce }),
        ...claims.id(grant, user, scopes),
      };
      const token = await faults.sign(keys, "id_token", all);
      const expiresAtMs = issuedAtMs + ID_TOKEN_SECONDS * 1000;
      const issued: IssuedToken = { grant, jti, scopes, issuedAtMs, expiresAtMs, revoked: false };
      return { token, issued };
    },
  };
}

export function seconds(epochMs: number): number {
  return Math.floor(epochMs / 1000);
}

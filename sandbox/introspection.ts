import type { GrantCheck } from "./grants.js";
import type { Issuer, Issuers } from "./issuers.js";
import { type ClientRegistry, isConfidential, type OAuthClient } from "./oauth-clients.js";
import { oauthReply } from "./oauth-reply.js";
import { required } from "./oauth-route.js";
import type { OrgMood } from "./org-mood.js";
import type { SandboxReply, SandboxRequest } from "./route.js";
import { seconds } from "./token-mint.js";
import type { Grant, IssuedToken } from "./token-types.js";

export interface IntrospectionParts {
  issuers: Issuers;
  clients: ClientRegistry;
  mood: OrgMood;
  counts: GrantCheck;
}

/** Tells a client what a token is worth (RFC 7662; schema `IntrospectionResponse` of Okta's OAuth document). */
export function introspection({ issuers, clients, mood, counts }: IntrospectionParts) {
  /** A public client may ask about its own tokens alone. */
  const mayAsk = (client: OAuthClient, grant: Grant) =>
    grant.client.id === client.id || (isConfidential(client) && mood.introspectsOthers);

  return async (request: SandboxRequest): Promise<SandboxReply> => {
    const issuer = issuers.of(request);
    const client = await clients.authenticate(request);
    const value = required(request.form, "token");
    const { tokens } = issuer;
    const access = tokens.active(value);
    const id = tokens.activeId(value);
    const found = access ?? id ?? tokens.activeRefresh(value);
    if (found === undefined || !mayAsk(client, found.grant) || !counts(found.grant)) {
      return oauthReply({ active: false });
    }
    if (id !== undefined) return oauthReply({ active: true, ...idTokenFacts(issuer, id) });
    const { user, boundTo: jkt, scopes, client: holder } = found.grant;
    return oauthReply({
      active: true,
      token_type: jkt === undefined ? "Bearer" : "DPoP",
      scope: (access?.scopes ?? scopes).join(" "),
      client_id: holder.id,
      username: user?.login ?? holder.id,
      sub: user?.login ?? holder.id,
      exp: seconds(found.expiresAtMs),
      ...(jkt && { cnf: { jkt } }),
      ...(access && {
        iat: seconds(access.issuedAtMs),
        iss: issuer.url(),
        aud: issuer.audience(),
        jti: access.jti,
        ...(user && { uid: user.id }),
      }),
    });
  };
}

/** An ID token is active too. Its audience is the client, and it has no scope. */
function idTokenFacts(issuer: Issuer, { grant, jti, issuedAtMs, expiresAtMs }: IssuedToken): Record<string, unknown> {
  return {
    client_id: grant.client.id,
    aud: grant.client.id,
    iss: issuer.url(),
    sub: grant.user?.id,
    username: grant.user?.login,
    iat: seconds(issuedAtMs),
    exp: seconds(expiresAtMs),
    jti,
  };
}

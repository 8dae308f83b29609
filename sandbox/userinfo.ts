import type { BearerCheck } from "./bearer.js";
import type { Directory } from "./directory.js";
import { groupsOf, type Issuers } from "./issuers.js";
import type { SandboxReply, SandboxRequest } from "./route.js";

/**
 * Tells about the person of an access token (OpenID Connect Core, section 5.3). All claims of the scopes are here, also
 * those that an ID token lacks.
 */
export function userinfo(issuers: Issuers, directory: Directory, check: BearerCheck) {
  return async (request: SandboxRequest): Promise<SandboxReply> => {
    const issuer = issuers.of(request);
    const found = await check(request, issuer.tokens.active);
    if ("refused" in found) return { status: found.status, headers: found.headers };
    const { scopes, grant } = found;
    const { user, client } = grant;
    if (user === undefined || !scopes.includes("openid")) {
      const challenge = [
        `Bearer authorization_uri="${issuer.base()}/v1/authorize"`,
        `realm="${issuer.url()}"`,
        'scope="openid"',
        'error="insufficient_scope"',
        'error_description="The access token provided does not contain the required scopes."',
        `resource="${request.url.pathname}"`,
      ].join(", ");
      return { status: 403, headers: { "WWW-Authenticate": challenge } };
    }
    const { profile, email } = directory.claimsOf(user.id);
    return {
      status: 200,
      json: {
        sub: user.id,
        ...(scopes.includes("profile") && profile),
        ...(scopes.includes("email") && email),
        ...(scopes.includes("groups") && groupsOf(directory, client, user.id)),
        ...issuer.atUserinfo(user.id),
      },
    };
  };
}

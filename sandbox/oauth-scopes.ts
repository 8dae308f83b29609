import { isKnownScope, SCOPES } from "../src/okta/scopes.js";
import { OAuthRefusal } from "./oauth-reply.js";

/** The OpenID Connect scopes that the org authorization server knows, in plain words. */
const OPENID_SCOPES = {
  openid: "Know that it is you who signs in",
  profile: "See your name and user name",
  email: "See your email address",
  address: "See your postal address",
  phone: "See your phone number",
  groups: "See the groups you are in",
  offline_access: "Stay signed in until you sign out",
} as const;

/** Those scopes by name, as the org lists them among what it supports. */
export const OPENID_SCOPE_NAMES = Object.keys(OPENID_SCOPES);

/**
 * The areas of Okta's API. Each has a `.read` and a `.manage` scope, except that `okta.logs` has only the first. An org
 * knows all of them, whether or not a tool here uses them. Source: the OAuth scopes of Okta's management API
 * description.
 */
const OKTA_AREAS = new Set(
  `agentPools apiTokens appGrants apps apps.interclientTrust authenticators authorizationServers behaviors
  botProtection brands captchas customTelephonyProvider deviceAssurance deviceIntegrations devicePostureChecks
  devices directories.groups domains dr emailDomains emailServers eventHooks features groups identitySources idps
  inlineHooks linkedObjects logStreams networkZones oauthIntegrations orgs personal.adminSettings policies
  principalRateLimits profileMappings pushProviders rateLimits realmAssignments realms roles schemas
  securityEventsProviders serviceAccounts serviceAccounts.okta sessions templates threatInsights trustedOrigins
  uischemas userRisk userTypes users ssf`.split(/\s+/),
);

/** True for a scope about the identity of the person, not about rights in the org. */
export function isOpenIdScope(scope: string): scope is keyof typeof OPENID_SCOPES {
  return Object.hasOwn(OPENID_SCOPES, scope);
}

/** True for a scope that tells about the person, and therefore needs `openid`. */
export function needsOpenId(scope: string): boolean {
  return isOpenIdScope(scope) && scope !== "openid" && scope !== "offline_access";
}

function existsInOkta(scope: string): boolean {
  const area = /^okta\.(.+)\.(?:read|manage)$/.exec(scope)?.[1];
  return scope === "okta.logs.read" || isOpenIdScope(scope) || (area !== undefined && OKTA_AREAS.has(area));
}

/** A scope in plain words. The scope itself where there are none. */
export function scopeInWords(scope: string): string {
  if (isOpenIdScope(scope)) return OPENID_SCOPES[scope];
  return isKnownScope(scope) ? SCOPES[scope] : scope;
}

/**
 * Reads the `scope` parameter of a request (RFC 6749, section 3.3).
 * @returns the scopes in the order asked for, each once
 * @throws OAuthRefusal invalid_scope when there is none or Okta has no such scope
 */
export function requestedScopes(parameter: string | null): string[] {
  const scopes = [...new Set((parameter ?? "").split(" ").filter(Boolean))];
  if (scopes.length === 0) throw new OAuthRefusal("invalid_scope", "No scopes were requested.");
  if (!scopes.every(existsInOkta)) {
    throw new OAuthRefusal(
      "invalid_scope",
      "One or more scopes are not configured for the authorization server resource.",
    );
  }
  return scopes;
}

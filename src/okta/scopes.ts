import type { SignInMethod } from "./token.js";

/** Every Okta scope that a tool uses, in plain words, as a person reads it when granting it. */
export const SCOPES = {
  "okta.users.read": "Read users and their profiles",
  "okta.users.manage": "Create, change, deactivate and delete users",
  "okta.groups.read": "Read groups, their members and apps",
  "okta.groups.manage": "Create, change and delete groups and their members",
  "okta.apps.read": "Read applications and their settings",
  "okta.apps.manage": "Create, change, deactivate and delete applications",
  "okta.policies.read": "Read policies and their rules",
  "okta.policies.manage": "Create, change and delete policies and their rules",
  "okta.deviceAssurance.read": "Read device assurance policies",
  "okta.deviceAssurance.manage": "Create, change and delete device assurance policies",
  "okta.logs.read": "Read the system log",
  "okta.brands.read": "Read brands, themes and hosted pages",
  "okta.brands.manage": "Create, change and delete brands, themes and hosted pages",
  "okta.templates.read": "Read email templates",
  "okta.templates.manage": "Change and delete email templates, send test emails",
  "okta.domains.read": "Read custom domains",
  "okta.domains.manage": "Create, change, verify and delete custom domains",
  "okta.emailDomains.read": "Read email domains",
  "okta.emailDomains.manage": "Create, change, verify and delete email domains",
  "okta.schemas.read": "Read the user profile schema",
} as const;

/** An Okta scope known to this server. */
export type Scope = keyof typeof SCOPES;

/** The OpenID Connect scopes that the device grant asks for besides `OKTA_SCOPES`. */
export const SIGN_IN_SCOPES = ["openid", "profile", "email", "offline_access"] as const;

/** As few scopes as have every tool on: `manage` where there is one, since it covers `read`. */
export function fewestForAll(): Scope[] {
  const all = Object.keys(SCOPES).filter(isKnownScope);
  return all.filter((scope) => !scope.endsWith(".read") || !isKnownScope(scope.replace(/\.read$/, ".manage")));
}

/** True when `scope` is one that this server has a use for. */
export function isKnownScope(scope: string): scope is Scope {
  return Object.hasOwn(SCOPES, scope);
}

/**
 * True when `granted` allows what `scope` stands for. `okta.x.manage` covers `okta.x.read`
 * (Okta's OAuth 2.0 scope documentation); nothing covers an unknown scope but itself.
 */
export function covers(granted: ReadonlySet<string>, scope: string): boolean {
  return granted.has(scope) || (scope.endsWith(".read") && granted.has(scope.replace(/\.read$/, ".manage")));
}

/** What makes a grant count, by how a session signs in. */
const THEN: Readonly<Record<SignInMethod, string>> = {
  device: "restart the server and sign in again",
  // A service app gets its next token by itself.
  "private-key": "restart the server",
  "access-token": "put a new token into OKTA_ACCESS_TOKEN and restart the server",
};

/** Where a missing scope is added, in the admin console's words. */
export function howToGrant(scope: string, method: SignInMethod = "device"): string {
  return `Add ${scope} in both places: (1) OKTA_SCOPES in the settings of this server (mcp.json); (2) in the Okta Admin Console, Applications > Applications > your app > Okta API Scopes > Grant. Then ${THEN[method]}.`;
}

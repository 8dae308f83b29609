import type { Reader, TerminalWords } from "../errors/index.js";
import type { SignInMethod } from "./token.js";

/** Every Okta scope that a tool uses, in plain words for the person who grants it. */
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

/** The fewest scopes that turn every tool on: `manage` where it exists, since it covers `read`. */
export function fewestForAll(): Scope[] {
  const all = Object.keys(SCOPES).filter(isKnownScope);
  return all.filter((scope) => !scope.endsWith(".read") || !isKnownScope(scope.replace(/\.read$/, ".manage")));
}

/** True for a scope that this server uses. */
export function isKnownScope(scope: string): scope is Scope {
  return Object.hasOwn(SCOPES, scope);
}

/**
 * True when `granted` allows `scope`. `okta.x.manage` covers `okta.x.read` (Okta's OAuth 2.0 scope documentation). An
 * unknown scope is covered by itself alone.
 */
export function covers(granted: ReadonlySet<string>, scope: string): boolean {
  return granted.has(scope) || (scope.endsWith(".read") && granted.has(scope.replace(/\.read$/, ".manage")));
}

/** The step that makes a grant count, by the way of signing in, for a server and for commands. */
const THEN: Readonly<Record<SignInMethod, Record<Reader, string>>> = {
  device: { model: "restart the server and sign in again", terminal: "sign in again: okta-mcp login" },
  none: { model: "set OKTA_ORG_URL and restart the server", terminal: "set OKTA_ORG_URL" },
  // A person's sign-in at the authorization server of an API.
  code: { model: "restart the server and sign in again", terminal: "sign in again" },
  // A service app gets its next token by itself.
  "private-key": { model: "restart the server", terminal: "make the call again" },
  "access-token": {
    model: "put a new token into OKTA_ACCESS_TOKEN and restart the server",
    terminal: "put a new token into OKTA_ACCESS_TOKEN",
  },
  // The person's own token in a company's server.
  grant: { model: "connect to the server again", terminal: "connect to the server again" },
  // The service app of a role in a company's server.
  "role-app": { model: "make the call again", terminal: "make the call again" },
  // A token that the client of a company's server sends.
  "client-token": { model: "have the client get a new token", terminal: "get a new token" },
};

/** True for the people of a company's server, who have no settings of their own. */
export function isOfCompany(method: SignInMethod): boolean {
  return method === "grant" || method === "role-app" || method === "client-token";
}

/** The places where a scope is configured. */
const SETTING: Readonly<Record<Reader, string>> = {
  model: "OKTA_SCOPES in the settings of this server (mcp.json)",
  terminal: "OKTA_SCOPES, or --scopes",
};

const AT_OKTA = "in the Okta Admin Console, Applications > Applications > your app > Okta API Scopes > Grant";

/** Advice on adding a missing scope, in the words of the Admin Console. */
export function howToGrant(scope: string, method: SignInMethod = "device", reader: Reader = "model"): string {
  const then = THEN[method][reader];
  if (isOfCompany(method)) {
    return `Ask who runs this server. They can add ${scope} in both places: (1) the scopes of your role in serve.json; (2) ${AT_OKTA}. Then ${then}.`;
  }
  return `Add ${scope} in both places: (1) ${SETTING[reader]}; (2) ${AT_OKTA}. Then ${then}.`;
}

/** The advice of an error about a missing scope, for both readers. */
export function grantAdvice(
  scope: string,
  method: SignInMethod = "device",
): { fix: string; atTerminal: TerminalWords } {
  return { fix: howToGrant(scope, method), atTerminal: { fix: howToGrant(scope, method, "terminal") } };
}

/** The scopes and tools in the form for `get_scope_status` and `okta-mcp status`. */
export interface ScopeStatus {
  signed_in: boolean;
  configured_scopes: string[];
  /** null while nobody is signed in or the token does not tell its scopes. */
  granted_scopes: string[] | null;
  /** Configured scopes that no tool uses. */
  unlocking_nothing: string[];
  active_tools: string[];
  disabled_tools: { name: string; scope: string | null; why: string }[];
  /** Tools that are on and that `tools/list` does not show, since it has room for no more. */
  unlisted_tools: { name: string; why: string }[];
  what_to_do: string[];
}

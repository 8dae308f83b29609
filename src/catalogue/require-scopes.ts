import { OktaMcpError } from "../errors/index.js";
import { grantAdvice, isOfCompany, SCOPES, type Scope } from "../okta/scopes.js";
import type { SignInMethod } from "../okta/token.js";
import { type ScopeView, scopeState } from "./active-tools.js";

/** The action that grants scopes, by the way in which a session signs in. */
const GRANTS: Readonly<Record<SignInMethod, string>> = {
  none: "nobody",
  device: "the sign-in",
  code: "the sign-in",
  "private-key": "the app's grant at Okta",
  "access-token": "the token in OKTA_ACCESS_TOKEN",
  grant: "your grant at Okta",
  "role-app": "the grant at Okta of your role's service app",
  "client-token": "the token that your client sends",
};

/**
 * Wraps a call so that it runs only where the session has the tool's scope. Looked up at each
 * call, since what a token grants may shrink while the server runs.
 * @throws OktaMcpError missing_scope, before `call` and so before any request
 */
export function requireScopes<T>(
  tool: { name: string; scope: Scope | null },
  view: () => ScopeView,
  call: () => Promise<T>,
): Promise<T> {
  const { name, scope } = tool;
  const seen = view();
  const state = scopeState(scope, seen);
  if (scope === null || state === "on") return call();
  const asking = isOfCompany(seen.method) ? "your role here" : "OKTA_SCOPES";
  const why =
    state === "not_configured"
      ? `${asking} does not contain it`
      : `${GRANTS[seen.method]} did not grant it, though ${asking} asks for it`;
  return Promise.reject(
    new OktaMcpError("missing_scope", `${name} needs the scope ${scope} (${SCOPES[scope]}), and ${why}.`, {
      ...grantAdvice(scope, seen.method),
      data: { scope, state },
    }),
  );
}

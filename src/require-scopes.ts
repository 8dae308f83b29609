import { type ScopeView, scopeState } from "./catalogue.js";
import { OktaMcpError } from "./errors/index.js";
import { SCOPES, type Scope } from "./scopes.js";

/** Where a missing scope is added, in the admin console's words. */
export function howToGrant(scope: string): string {
  return (
    `Add ${scope} in both places: (1) OKTA_SCOPES in the settings of this server (mcp.json); ` +
    "(2) in the Okta Admin Console, Applications > Applications > your app > Okta API Scopes > Grant. " +
    "Then restart the server and sign in again."
  );
}

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
  const state = scopeState(scope, view());
  if (scope === null || state === "on") return call();
  const why =
    state === "not_configured"
      ? `OKTA_SCOPES does not contain it`
      : `the sign-in did not grant it, though OKTA_SCOPES asks for it`;
  return Promise.reject(
    new OktaMcpError("missing_scope", `${name} needs the scope ${scope} (${SCOPES[scope]}), and ${why}.`, {
      fix: howToGrant(scope),
      data: { scope, state },
    }),
  );
}

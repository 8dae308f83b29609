import type { SignInUser } from "./device-codes.js";
import type { OAuthClient } from "./oauth-clients.js";
import type { Grant, TokenReply } from "./tokens.js";

/** An event for the org's system log. */
export interface OAuthEvent {
  /** Okta's event type, e.g. `app.oauth2.token.grant.access_token`. */
  eventType: string;
  displayMessage: string;
  outcome: { result: "SUCCESS" | "FAILURE"; reason?: string };
  client: { id: string; label: string };
  /** Undefined where a service acts for itself or the user is not known yet. */
  user: SignInUser | undefined;
  scopes: readonly string[];
}

type Doing = Pick<Grant, "client" | "user" | "scopes">;

/** Reports events of the authorization server in the form of the system log. */
export interface OAuthEvents {
  signedIn(doing: Doing): void;
  /** Reports one event for each token in the reply. */
  issued(doing: Doing, reply: TokenReply): void;
  /** Reports that the token endpoint refused with this OAuth error code. */
  refused(client: OAuthClient, error: string): void;
  reused(doing: Doing): void;
  revoked(doing: Doing): void;
}

const TOKEN_NAMES = { access_token: "access", id_token: "ID", refresh_token: "refresh" } as const;

/** The events of one org. Each goes to `onEvent` at once. */
export function createOAuthEvents(onEvent: (event: OAuthEvent) => void): OAuthEvents {
  const success = (eventType: string, displayMessage: string, { client, user, scopes }: Doing) =>
    onEvent({ eventType, displayMessage, outcome: { result: "SUCCESS" }, client, user, scopes });
  return {
    signedIn: (doing) => success("user.authentication.sso", "User single sign on to app", doing),
    issued(doing, reply) {
      for (const [kind, name] of Object.entries(TOKEN_NAMES)) {
        if (kind in reply) success(`app.oauth2.token.grant.${kind}`, `OIDC ${name} token is granted`, doing);
      }
    },
    refused(client, reason) {
      const outcome = { result: "FAILURE", reason } as const;
      const what = { eventType: "app.oauth2.token.grant", displayMessage: "OIDC token request" };
      onEvent({ ...what, outcome, client, user: undefined, scopes: [] });
    },
    reused: (doing) => success("app.oauth2.token.detect_reuse", "One-time refresh token reused", doing),
    revoked: (doing) => success("app.oauth2.token.revoke", "OIDC token revocation request", doing),
  };
}

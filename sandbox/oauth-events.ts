import type { SignInUser } from "./device-codes.js";
import type { OAuthClient } from "./oauth-clients.js";
import type { Grant, TokenReply } from "./token-types.js";

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

/**
 * Reports events of the authorization servers in the form of the system log. `serverId` is undefined for the org's own
 * server.
 */
export interface OAuthEvents {
  /** The person has begun or ended a session in a browser. */
  session(change: "start" | "end", doing: Doing): void;
  /** The person has gone on to the app. */
  signedIn(doing: Doing): void;
  /** Reports that an authorization code was given. */
  authorized(doing: Doing, serverId: string | undefined): void;
  /** Reports that an authorization request was refused with this OAuth error code. */
  notAuthorized(doing: Doing, error: string, serverId: string | undefined): void;
  /** Reports that somebody tried to get into an app that they do not have. */
  unassigned(doing: Doing): void;
  /** Reports one event for each token in the reply. */
  issued(doing: Doing, reply: TokenReply, serverId: string | undefined): void;
  /** Reports that the token endpoint refused with this OAuth error code. */
  refused(client: OAuthClient, error: string, serverId: string | undefined): void;
  reused(doing: Doing, serverId: string | undefined): void;
  revoked(doing: Doing, serverId: string | undefined): void;
}

/** Okta's prefix of event types, and the name of the protocol in the messages. */
function server(serverId: string | undefined): { prefix: string; protocol: string } {
  if (serverId === undefined) return { prefix: "app.oauth2", protocol: "OIDC" };
  return { prefix: "app.oauth2.as", protocol: "OAuth2" };
}

const TOKEN_NAMES = { access_token: "access", id_token: "ID", refresh_token: "refresh" } as const;

/** The events of one org. Each goes to `onEvent` at once. */
export function createOAuthEvents(onEvent: (event: OAuthEvent) => void): OAuthEvents {
  const success = (eventType: string, displayMessage: string, { client, user, scopes }: Doing) =>
    onEvent({ eventType, displayMessage, outcome: { result: "SUCCESS" }, client, user, scopes });
  const failure = (eventType: string, displayMessage: string, reason: string, doing: Doing) => {
    const { client, user, scopes } = doing;
    onEvent({ eventType, displayMessage, outcome: { result: "FAILURE", reason }, client, user, scopes });
  };
  return {
    session(change, doing) {
      success(`user.session.${change}`, change === "start" ? "User login to Okta" : "User logout from Okta", doing);
    },
    signedIn: (doing) => success("user.authentication.sso", "User single sign on to app", doing),
    authorized(doing, serverId) {
      const { prefix, protocol } = server(serverId);
      success(`${prefix}.authorize.code`, `${protocol} authorization code request`, doing);
    },
    notAuthorized(doing, error, serverId) {
      const { prefix, protocol } = server(serverId);
      failure(`${prefix}.authorize`, `${protocol} authorization request`, error, doing);
    },
    unassigned(doing) {
      const what = "User attempted unauthorized access to app";
      failure("app.generic.unauth_app_access_attempt", what, "user_not_assigned", doing);
    },
    issued(doing, reply, serverId) {
      const { prefix, protocol } = server(serverId);
      for (const [kind, name] of Object.entries(TOKEN_NAMES)) {
        if (kind in reply) success(`${prefix}.token.grant.${kind}`, `${protocol} ${name} token is granted`, doing);
      }
    },
    refused(client, reason, serverId) {
      const { prefix, protocol } = server(serverId);
      failure(`${prefix}.token.grant`, `${protocol} token request`, reason, { client, user: undefined, scopes: [] });
    },
    reused(doing, serverId) {
      success(`${server(serverId).prefix}.token.detect_reuse`, "One-time refresh token reused", doing);
    },
    revoked(doing, serverId) {
      const { prefix, protocol } = server(serverId);
      success(`${prefix}.token.revoke`, `${protocol} token revocation request`, doing);
    },
  };
}

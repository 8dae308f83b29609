import type { Issuers } from "../issuers.js";
import type { ClientRegistry } from "../oauth-clients.js";
import type { OAuthEvents } from "../oauth-events.js";
import { atEvery } from "../oauth-route.js";
import type { Route, SandboxReply, SandboxRequest } from "../route.js";
import type { PageFrame } from "../web-page.js";
import { redirect } from "./flow.js";
import { errorPage, signedOutPage } from "./pages.js";
import type { BrowserSessions } from "./sessions.js";

export interface LogoutParts {
  frame: PageFrame;
  issuers: Issuers;
  clients: ClientRegistry;
  sessions: BrowserSessions;
  events: OAuthEvents;
}

/**
 * Ends a person's session in a browser (OpenID Connect RP-Initiated Logout; Okta's OAuth document, /logout). It ends no
 * token.
 */
export function logoutRoutes({ frame, issuers, clients, sessions, events }: LogoutParts): Route[] {
  const wrong = (code: string, text: string) => errorPage(frame, { code, text });

  function logout(request: SandboxRequest): SandboxReply {
    const issuer = issuers.of(request);
    const given = request.method === "GET" ? request.query : request.form;
    const grant = issuer.tokens.grantOfId(given.get("id_token_hint") ?? "");
    if (grant?.user === undefined) return wrong("invalid_token", "The id token is invalid.");
    const back = given.get("post_logout_redirect_uri");
    const client = clients.find(grant.client.id);
    const registered = client?.method === "app" ? client.postLogoutRedirectUris : [];
    if (back !== null && !registered.includes(back)) {
      return wrong(
        "invalid_request",
        "The 'post_logout_redirect_uri' parameter must be a Logout redirect URI in the client app settings.",
      );
    }
    const session = sessions.of(request);
    if (session !== undefined && session.user.id !== grant.user.id) {
      return wrong(
        "id_token_does_not_match_session",
        "The ID token subject does not match the current session's user.",
      );
    }
    if (session !== undefined) {
      sessions.end(session);
      events.session("end", grant);
    }
    const reply = back === null ? signedOutPage(frame) : redirect(addressBack(back, given.get("state")));
    return { ...reply, headers: { ...reply.headers, "Set-Cookie": sessions.forget } };
  }

  return atEvery("logout").flatMap((template): Route[] => [
    { method: "GET", template, handle: logout },
    { method: "POST", template, handle: logout },
  ]);
}

function addressBack(uri: string, state: string | null): string {
  const address = new URL(uri);
  if (state !== null) address.searchParams.append("state", state);
  return address.href;
}

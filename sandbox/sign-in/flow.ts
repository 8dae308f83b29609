import type { Directory } from "../directory.js";
import type { OAuthEvents } from "../oauth-events.js";
import { OAuthRefusal } from "../oauth-reply.js";
import type { OrgMood } from "../org-mood.js";
import type { SandboxReply } from "../route.js";
import type { PageFrame } from "../web-page.js";
import { AuthorizeProblem, type AuthorizeRequest, answerAddress } from "./authorize-request.js";
import type { AuthorizationCodes } from "./codes.js";
import { errorPage } from "./pages.js";
import type { BrowserSession } from "./sessions.js";

export interface FlowParts {
  frame: PageFrame;
  directory: Directory;
  codes: AuthorizationCodes;
  mood: OrgMood;
  events: OAuthEvents;
}

/** The end of a sign-in: the answer to the client, or a last question. */
export type Ending = { reply: SandboxReply } | { consentTo: string[] };

/** The last part of an authorization request, once it is known who the person is. */
export interface Flow {
  /**
   * Answers a request in a person's name.
   * @throws AuthorizeProblem where the person, the policy or the scopes stand against it
   */
  finish(request: AuthorizeRequest, session: BrowserSession): Ending;
  /** Remembers that the person lets the client have these scopes. */
  consent(request: AuthorizeRequest, session: BrowserSession, scopes: readonly string[]): void;
  /** Gives the client its code. */
  grant(request: AuthorizeRequest, session: BrowserSession): SandboxReply;
  /** Tells of an error: the client where its place is sure, otherwise the person. */
  tell(problem: AuthorizeProblem, serverId: string | undefined): SandboxReply;
}

export function createFlow({ frame, directory, codes, mood, events }: FlowParts): Flow {
  const consents = new Set<string>();
  const consentKey = ({ client, issuer }: AuthorizeRequest, { user }: BrowserSession, scope: string) =>
    JSON.stringify([user.id, client.id, issuer.id ?? "", scope]);

  function grant(request: AuthorizeRequest, { user, authTimeMs, amr }: BrowserSession): SandboxReply {
    const { issuer, client, redirectUri, challenge, nonce, acr } = request;
    const scopes = issuer.grantable(client, request.scopes);
    const code = codes.issue({
      issuer,
      clientId: client.id,
      user,
      scopes,
      redirectUri,
      challenge,
      nonce,
      authTimeMs,
      amr,
      acr,
    });
    events.signedIn({ client, user, scopes });
    events.authorized({ client, user, scopes }, issuer.id);
    return redirect(answerAddress(request, { code }));
  }

  return {
    finish(request, session) {
      const { issuer, client, scopes: asked, prompts } = request;
      const { user } = session;
      const problem = (error: string, description: string) => new AuthorizeProblem(error, description, request, client);
      if (!directory.isAssigned(user.id, client.id)) {
        events.unassigned({ client, user, scopes: asked });
        const text = "User is not assigned to the client application.";
        if (mood.tellsUnassigned === "page") {
          return { reply: errorPage(frame, { code: "access_denied", text, status: 403 }) };
        }
        throw problem("access_denied", text);
      }
      try {
        issuer.checkPolicy(client, "authorization_code");
      } catch (error) {
        throw error instanceof OAuthRefusal ? problem(error.error, error.message) : error;
      }
      const scopes = issuer.grantable(client, asked);
      if (scopes.length === 0) throw problem("consent_required", "You are not allowed any of the requested scopes.");
      const open = issuer
        .needConsent(client, scopes)
        .filter((scope) => prompts.has("consent") || !consents.has(consentKey(request, session, scope)));
      if (open.length > 0 && mood.autoSignIn === undefined) {
        if (prompts.has("none")) {
          throw problem("consent_required", `The following scopes require user consent: [${open.join(", ")}].`);
        }
        return { consentTo: open };
      }
      return { reply: grant(request, session) };
    },
    consent(request, session, scopes) {
      for (const scope of scopes) consents.add(consentKey(request, session, scope));
    },
    grant,
    tell({ error, message, to, client }, serverId) {
      if (client !== undefined) events.notAuthorized({ client, user: undefined, scopes: [] }, error, serverId);
      if (to === undefined) return errorPage(frame, { code: error, text: message });
      return redirect(answerAddress(to, { error, error_description: message }));
    },
  };
}

/** Okta sends no `Referer` along, since the address has a code in it. */
export function redirect(address: string): SandboxReply {
  return { status: 302, headers: { Location: address, "Referrer-Policy": "no-referrer" } };
}

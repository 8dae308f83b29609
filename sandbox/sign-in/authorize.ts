import type { SignInUser } from "../device-codes.js";
import type { Issuers } from "../issuers.js";
import type { ClientRegistry } from "../oauth-clients.js";
import type { SandboxReply, SandboxRequest } from "../route.js";
import type { Ask } from "./ask.js";
import { AuthorizeProblem, type AuthorizeRequest, readAuthorizeRequest } from "./authorize-request.js";
import type { Flow, FlowParts } from "./flow.js";
import type { BrowserSession, BrowserSessions } from "./sessions.js";
import type { Transactions, Waiting } from "./transactions.js";

export interface AuthorizeParts extends FlowParts {
  /** Epoch milliseconds. */
  now: () => number;
  issuers: Issuers;
  clients: ClientRegistry;
  sessions: BrowserSessions;
}

/** The ways in which a person proves who they are, with one factor and with two (RFC 8176). */
const AMR = { one: ["pwd"], two: ["mfa", "otp", "pwd"] } as const;

export interface Authorize {
  /** Answers /authorize: with a redirect where the browser's session is enough, otherwise with a page. */
  authorize(request: SandboxRequest): SandboxReply;
  /** Begins the person's session in this browser, and goes on. */
  signIn(request: SandboxRequest, asked: AuthorizeRequest, user: SignInUser, factors: keyof typeof AMR): SandboxReply;
}

export function createAuthorize(parts: AuthorizeParts, flow: Flow, transactions: Transactions, ask: Ask): Authorize {
  const { now, issuers, clients, directory, sessions, mood, events } = parts;

  function begin(request: SandboxRequest, asked: AuthorizeRequest): SandboxReply {
    const { prompts, maxAgeSeconds = Number.POSITIVE_INFINITY } = asked;
    const session = sessions.of(request);
    const secondFactor = asked.secondFactor || mood.demandMfa || mood.mfaNext > 0;
    const fresh = session !== undefined && now() - session.authTimeMs <= maxAgeSeconds * 1000 && !prompts.has("login");
    const strong = !secondFactor || (session?.amr.includes("mfa") ?? false);
    if (fresh && strong) return end(request, asked, session);
    if (prompts.has("none")) {
      const description = fresh
        ? "The client specified not to prompt, but the client app requires re-authentication or MFA."
        : "The client specified not to prompt, but the user is not logged in.";
      throw new AuthorizeProblem("login_required", description, asked, asked.client);
    }
    if (mood.mfaNext > 0) mood.mfaNext -= 1;
    const auto = mood.autoSignIn === undefined ? undefined : directory.find(mood.autoSignIn);
    if (auto !== undefined && directory.isActive(auto.id)) {
      return signIn(request, asked, auto, secondFactor ? "two" : "one");
    }
    const waiting: Waiting = fresh ? { at: "mfa", user: session.user } : { at: "identify", secondFactor };
    return ask(request, transactions.begin(asked, waiting));
  }

  function signIn(request: SandboxRequest, asked: AuthorizeRequest, user: SignInUser, factors: keyof typeof AMR) {
    const session = sessions.begin(user, AMR[factors], request);
    events.session("start", { client: asked.client, user, scopes: asked.scopes });
    const reply = end(request, asked, session);
    return { ...reply, headers: { ...reply.headers, "Set-Cookie": sessions.setCookie(session) } };
  }

  function end(request: SandboxRequest, asked: AuthorizeRequest, session: BrowserSession): SandboxReply {
    try {
      const ending = flow.finish(asked, session);
      if ("reply" in ending) return ending.reply;
      return ask(request, transactions.begin(asked, { at: "consent", session, scopes: ending.consentTo }));
    } catch (error) {
      if (error instanceof AuthorizeProblem) return flow.tell(error, asked.issuer.id);
      throw error;
    }
  }

  return {
    authorize(request) {
      const issuer = issuers.of(request);
      try {
        const given = request.method === "GET" ? request.query : request.form;
        const asked = readAuthorizeRequest(given, issuer, clients);
        const script = mood.authorizeErrors.shift();
        if (script !== undefined) throw new AuthorizeProblem(script.error, script.description, asked, asked.client);
        return begin(request, asked);
      } catch (error) {
        if (error instanceof AuthorizeProblem) return flow.tell(error, issuer.id);
        throw error;
      }
    },
    signIn,
  };
}

import { createBrowserForms } from "../browser-form.js";
import { atEvery } from "../oauth-route.js";
import type { Route, SandboxReply, SandboxRequest } from "../route.js";
import { createAsk } from "./ask.js";
import { type AuthorizeParts, createAuthorize } from "./authorize.js";
import { AuthorizeProblem } from "./authorize-request.js";
import { createFlow } from "./flow.js";
import { MFA_CODE, overPage } from "./pages.js";
import { createTransactions, type Waiting } from "./transactions.js";

/** The routes of /authorize and of the pages behind it. */
export function signInRoutes(parts: AuthorizeParts): Route[] {
  const { frame, directory } = parts;
  const flow = createFlow(parts);
  const transactions = createTransactions(parts.now);
  // A sign-in begins at another site, so that a `Strict` cookie would be a new one in every tab.
  const forms = createBrowserForms("okta_sandbox_browser", "Path=/; SameSite=Lax");
  const ask = createAsk(frame, directory, forms);
  const { authorize, signIn } = createAuthorize(parts, flow, transactions, ask);

  /** The open sign-in of a form from its own page; otherwise the page that tells what is wrong. */
  function openAt<At extends Waiting["at"]>(request: SandboxRequest, at: At) {
    const found = transactions.find(request.form.get("transaction"), at);
    if (found === undefined) return { over: overPage(frame, "over") };
    return forms.proven(request, found.transaction.handle) ? found : { over: overPage(frame, "foreign") };
  }

  function identify(request: SandboxRequest): SandboxReply {
    const found = openAt(request, "identify");
    if ("over" in found) return found.over;
    const { transaction, waiting } = found;
    const login = request.form.get("login") ?? "";
    const user = directory.find(login);
    if (user === undefined || !directory.isActive(user.id)) {
      const locked = user !== undefined && directory.isLockedOut(user.id);
      const wrong = locked ? "Your account is locked. Please contact your administrator." : "Unable to sign in";
      return ask(request, transaction, { wrong, login });
    }
    if (waiting.secondFactor) {
      transaction.waiting = { at: "mfa", user };
      return ask(request, transaction);
    }
    transactions.end(transaction);
    return signIn(request, transaction.request, user, "one");
  }

  function verify(request: SandboxRequest): SandboxReply {
    const found = openAt(request, "mfa");
    if ("over" in found) return found.over;
    const { transaction, waiting } = found;
    if (request.form.get("code")?.replaceAll(" ", "") !== MFA_CODE) {
      return ask(request, transaction, { wrong: "Invalid code. Try again." });
    }
    transactions.end(transaction);
    if (!directory.isActive(waiting.user.id)) return overPage(frame, "over");
    return signIn(request, transaction.request, waiting.user, "two");
  }

  function consent(request: SandboxRequest): SandboxReply {
    const found = openAt(request, "consent");
    if ("over" in found) return found.over;
    const { transaction, waiting } = found;
    const { request: asked } = transaction;
    transactions.end(transaction);
    if (request.form.get("decision") !== "allow") {
      const description = "The resource owner or authorization server denied the request.";
      return flow.tell(new AuthorizeProblem("access_denied", description, asked, asked.client), asked.issuer.id);
    }
    flow.consent(asked, waiting.session, waiting.scopes);
    return flow.grant(asked, waiting.session);
  }

  return [
    ...atEvery("authorize").flatMap((template): Route[] => [
      { method: "GET", template, handle: authorize },
      { method: "POST", template, handle: authorize },
    ]),
    { method: "POST", template: "/signin", handle: identify },
    { method: "POST", template: "/signin/verify", handle: verify },
    { method: "POST", template: "/signin/consent", handle: consent },
  ];
}

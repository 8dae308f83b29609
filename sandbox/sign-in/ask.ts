import type { BrowserForms } from "../browser-form.js";
import type { Directory } from "../directory.js";
import type { SandboxReply, SandboxRequest } from "../route.js";
import type { PageFrame } from "../web-page.js";
import { identifyPage, mfaPage, scopeConsentPage } from "./pages.js";
import type { Transaction } from "./transactions.js";

/** Shows the page of the step that a sign-in waits at. `again` tells the fault of the answer before. */
export type Ask = (
  request: SandboxRequest,
  transaction: Transaction,
  again?: { wrong?: string; login?: string },
) => SandboxReply;

/** The pages of the steps. Each makes the browser known that has to send the answer. */
export function createAsk(frame: PageFrame, directory: Directory, forms: BrowserForms): Ask {
  function pageOf(transaction: Transaction, csrfToken: string, again: { wrong?: string; login?: string }) {
    const { handle, waiting, request } = transaction;
    const { client, loginHint = "" } = request;
    const step = { transaction: handle, csrfToken, appLabel: client.label, wrong: again.wrong };
    switch (waiting.at) {
      case "identify": {
        const suggestions = directory.suggestions(client.id);
        return identifyPage(frame, { ...step, suggestions, login: again.login ?? loginHint });
      }
      case "mfa":
        return mfaPage(frame, { ...step, user: waiting.user });
      case "consent":
        return scopeConsentPage(frame, { ...step, user: waiting.session.user, scopes: waiting.scopes });
    }
  }

  return (request, transaction, again = {}) => {
    const browser = forms.browserOf(request);
    const reply = pageOf(transaction, forms.token(transaction.handle, browser), again);
    return { ...reply, headers: { ...reply.headers, "Set-Cookie": forms.cookie(browser) } };
  };
}

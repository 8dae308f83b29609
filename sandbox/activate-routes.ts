import { codePage, consentPage } from "./activate-page.js";
import { createBrowserForms } from "./browser-form.js";
import type { DeviceCode, DeviceCodes, SignInUser } from "./device-codes.js";
import type { OAuthClient } from "./oauth-clients.js";
import type { Route, SandboxReply, SandboxRequest } from "./route.js";
import { outcomePage, type PageFrame } from "./web-page.js";

export interface ActivateOptions {
  frame: PageFrame;
  codes: DeviceCodes;
  /** The person who signs in on this page; undefined when nobody can. */
  signInUser: () => SignInUser | undefined;
  /** Those of the scopes that the org grants to this client at the moment. */
  grantable: (client: OAuthClient, scopes: readonly string[]) => string[];
  /** Called when the person has decided. The code is pending and in time. */
  decide: (code: DeviceCode, decision: "allow" | "deny") => void;
}

/** The routes of the activation page (RFC 8628, section 3.3). */
export function activateRoutes({ frame, codes, signInUser, grantable, decide }: ActivateOptions): Route[] {
  const forms = createBrowserForms("activate_browser", "Path=/activate; SameSite=Strict");

  /** The answer for a code that nobody can decide on (any more); undefined for any other code. */
  function closed(code: DeviceCode | undefined, typed: string): SandboxReply | undefined {
    if (code === undefined) {
      return codePage(frame, { code: typed, text: "This code is not known here. Check it and type it again." });
    }
    if (code.state.is !== "pending") {
      const denied = code.state.is === "denied";
      return outcomePage(frame, {
        mark: denied ? "bad" : "good",
        title: denied ? "This sign-in was denied" : "This sign-in was already allowed",
        text: "A code is good for one decision. To decide again, start the sign-in again.",
        status: 410,
      });
    }
    if (codes.expired(code)) {
      return outcomePage(frame, {
        mark: "bad",
        title: "This code has expired",
        text: "Nothing was allowed. Start the sign-in again to get a new code.",
        status: 410,
        tryAgain: true,
      });
    }
    return undefined;
  }

  function show(request: SandboxRequest): SandboxReply {
    const typed = request.query.get("user_code")?.trim() ?? "";
    if (typed === "") return codePage(frame);
    const code = codes.find(typed);
    const over = closed(code, typed);
    if (code === undefined || over !== undefined) return over ?? codePage(frame);
    const user = signInUser();
    if (user === undefined) {
      return outcomePage(frame, {
        mark: "bad",
        title: "Nobody can sign in",
        text: "The org's admin is not active any more, so this sign-in cannot be allowed.",
        status: 403,
      });
    }
    const browser = forms.browserOf(request);
    const { userCode, client, scopes } = code;
    const granted = grantable(client, scopes);
    const reply = consentPage(frame, {
      userCode,
      appLabel: client.label,
      user,
      granted,
      withheld: scopes.filter((scope) => !granted.includes(scope)),
      csrfToken: forms.token(code.deviceCode, browser),
    });
    return { ...reply, headers: { ...reply.headers, "Set-Cookie": forms.cookie(browser) } };
  }

  function answer(request: SandboxRequest): SandboxReply {
    const typed = request.form.get("user_code") ?? "";
    const decision = request.form.get("decision");
    const code = codes.find(typed);
    const over = closed(code, typed);
    if (code === undefined || over !== undefined) return over ?? codePage(frame);
    const proven = forms.proven(request, code.deviceCode);
    if (!proven || (decision !== "allow" && decision !== "deny")) {
      return outcomePage(frame, {
        mark: "bad",
        title: "Nothing was decided",
        text: "This answer did not come from the page that asks. Open the link from the app again.",
        status: 403,
      });
    }
    decide(code, decision);
    const allowed = code.state.is === "approved";
    return outcomePage(frame, {
      mark: allowed ? "good" : "bad",
      title: allowed ? "You are signed in" : "You denied the sign-in",
      text: allowed
        ? `${code.client.label} may go on. You can close this page and go back to it.`
        : `${code.client.label} got nothing. You can close this page.`,
      status: 200,
    });
  }

  return [
    { method: "GET", template: "/activate", handle: show },
    { method: "POST", template: "/activate", handle: answer },
  ];
}

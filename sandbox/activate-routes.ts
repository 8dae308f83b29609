import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { codePage, consentPage, outcomePage, type PageFrame } from "./activate-page.js";
import type { DeviceCode, DeviceCodes, SignInUser } from "./device-codes.js";
import type { OAuthClient } from "./oauth-clients.js";
import type { Route, SandboxReply, SandboxRequest } from "./route.js";

const COOKIE = "activate_browser";

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
  const secret = randomBytes(32);

  /** The value is good for one code in one browser, so that no other page can decide in the person's name. */
  const csrfToken = (code: DeviceCode, browser: string) =>
    createHmac("sha256", secret).update(`${code.deviceCode} ${browser}`).digest("base64url");

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
    const browser = browserOf(request) ?? randomBytes(18).toString("base64url");
    const { userCode, client, scopes } = code;
    const granted = grantable(client, scopes);
    const reply = consentPage(frame, {
      userCode,
      appLabel: client.label,
      user,
      granted,
      withheld: scopes.filter((scope) => !granted.includes(scope)),
      csrfToken: csrfToken(code, browser),
    });
    const cookie = `${COOKIE}=${browser}; Path=/activate; HttpOnly; SameSite=Strict`;
    return { ...reply, headers: { ...reply.headers, "Set-Cookie": cookie } };
  }

  function answer(request: SandboxRequest): SandboxReply {
    const typed = request.form.get("user_code") ?? "";
    const decision = request.form.get("decision");
    const code = codes.find(typed);
    const over = closed(code, typed);
    if (code === undefined || over !== undefined) return over ?? codePage(frame);
    const browser = browserOf(request);
    const proven = browser !== undefined && sameText(request.form.get("csrf_token") ?? "", csrfToken(code, browser));
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

function browserOf(request: SandboxRequest): string | undefined {
  const cookies = (request.headers.get("cookie") ?? "").split(/;\s*/);
  return cookies.find((cookie) => cookie.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1);
}

function sameText(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

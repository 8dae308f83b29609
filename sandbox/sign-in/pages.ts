import type { SignInUser } from "../device-codes.js";
import { type Html, html } from "../html.js";
import type { SandboxReply } from "../route.js";
import { EYE, outcomePage, type PageFrame, page, scopeList } from "../web-page.js";

/** The code of every second factor. The page shows it, since nobody has a phone for a pretend org. */
export const MFA_CODE = "123456";

/** The parts of each step's form. */
export interface Step {
  /** The sign-in that the form goes on with. */
  transaction: string;
  /** Proves that the answer comes from this page. */
  csrfToken: string;
  appLabel: string;
  /** The fault of the answer before, in plain words. */
  wrong?: string | undefined;
}

/** The page on which a person says who they are. A pretend org has no passwords. */
export function identifyPage(
  frame: PageFrame,
  step: Step & { suggestions: readonly SignInUser[]; login: string },
): SandboxReply {
  const people = step.suggestions.map(
    ({ name, login }) =>
      html`<button name="login" value="${login}"><span class="face" aria-hidden="true">${[...name][0] ?? "?"}</span><span><b><bdi>${name}</bdi></b><span><bdi>${login}</bdi></span></span></button>`,
  );
  const choice =
    people.length > 0
      ? html`<form action="/signin" method="post">${hidden(step)}<div class="people">${people}</div></form>`
      : "";
  const body = html`
    <h1>Sign in</h1>
    <p class="soft">to go on to <bdi>${step.appLabel}</bdi>. A pretend org has no passwords.</p>
    ${problem(step)}
    ${choice}
    <form class="enter" action="/signin" method="post">${hidden(step)}
      <label for="login">${people.length > 0 ? "Or as somebody else" : "Username"}</label>
      <input class="plain" id="login" name="login" value="${step.login}" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="256" required${field(step)}>
      <button class="main" type="submit">Next</button>
    </form>`;
  return page(frame, "Sign in", body, step.wrong === undefined ? 200 : 401, true);
}

/** The page that asks for a second factor. */
export function mfaPage(frame: PageFrame, step: Step & { user: SignInUser }): SandboxReply {
  const body = html`
    <h1>Verify it’s you</h1>
    <p class="soft"><bdi>${step.user.login}</bdi> goes on to <bdi>${step.appLabel}</bdi> with a second factor.</p>
    <div class="code"><span>In this pretend org the code is always</span><strong>${MFA_CODE}</strong></div>
    ${problem(step)}
    <form class="enter" action="/signin/verify" method="post">${hidden(step)}
      <label for="code">Code</label>
      <input id="code" name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="10" required autofocus${field(step)}>
      <button class="main" type="submit">Verify</button>
    </form>`;
  return page(frame, "Verify it’s you", body, step.wrong === undefined ? 200 : 401, true);
}

/** The page on which a person lets an app have scopes of a custom authorization server. */
export function scopeConsentPage(
  frame: PageFrame,
  step: Step & { user: SignInUser; scopes: readonly string[] },
): SandboxReply {
  const body = html`
    <h1><bdi>${step.appLabel}</bdi> would like to act for you</h1>
    <p class="soft">You are signed in as <bdi>${step.user.login}</bdi>.</p>
    ${scopeList(EYE, "It asks for", step.scopes)}
    <form action="/signin/consent" method="post">${hidden(step)}
      <div class="choice">
        <button class="main" name="decision" value="allow">Allow Access</button>
        <button name="decision" value="deny">Don’t Allow</button>
      </div>
    </form>`;
  return page(frame, `Allow ${step.appLabel}?`, body, 200, true);
}

/** The page that tells an error which nobody else may be told, with its code. */
export function errorPage(frame: PageFrame, error: { code: string; text: string; status?: number }): SandboxReply {
  const { code, text, status = 400 } = error;
  const body = html`
    <h1>${status === 403 ? "403 Forbidden" : "400 Bad Request"}</h1>
    <p>Your request resulted in an error. <span id="error">${text}</span></p>
    <p class="soft">Code: <code>${code}</code></p>`;
  return page(frame, "Error", body, status);
}

/** The page of a sign-in that is over, or whose form did not come from its own page. */
export function overPage(frame: PageFrame, why: "over" | "foreign"): SandboxReply {
  return outcomePage(
    frame,
    why === "over"
      ? { mark: "bad", title: "This sign-in is over", text: "Go back to the app and begin again.", status: 410 }
      : {
          mark: "bad",
          title: "Nobody was signed in",
          text: "This answer did not come from the page that asks. Go back to the app and begin again.",
          status: 403,
        },
  );
}

/** The page after a sign-out that leads nowhere else. */
export function signedOutPage(frame: PageFrame): SandboxReply {
  return outcomePage(frame, {
    mark: "good",
    title: "You are signed out",
    text: "Your session with this pretend org has ended.",
    status: 200,
  });
}

function hidden({ transaction, csrfToken }: Step): Html {
  return html`<input type="hidden" name="transaction" value="${transaction}"><input type="hidden" name="csrf_token" value="${csrfToken}">`;
}

function problem({ wrong }: Step): Html {
  return wrong === undefined ? html`` : html`<p class="wrong" id="wrong" role="alert">${wrong}</p>`;
}

function field({ wrong }: Step): Html {
  return wrong === undefined ? html`` : html` aria-invalid="true" aria-describedby="wrong"`;
}

import type { SignInUser } from "./device-codes.js";
import { html } from "./html.js";
import { isOpenIdScope } from "./oauth-scopes.js";
import type { SandboxReply } from "./route.js";
import { BARRED, EYE, type PageFrame, PENCIL, PERSON, page, scopeList } from "./web-page.js";

export interface Consent {
  userCode: string;
  appLabel: string;
  user: SignInUser;
  /** The scopes that the app gets if the person allows it. */
  granted: readonly string[];
  /** The scopes that the app asks for and that the org does not grant it. */
  withheld: readonly string[];
  /** Proves that the decision comes from this page. */
  csrfToken: string;
}

/** The page with a field for the code. `problem` tells the fault of the code that was given. */
export function codePage(frame: PageFrame, problem?: { code: string; text: string }): SandboxReply {
  const wrong = problem && html`<p class="wrong" id="wrong" role="alert">${problem.text}</p>`;
  const field = problem
    ? html`<input id="user_code" name="user_code" value="${problem.code}" aria-invalid="true" aria-describedby="wrong hint"`
    : html`<input id="user_code" name="user_code" aria-describedby="hint"`;
  const body = html`
    <h1>Connect an app</h1>
    <p class="soft" id="hint">Type the code that the app shows you. It has eight letters.</p>
    ${wrong ?? ""}
    <form class="enter" action="/activate" method="get">
      <label for="user_code">Code</label>
      ${field} placeholder="BCDF-GHJK" autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="16" required autofocus>
      <button class="main" type="submit">Continue</button>
    </form>`;
  return page(frame, problem ? "Wrong code" : "Connect an app", body, problem ? 404 : 200);
}

/** The page on which a person decides. */
export function consentPage(frame: PageFrame, consent: Consent): SandboxReply {
  const { userCode, appLabel, user, granted, withheld, csrfToken } = consent;
  const openId = granted.filter(isOpenIdScope);
  const manages = granted.filter((scope) => scope.endsWith(".manage"));
  const others = granted.filter((scope) => !isOpenIdScope(scope) && !scope.endsWith(".manage"));
  const body = html`
    <h1>Allow <bdi>${appLabel}</bdi> to act for you?</h1>
    <div class="code"><span>Go on only if the app shows this code</span><strong>${userCode}</strong></div>
    <div class="who">
      <div class="face" aria-hidden="true">${[...user.name][0] ?? "?"}</div>
      <div><span>You sign in as</span><b><bdi>${user.name}</bdi></b><span><bdi>${user.login}</bdi></span></div>
    </div>
    ${scopeList(PENCIL, "It could change your org", manages)}
    ${scopeList(EYE, "It could read from your org", others)}
    ${scopeList(PERSON, "To sign you in", openId)}
    ${scopeList(BARRED, "It asks for this too, but your org does not grant it", withheld)}
    <form action="/activate" method="post">
      <input type="hidden" name="user_code" value="${userCode}">
      <input type="hidden" name="csrf_token" value="${csrfToken}">
      <div class="choice">
        <button class="main" name="decision" value="allow">Allow</button>
        <button name="decision" value="deny">Deny</button>
      </div>
    </form>`;
  return page(frame, `Allow ${appLabel}?`, body, 200);
}

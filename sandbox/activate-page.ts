import { createHash } from "node:crypto";
import { ACTIVATE_STYLE } from "./activate-style.js";
import type { SignInUser } from "./device-codes.js";
import { type Html, html, Html as Markup } from "./html.js";
import { isOpenIdScope, scopeInWords } from "./oauth-scopes.js";
import type { SandboxReply } from "./route.js";

const styleHash = createHash("sha256").update(ACTIVATE_STYLE).digest("base64");

/** The page loads nothing but its one style sheet, and sends nothing but its own form. */
const HEADERS = {
  "Cache-Control": "no-store",
  "Content-Security-Policy": `default-src 'none'; style-src 'sha256-${styleHash}'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  "Referrer-Policy": "same-origin",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
};

/** The parts of the page around its content. */
export interface PageFrame {
  orgName: string;
}

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

/** The end of a sign-in, on a page without a question. */
export interface Outcome {
  mark: "good" | "bad";
  title: string;
  text: string;
  status: number;
  /** True where the page offers the field for another code. */
  tryAgain?: boolean;
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

/** The page at the end of a sign-in. */
export function outcomePage(frame: PageFrame, { mark, title, text, status, tryAgain }: Outcome): SandboxReply {
  const path = mark === "good" ? html`<path d="M15 24.5l6.5 6.5L34 18"/>` : html`<path d="M17 17l14 14M31 17L17 31"/>`;
  const body = html`
    <svg class="mark ${mark}" viewBox="0 0 48 48" fill="none" stroke="currentColor" stroke-width="3" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><circle cx="24" cy="24" r="21"/>${path}</svg>
    <h1>${title}</h1>
    <p>${text}</p>
    ${tryAgain ? html`<p><a href="/activate">Type another code</a></p>` : ""}`;
  return page(frame, title, body, status);
}

const icon = (path: Html) =>
  html`<svg viewBox="0 0 20 20" fill="none" stroke="currentColor" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${path}</svg>`;
const PENCIL = icon(html`<path d="M13 4l3 3-9 9-4 1 1-4zM11 6l3 3"/>`);
const EYE = icon(html`<path d="M2 10c2-4 5-5 8-5s6 1 8 5c-2 4-5 5-8 5s-6-1-8-5z"/><circle cx="10" cy="10" r="2"/>`);
const PERSON = icon(html`<circle cx="10" cy="7" r="3"/><path d="M4 17c1-4 3-5 6-5s5 1 6 5"/>`);
const BARRED = icon(html`<circle cx="10" cy="10" r="7"/><path d="M5 5l10 10"/>`);

function scopeList(sign: Html, heading: string, scopes: readonly string[]): Html {
  if (scopes.length === 0) return html``;
  const items = scopes.map((scope) => {
    const words = scopeInWords(scope);
    return words === scope ? html`<li><code>${scope}</code></li>` : html`<li>${words} <code>${scope}</code></li>`;
  });
  return html`<h2>${sign}${heading}</h2><ul>${items}</ul>`;
}

/** The organization's logo: a robot's head. */
const LOGO = html`<svg viewBox="0 0 28 28" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" aria-hidden="true"><rect x="4" y="9" width="20" height="15" rx="4"/><path d="M14 9V4M11 4h6M10 15v2M18 15v2"/></svg>`;

const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 28 28' fill='none' stroke='%235566dd' stroke-width='2.5' stroke-linecap='round'%3E%3Crect x='4' y='9' width='20' height='15' rx='4'/%3E%3Cpath d='M14 9V4M11 4h6M10 15v2M18 15v2'/%3E%3C/svg%3E";

function page({ orgName }: PageFrame, title: string, body: Html, status: number): SandboxReply {
  const document = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · ${orgName}</title>
<link rel="icon" href="${ICON}">
<style>${new Markup(ACTIVATE_STYLE)}</style>
</head>
<body>
<p class="note">This is a sandbox: a pretend org on this computer. Nothing here is real.</p>
<main>
  <p class="org">${LOGO}<span>${orgName}</span></p>
  <div class="card">${body}</div>
</main>
</body>
</html>`;
  return { status, headers: HEADERS, html: document.text };
}

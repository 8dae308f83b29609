import { createHash } from "node:crypto";
import { ACTIVATE_STYLE } from "./activate-style.js";
import { type Html, html, Html as Markup } from "./html.js";
import { scopeInWords } from "./oauth-scopes.js";
import type { SandboxReply } from "./route.js";

const styleHash = createHash("sha256").update(ACTIVATE_STYLE).digest("base64");

/** A page loads nothing but its one style sheet. */
const POLICY = `default-src 'none'; style-src 'sha256-${styleHash}'; img-src data:; base-uri 'none'; frame-ancestors 'none'`;

const HEADERS = {
  "Cache-Control": "no-store",
  "Referrer-Policy": "same-origin",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
};

/** The parts of the page around its content. */
export interface PageFrame {
  orgName: string;
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

/** The pictures before a list of scopes. */
const icon = (path: Html) =>
  html`<svg viewBox="0 0 20 20" fill="none" stroke="currentColor" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${path}</svg>`;
export const PENCIL = icon(html`<path d="M13 4l3 3-9 9-4 1 1-4zM11 6l3 3"/>`);
export const EYE = icon(
  html`<path d="M2 10c2-4 5-5 8-5s6 1 8 5c-2 4-5 5-8 5s-6-1-8-5z"/><circle cx="10" cy="10" r="2"/>`,
);
export const PERSON = icon(html`<circle cx="10" cy="7" r="3"/><path d="M4 17c1-4 3-5 6-5s5 1 6 5"/>`);
export const BARRED = icon(html`<circle cx="10" cy="10" r="7"/><path d="M5 5l10 10"/>`);

/** A list of scopes in plain words; nothing where there are none. */
export function scopeList(sign: Html, heading: string, scopes: readonly string[]): Html {
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

/**
 * A page of the org.
 * @param leaves true where the answer to the page's form leads to other sites. A browser applies `form-action` to every
 *   step of such a chain, and the org does not know them all.
 */
export function page({ orgName }: PageFrame, title: string, body: Html, status: number, leaves = false): SandboxReply {
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
  const policy = leaves ? POLICY : `${POLICY}; form-action 'self'`;
  return { status, headers: { ...HEADERS, "Content-Security-Policy": policy }, html: document.text };
}

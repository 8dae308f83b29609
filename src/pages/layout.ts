import { createHash } from "node:crypto";
import { html } from "hono/html";
import type { HtmlEscapedString } from "hono/utils/html";
import { shown } from "./page-text.js";
import { STYLE } from "./style.js";

/** Markup whose values are escaped. */
export type Markup = HtmlEscapedString | Promise<HtmlEscapedString>;

/** The place of the one style sheet. Its text stands in style.ts. */
export const STYLE_PATH = "/assets/okta-mcp.css";

/** Another version of the server may have another style, and browsers keep what they have for an hour. */
const STYLE_ADDRESS = `${STYLE_PATH}?${createHash("sha256").update(STYLE).digest("hex").slice(0, 12)}`;

export interface PageParts {
  title: string;
  /** The org that this server is for, as its host. */
  org: string;
  /** Who is signed in, for people; undefined before anybody is. */
  login?: string | undefined;
  body: Markup;
}

/** A page with one card. */
export function layout({ title, org, login, body }: PageParts): Markup {
  return wholePage({
    title,
    org,
    login,
    kind: "plain",
    body: html`<main id="content" tabindex="-1">
<div class="card">
${body}
</div>
</main>`,
  });
}

/** The parts of a page around what it is for. */
export interface WholePageParts extends PageParts {
  /** `admin` for a wide page with a navigation. */
  kind: "plain" | "admin";
  /** What stands at the end of the header. */
  inHeader?: Markup;
}

/** A whole page. It has no script, and needs none. @param parts its body has the element `main` with the id `content` */
export function wholePage({ title, org, login, kind, inHeader, body }: WholePageParts): Markup {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<title>${title} - okta-mcp</title>
<link rel="stylesheet" href="${STYLE_ADDRESS}">
</head>
<body class="${kind}">
${kind === "admin" ? html`<a class="skip" href="#content">Skip to the content</a>` : ""}
<header><span class="name">okta-mcp</span> <span class="soft">for ${org}</span>${
    login === undefined ? "" : html`<span class="who"><span class="soft">signed in as</span> ${shown(login)}</span>`
  }${inHeader ?? ""}</header>
${body}
</body>
</html>`;
}

/** The origin to which a page's form may send the browser on, besides this server. */
function formTarget(redirectUri: string | undefined): string {
  if (redirectUri === undefined) return "'self'";
  const { protocol, host } = new URL(redirectUri);
  // Chromium holds a form's redirects to this directive too, so the way back to the client has to be in it.
  return `'self' ${protocol === "http:" || protocol === "https:" ? `${protocol}//${host}` : protocol}`;
}

/**
 * The headers of every page: no script, no frame, nothing kept by the browser.
 * @param goesTo the addresses to which a form of the page may lead on
 */
export function pageHeaders(...goesTo: (string | undefined)[]): Record<string, string> {
  const targets = [...new Set(goesTo.flatMap((uri) => formTarget(uri).split(" ")))];
  const forms = targets.length === 0 ? "'self'" : targets.join(" ");
  return {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": `default-src 'none'; style-src 'self'; form-action ${forms}; frame-ancestors 'none'; base-uri 'none'`,
    "cache-control": "no-store",
    // With no-referrer a browser would send our own forms with `Origin: null` (Fetch, section 4.10), as a stranger's.
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "interest-cohort=()",
  };
}

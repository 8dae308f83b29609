import { html } from "hono/html";
import { OWN_SCOPES } from "../issuer/own-scopes.js";
import type { RedirectPlace } from "../issuer/redirect-rules.js";
import { layout, type Markup } from "./layout.js";
import { shown } from "./page-text.js";

/** A client that wants to act for a person. What it says of itself is not verified, but for one that is configured. */
export interface AskingClient extends RedirectPlace {
  name: string;
  /** True for a client of serve.json. */
  isKnown: boolean;
  /** The scopes of this server's own tokens that it asks for. */
  scopes: readonly string[];
}

/** The scopes in words for a person. */
const IN_WORDS: Readonly<Record<string, string>> = {
  [OWN_SCOPES.read]: "read what your roles let you read",
  [OWN_SCOPES.write]: "change and remove what your roles let you change; what cannot be undone waits for your yes",
};

export interface ConsentPage {
  org: string;
  client: AskingClient;
  /** Who is signed in already; undefined before the sign-in. */
  login: string | undefined;
  /** The address of the form. */
  action: string;
  csrf: string;
}

/** Words of caution, by where the answer of a client goes. */
function caution({ isKnown, isLoopback, isWeb, redirectHost }: AskingClient): Markup | undefined {
  if (isKnown) return undefined;
  if (isLoopback) {
    return html`<p class="note warn" role="note"><strong>Nobody has verified this name.</strong> The program gave it itself, and its answer goes to a port of this computer, where any program may listen. Go on only if you have just started to connect it here. You are asked every time.</p>`;
  }
  if (!isWeb) {
    return html`<p class="note warn" role="note"><strong>Nobody has verified this name.</strong> The program gave it itself, and any program of this computer can be opened by such an address. Go on only if you have just started to connect it here. You are asked every time.</p>`;
  }
  return html`<p class="note warn" role="note"><strong>Nobody has verified this name.</strong> Look at the address: its answer goes to <strong>${shown(redirectHost)}</strong>. Go on only if you know that place and have just started to connect it.</p>`;
}

/** The question whether a client may act for the person, with the way to Okta where nobody is signed in yet. */
export function consentPage({ org, client, login, action, csrf }: ConsentPage): Markup {
  const name = shown(client.name);
  const hidden = html`<input type="hidden" name="csrf" value="${csrf}">`;
  return layout({
    title: `Let ${name} act for you?`,
    org,
    login,
    body: html`<p class="kicker">Access request</p>
<h1>Let <em>${name}</em> administer ${org} for you?</h1>
${caution(client) ?? ""}
<dl>
<div><dt>Program</dt><dd>${name}${client.isKnown ? html` <span class="chip ok">verified by your company</span>` : html` <span class="chip">not verified</span>`}</dd></div>
<div><dt>Its answer goes to</dt><dd>${shown(client.redirectHost)}${client.isLoopback ? html` <span class="soft">this computer</span>` : ""}</dd></div>
<div><dt>It may</dt>${client.scopes.map((scope) => html`<dd>${IN_WORDS[scope] ?? shown(scope)}</dd>`)}</div>
</dl>
<form method="post" action="${action}" class="choice">${hidden}
<button class="main" name="answer" value="allow">${login === undefined ? "Continue with Okta" : "Allow"}</button>
<button name="answer" value="cancel">Cancel</button>
${login === undefined ? "" : html`<button class="quiet" name="answer" value="switch">I am not ${shown(login)}</button>`}
</form>
<p class="fine">What it changes is on record under your name. You can end its access at any time at <a href="/me">Your access</a>.</p>`,
  });
}

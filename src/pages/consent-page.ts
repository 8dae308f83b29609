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

/**
 * Words of caution, by where the answer of a client goes. The settings of the company prove a name only where https
 * proves the place: any program of a machine can send the id of a known client.
 */
function caution({ isKnown, isLoopback, isWeb, redirectHost }: AskingClient): Markup | undefined {
  if (isKnown && isWeb) return undefined;
  const sure = isKnown
    ? html`<strong>Any program of this computer can say that it is this one.</strong>`
    : html`<strong>Nobody has verified this name.</strong>`;
  if (isWeb) {
    return html`<p class="note warn" role="note">${sure} Look at the address: its answer goes to <strong>${shown(redirectHost)}</strong>. Go on only if you know that place and have just started to connect it.</p>`;
  }
  const itself = isKnown ? "" : "The program gave it itself. ";
  const where = isLoopback
    ? "Its answer goes to a port of this computer, where any program may listen."
    : "Any program of this computer can be opened by such an address.";
  return html`<p class="note warn" role="note">${sure} ${itself}${where} Go on only if you have just started to connect it here. You are asked every time.</p>`;
}

/** How far the name of a client is sure. */
function standing({ isKnown, isWeb }: AskingClient): Markup {
  if (!isKnown) return html` <span class="chip">not verified</span>`;
  return isWeb
    ? html` <span class="chip ok">verified by your company</span>`
    : html` <span class="chip">listed by your company</span>`;
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
<div><dt>Program</dt><dd>${name}${standing(client)}</dd></div>
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

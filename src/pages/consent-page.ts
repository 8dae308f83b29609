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

/** The question whether a client may act for the person, with the way to Okta where nobody is signed in yet. */
export function consentPage({ org, client, login, action, csrf }: ConsentPage): Markup {
  const verb = login === undefined ? "Continue with Okta" : "Allow";
  return layout({
    title: "Allow access",
    org,
    login,
    body: html`<h1>${shown(client.name)} wants to administer ${org} for you</h1>
${
  client.isKnown
    ? ""
    : html`<p class="warn">Nobody has verified this name: the program gave it itself. Go on only if you have just started to connect it.</p>`
}
<dl>
<dt>The program</dt><dd>${shown(client.name)}</dd>
<dt>Its answer goes to</dt><dd>${shown(client.redirectHost)}${client.isLoopback ? html` <span class="soft">(this machine)</span>` : ""}</dd>
<dt>It may</dt>${client.scopes.map((scope) => html`<dd>${IN_WORDS[scope] ?? shown(scope)}</dd>`)}
</dl>
<p class="soft">What it changes is on record under your name. You can end its access at any time under <a href="/me">/me</a>.</p>
<div class="choice">
<form method="post" action="${action}"><input type="hidden" name="csrf" value="${csrf}"><button class="main" name="answer" value="allow">${verb}</button></form>
<form method="post" action="${action}"><input type="hidden" name="csrf" value="${csrf}"><button name="answer" value="cancel">Cancel</button></form>
</div>`,
  });
}

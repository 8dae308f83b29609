import { html } from "hono/html";
import { layout, type Markup } from "./layout.js";
import { shown } from "./page-text.js";

export interface ApiLinkPage {
  org: string;
  login: string;
  /** The API's name in the settings. */
  api: string;
  /** The scopes that this server asks for. */
  scopes: readonly string[];
  /** When it was linked, in epoch milliseconds; undefined where it is not. */
  linkedSinceMs: number | undefined;
  action: string;
  csrf: string;
}

const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);

/** What this server may do for the person at one of the company's APIs, and the way to grant and to end it. */
export function apiLinkPage({ org, login, api, scopes, linkedSinceMs, action, csrf }: ApiLinkPage): Markup {
  const list = html`<ul class="effects">${scopes.map((scope) => html`<li><code>${shown(scope)}</code></li>`)}</ul>`;
  const hidden = html`<input type="hidden" name="csrf" value="${csrf}">`;
  const back = html`<a class="button" href="/me">Back to your access</a>`;
  const body =
    linkedSinceMs === undefined
      ? html`<p class="kicker">Your company's API</p>
<h1>Let this server act for you at ${shown(api)}?</h1>
<p>It asks for these scopes, and to stay signed in. What you may do there still decides about each call, and your programs never see the tokens.</p>
${list}
<form method="post" action="${action}" class="choice">${hidden}<button class="main" name="answer" value="link">Continue with Okta</button>${back}</form>`
      : html`<h1 class="good">This server may act for you at ${shown(api)}</h1>
<p>Linked since ${day(linkedSinceMs)}. Nobody but you uses it. You can go back to your assistant.</p>
${list}
<form method="post" action="${action}" class="choice">${hidden}<button name="answer" value="link">Link it anew</button><button name="answer" value="unlink">End it</button>${back}</form>`;
  return layout({ title: `${api}: your access`, org, login, body });
}

import { html } from "hono/html";
import { layout, type Markup } from "./layout.js";

export interface ConnectPage {
  org: string;
  login: string;
  /** The scopes at Okta that the person's roles use, each in plain words. */
  wanted: readonly { scope: string; words: string }[];
  /** True where all of them were granted and have not ended. */
  isGranted: boolean;
  action: string;
  csrf: string;
}

/** What this server may do for the person at Okta, and the way to grant it. */
export function connectPage({ org, login, wanted, isGranted, action, csrf }: ConnectPage): Markup {
  const list = html`<ul class="effects">${wanted.map(({ scope, words }) => html`<li>${words} <code>${scope}</code></li>`)}</ul>`;
  const form = (verb: string, kind: string) =>
    html`<form method="post" action="${action}" class="choice"><input type="hidden" name="csrf" value="${csrf}"><button class="${kind}">${verb}</button><a class="button" href="/me">Back to your access</a></form>`;
  const body =
    wanted.length === 0
      ? html`<h1>There is nothing to grant</h1>
<p>None of your roles acts by your own right at Okta.</p>
<p class="choice"><a class="button" href="/me">Back to your access</a></p>`
      : isGranted
        ? html`<h1 class="good">This server may act for you at Okta</h1>
<p>Your own rights there still decide about each call. Nobody but you uses this grant.</p>
${list}
${form("Grant it anew", "")}`
        : html`<p class="kicker">Your right at Okta</p>
<h1>Let this server act for you at ${org}?</h1>
<p>Your roles use exactly this, within your own rights. Your programs never see the tokens.</p>
${list}
${form("Continue with Okta", "main")}`;
  return layout({ title: "Your right at Okta", org, login, body });
}

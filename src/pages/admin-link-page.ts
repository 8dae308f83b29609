import { html } from "hono/html";
import { layout, type Markup } from "./layout.js";

export interface AdminLinkPage {
  org: string;
  /** The secret of the link. */
  link: string;
  action: string;
  csrf: string;
}

/** The page of a link of the machine. Looking at it uses nothing up. */
export function adminLinkPage({ org, link, action, csrf }: AdminLinkPage): Markup {
  return layout({
    title: "Administration without Okta",
    org,
    body: html`<p class="kicker">For when nobody can sign in with Okta</p>
<h1>Open the admin pages?</h1>
<p class="note warn">This goes past Okta. It is on record, and so is everything that you do there.</p>
<p>The link counts once, within five minutes of its making. The pages stay open for fifteen minutes.</p>
<form method="post" action="${action}" class="choice"><input type="hidden" name="csrf" value="${csrf}"><input type="hidden" name="link" value="${link}"><button class="main">Open the admin pages</button></form>`,
  });
}

/** The page for whoever comes without a link, or whose time is over. */
export function adminLinkNeededPage({ org }: { org: string }): Markup {
  return layout({
    title: "Administration without Okta",
    org,
    body: html`<h1>A link is needed here</h1>
<p>On the machine of the server run <code>okta-mcp serve admin-link --config serve.json</code> and open what it prints.</p>`,
  });
}

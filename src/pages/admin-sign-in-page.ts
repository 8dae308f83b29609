import { html } from "hono/html";
import { layout, type Markup } from "./layout.js";
import { shown } from "./page-text.js";

export interface AdminSignInPage {
  org: string;
  /** The admin page that comes after the sign-in. */
  to: string;
  csrf: string;
}

/** The page in front of the admin pages. */
export function adminSignInPage({ org, to, csrf }: AdminSignInPage): Markup {
  return layout({
    title: "Administration",
    org,
    body: html`<h1>Administration</h1>
<p>Sign in with Okta to see who uses this server and what for. You need to be in one of the groups of its admins.</p>
<form method="post" action="/admin/login" class="choice"><input type="hidden" name="csrf" value="${csrf}"><input type="hidden" name="to" value="${to}">
<button class="main">Continue with Okta</button></form>
<p class="fine">Your own programs and approvals are at <a href="/me">Your access</a>.</p>`,
  });
}

/** The page before something dangerous, for an admin who last proved some time ago who they are. */
export function stepUpPage({ org, login, to, csrf }: AdminSignInPage & { login: string }): Markup {
  return layout({
    title: "Confirm that it is you",
    org,
    login,
    body: html`<p class="kicker">Before you go on</p>
<h1>Confirm that it is you</h1>
<p>What comes next ends somebody’s access or hands out what is on record. Okta asks for your password or second factor again, as <strong>${shown(login)}</strong>; then you are back here. Nothing has happened yet.</p>
<form method="post" action="/admin/step-up" class="choice"><input type="hidden" name="csrf" value="${csrf}"><input type="hidden" name="to" value="${to}">
<button class="main">Confirm with Okta</button><a class="button" href="/admin">Not now</a></form>`,
  });
}

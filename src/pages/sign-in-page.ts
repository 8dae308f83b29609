import { html } from "hono/html";
import { layout, type Markup } from "./layout.js";

export interface SignInPage {
  org: string;
  /** What the sign-in is for, as a heading. */
  heading: string;
  text: string;
  action: string;
  csrf: string;
}

export interface SignOutPage {
  org: string;
  login: string;
  action: string;
  csrf: string;
}

/** The page in front of the way to Okta, so that nobody is signed in by a link alone. */
export function signInPage({ org, heading, text, action, csrf }: SignInPage): Markup {
  return layout({
    title: heading,
    org,
    body: html`<h1>${heading}</h1>
<p>${text}</p>
<form method="post" action="${action}" class="choice"><input type="hidden" name="csrf" value="${csrf}"><button class="main">Continue with Okta</button></form>`,
  });
}

/** The page on which somebody says how much of their sign-in ends. */
export function signOutPage({ org, login, action, csrf }: SignOutPage): Markup {
  return layout({
    title: "Sign out",
    org,
    login,
    body: html`<h1>Sign out?</h1>
${signOutForm({ action, csrf })}
<p class="choice"><a class="button" href="/me">Back to your access</a></p>`,
  });
}

/** The form that signs somebody out. */
export function signOutForm({ action, csrf }: { action: string; csrf: string }): Markup {
  return html`<form method="post" action="${action}" class="choice"><input type="hidden" name="csrf" value="${csrf}">
<button name="where" value="here">Sign out here</button>
<button name="where" value="okta">Sign out of Okta too</button>
<button class="danger" name="where" value="everywhere">Sign out everywhere</button>
</form>
<p class="fine">“Everywhere” also ends the access of every program that you have allowed, at once.</p>`;
}

/** The page after a sign-out. @param everywhere whether every program lost its access too */
export function signedOutPage({ org, everywhere }: { org: string; everywhere: boolean }): Markup {
  return layout({
    title: "Signed out",
    org,
    body: html`<h1>You are signed out</h1>
<p>${
      everywhere
        ? "No program may act for you any more, and no browser is signed in here."
        : "This browser is signed out of this server. Programs that you have allowed keep their access."
    }</p>
<p>Your session at Okta goes on until you sign out there too.</p>
<p class="choice"><a class="button" href="/me">Sign in again</a></p>`,
  });
}

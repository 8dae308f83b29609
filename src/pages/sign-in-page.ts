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

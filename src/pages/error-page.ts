import { html } from "hono/html";
import { layout, type Markup } from "./layout.js";

export interface ErrorPage {
  org: string;
  /** A stable name for the cause, e.g. `state_expired`. */
  code: string;
  /** What happened, in a sentence. */
  message: string;
  /** What to do next. */
  fix: string;
  /** The name under which the log has more about it. */
  requestId?: string | undefined;
}

/** A page that says what went wrong, by a code that the docs and the log have as well. */
export function errorPage({ org, code, message, fix, requestId }: ErrorPage): Markup {
  return layout({
    title: "It did not work",
    org,
    body: html`<h1 class="bad">${message}</h1>
<p>${fix}</p>
<p class="soft">Code: <code>${code}</code>${requestId === undefined ? "" : html`<br>In the log: <code>${requestId}</code>`}</p>`,
  });
}

import { html } from "hono/html";
import { layout, type Markup } from "./layout.js";
import { shown } from "./page-text.js";

export interface ErrorPage {
  org: string;
  /** A stable name for the cause, e.g. `state_expired`. */
  code: string;
  /** What happened, in a sentence. */
  message: string;
  /** What to do next. */
  fix: string;
  /** What whoever runs the server does about it; undefined where that is the same. */
  operator?: string | undefined;
  /** The name under which the log has more about it. */
  requestId?: string | undefined;
  /** The way back to the client that waits. */
  back?: { address: string; client: string } | undefined;
}

/** A page that says what went wrong, by a code that the docs and the log have as well. */
export function errorPage({ org, code, message, fix, operator, requestId, back }: ErrorPage): Markup {
  return layout({
    title: "It did not work",
    org,
    body: html`<p class="kicker">It did not work</p>
<h1 class="bad">${message}</h1>
<p>${fix}</p>
${operator === undefined ? "" : html`<p class="soft">For whoever runs this server: ${operator}</p>`}
${back === undefined ? "" : html`<p class="choice"><a class="button main" href="${back.address}">Back to ${shown(back.client)}</a></p>`}
<p class="fine">Code <code>${code}</code>${requestId === undefined ? "" : html`<br>In the server's log <code>${requestId}</code>`}</p>`,
  });
}

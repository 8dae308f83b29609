import { html } from "hono/html";
import { layout, type Markup } from "./layout.js";
import { shown } from "./page-text.js";

export interface ApprovePage {
  org: string;
  login: string;
  /** The name of the client that makes the call. */
  client: string;
  /** The question in the words for a person: a title, then a line for each effect. */
  question: string;
  action: string;
  csrf: string;
  /** Epoch milliseconds at which the question ends. */
  endsAtMs: number;
}

/** The question whether one call may go on, for somebody whose client cannot ask. */
export function approvePage({ org, login, client, question, action, csrf, endsAtMs }: ApprovePage): Markup {
  const [title = "", ...lines] = question.split("\n");
  const until = new Date(endsAtMs).toISOString().slice(11, 16);
  return layout({
    title: "Approve a change",
    org,
    login,
    body: html`<h1>${title}</h1>
<p>${shown(client)} wants to do this in your name. Nothing has happened yet.</p>
<ul>${lines.map((line) => html`<li>${line.replace(/^- /, "")}</li>`)}</ul>
<p class="soft">This question ends at ${until} UTC. It counts for this one change, once.</p>
<div class="choice">
<form method="post" action="${action}"><input type="hidden" name="csrf" value="${csrf}"><button class="main" name="answer" value="yes">Yes, go on</button></form>
<form method="post" action="${action}"><input type="hidden" name="csrf" value="${csrf}"><button name="answer" value="no">No</button></form>
</div>`,
  });
}

/** The page after an answer. */
export function approvedPage({ org, login, yes }: { org: string; login: string; yes: boolean }): Markup {
  return layout({
    title: yes ? "Approved" : "Refused",
    org,
    login,
    body: yes
      ? html`<h1 class="good">Approved</h1><p>Tell the assistant to make the same call again. It then goes on, if nothing has changed meanwhile.</p>`
      : html`<h1>Refused</h1><p>Nothing was changed, and nothing will be. You may close this page.</p>`,
  });
}

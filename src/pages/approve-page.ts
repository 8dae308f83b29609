import { html } from "hono/html";
import { visible } from "../text/quote.js";
import { layout, type Markup } from "./layout.js";
import { questionTitle, shown } from "./page-text.js";

export interface ApprovePage {
  org: string;
  login: string;
  /** The name of the client that makes the call. */
  client: string;
  /** The question in the words for a person: a title, then a line for each effect. */
  question: string;
  /** The tool and its arguments, as the client gave them; without secrets. */
  call: { tool: string; args: string | undefined };
  action: string;
  csrf: string;
  /** Epoch milliseconds at which the question ends. */
  endsAtMs: number;
}

/** The question whether one call may go on, for somebody whose client cannot ask. */
export function approvePage({ org, login, client, question, call, action, csrf, endsAtMs }: ApprovePage): Markup {
  const [, ...lines] = question.split("\n").map(visible);
  const effects = lines.map((line) => line.replace(/^- /, ""));
  const until = new Date(endsAtMs).toISOString();
  return layout({
    title: "Approve a change",
    org,
    login,
    body: html`<p class="kicker">${shown(client)} asks in your name</p>
<h1>${questionTitle(question)}</h1>
<p>Nothing has happened yet. Your answer counts for this one change, once.</p>
${effects.length === 0 ? "" : html`<ul class="effects">${effects.map((line) => html`<li>${line}</li>`)}</ul>`}
<details><summary>The exact call</summary><pre tabindex="0">${call.tool}${call.args === undefined ? "" : `\n${call.args}`}</pre></details>
<form method="post" action="${action}" class="choice"><input type="hidden" name="csrf" value="${csrf}">
<button class="danger" name="answer" value="yes">Yes, make this change</button>
<button name="answer" value="no">No</button>
</form>
<p class="fine">The question ends at <time datetime="${until}">${until.slice(11, 16)} UTC</time>.</p>`,
  });
}

/** How a question was answered. `used`: the call was made after a yes. */
export type Answered = "approved" | "used" | "denied";

/** The words of the page after an answer: a heading, and what follows. */
const ANSWERS: Readonly<Record<Answered, readonly [heading: Markup, text: string]>> = {
  approved: [
    html`<h1 class="good">Approved</h1>`,
    "Tell the assistant to make the same call again. It then goes on, unless something has changed meanwhile.",
  ],
  used: [
    html`<h1 class="good">Approved and used</h1>`,
    "The assistant has made the call. Your answer counts for no other.",
  ],
  denied: [html`<h1>Refused</h1>`, "Nothing was changed, and nothing will be."],
};

export interface AnsweredPage {
  org: string;
  login: string;
  question: string;
  answer: Answered;
}

/** The page after an answer, whenever it is opened again. */
export function answeredPage({ org, login, question, answer }: AnsweredPage): Markup {
  const [heading, text] = ANSWERS[answer];
  return layout({
    title: answer === "denied" ? "Refused" : "Approved",
    org,
    login,
    body: html`<p class="kicker">${questionTitle(question)}</p>
${heading}
<p>${text}</p>
<p class="fine">You may close this page.</p>`,
  });
}

import { html } from "hono/html";
import { type AdminFrame, adminPage, personPath } from "./admin-frame.js";
import type { Markup } from "./layout.js";
import { chip, dataTable, emptyList, type ListPages, moment, pager } from "./page-parts.js";
import { questionTitle, shown } from "./page-text.js";

/** A question that waits, or waited, for the person in whose name a call was made. */
export interface ListedApproval {
  person: string;
  label: string;
  client: string;
  tool: string;
  title: string;
  state: "open" | "approved" | "denied" | "used" | "ended";
  createdAtMs: number;
  endsAtMs: number;
}

/** An answer that is on record. */
export interface RecordedAnswer {
  person: string | undefined;
  label: string;
  client: string;
  tool: string | undefined;
  yes: boolean;
  atMs: number;
}

export interface ApprovalsPage {
  latest: readonly ListedApproval[];
  pages: ListPages;
  /** On the first page alone. */
  answers: readonly RecordedAnswer[];
}

const STATES: Readonly<Record<ListedApproval["state"], Markup>> = {
  open: chip("waits for an answer"),
  approved: chip("approved, not used yet", "ok"),
  used: chip("approved and done", "ok"),
  denied: chip("refused", "bad"),
  ended: chip("ended without an answer", "off"),
};

const who = (person: string | undefined, label: string) =>
  person === undefined ? shown(label) : html`<a href="${personPath(person)}">${shown(label)}</a>`;

/** The questions that wait for somebody, and how those before were answered. Nobody answers for somebody else. */
export function adminApprovalsPage(frame: AdminFrame, { latest, pages, answers }: ApprovalsPage): Markup {
  const { nowMs } = frame;
  return adminPage(frame, {
    section: "approvals",
    title: "Approvals",
    body: html`<p class="lead">Some changes wait until the person in whose name they are made says yes on a page of this server. Nobody can answer for somebody else, an admin no more than others.</p>
<h2>Of the last minutes</h2>
${
  latest.length === 0
    ? emptyList(
        "No change waits.",
        "A question stays here for some minutes after its end; the answer is on record below.",
      )
    : html`${dataTable({
        caption: "Changes that wait for somebody, or waited a moment ago",
        columns: ["Change", "Who is asked", "State", "Asked", "Ends"],
        rows: latest.map((one) => [
          html`${questionTitle(one.title)}<br><span class="soft">${one.tool}, by ${shown(one.client)}</span>`,
          who(one.person, one.label),
          STATES[one.state],
          moment(one.createdAtMs, nowMs),
          moment(one.endsAtMs, nowMs),
        ]),
      })}${pager(pages)}`
}
<h2>Answers on record</h2>
${
  answers.length === 0
    ? emptyList("Nobody has answered yet.", "Every answer goes on record in the audit, with the person who gave it.")
    : dataTable({
        caption: "The latest answers",
        columns: ["Who", "Answer", "Tool", "Program", "When"],
        rows: answers.map(({ person, label, client, tool, yes, atMs }) => [
          who(person, label),
          yes ? chip("approved", "ok") : chip("refused", "bad"),
          tool === undefined ? html`<span class="soft">not on record</span>` : shown(tool),
          shown(client),
          moment(atMs, nowMs),
        ]),
      })
}`,
  });
}

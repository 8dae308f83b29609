import { html } from "hono/html";
import { ADMIN_SECTIONS, type AdminFrame, adminPage } from "./admin-frame.js";
import type { Markup } from "./layout.js";
import { buttonForm, dataTable, emptyList, type ListPages, moment, pager } from "./page-parts.js";
import { shown } from "./page-text.js";

/** Somebody who may sign in though they were never here. */
export interface ShownInvitation {
  /** Their id at Okta. */
  subject: string;
  login: string | undefined;
  by: string;
  atMs: number;
  endsAtMs: number;
}

export interface InvitationsPage {
  invitations: readonly ShownInvitation[];
  /** True where nobody needs an invitation. */
  isOpen: boolean;
  /** True where Okta can be asked for a login. */
  canFind: boolean;
  pages: ListPages;
  done: string | undefined;
  actions: { invite: string; withdraw: string };
  csrf: { invite: string; withdraw: string };
}

/** Who may sign in though they were never here, and the way to let somebody in. */
export function adminInvitationsPage(frame: AdminFrame, page: InvitationsPage): Markup {
  const { invitations, isOpen, canFind, pages, done, actions, csrf } = page;
  const [label, hint] = canFind
    ? ["Login, or id at Okta", "Okta is asked who has exactly this login."]
    : ["Id at Okta", "It begins with 00u and stands in the address of the user’s page in Okta."];
  const table = dataTable({
    caption: "People who are invited and were never here",
    columns: ["Person", "Invited by", "Invited", "Ends", "Take it back"],
    rows: invitations.map(({ subject, login, by, atMs, endsAtMs }) => [
      html`${shown(login ?? subject)}${login === undefined ? "" : html`<br><span class="soft">${subject}</span>`}`,
      shown(by),
      moment(atMs, frame.nowMs),
      moment(endsAtMs, frame.nowMs),
      buttonForm({
        action: actions.withdraw,
        csrf: csrf.withdraw,
        text: "Take back",
        label: `Take back the invitation of ${shown(login ?? subject)}`,
        fields: { subject },
      }),
    ]),
  });
  return adminPage(frame, {
    section: "people",
    title: "Invitations",
    above: html`<a href="${ADMIN_SECTIONS.people.path}">People</a>`,
    done,
    body: html`${isOpen ? html`<p class="note warn" role="note">Nobody needs an invitation: whoever has a role by a group is let in (sign_on.auto_create).</p>` : ""}
<form method="post" action="${actions.invite}" class="filters"><input type="hidden" name="csrf" value="${csrf.invite}">
<div><label for="who">${label}</label><input id="who" name="who" required maxlength="200" autocomplete="off" aria-describedby="who-hint"><p class="hint" id="who-hint">${hint}</p></div>
<div class="go"><button class="main">Invite</button></div></form>
<p class="lead">An invitation lets somebody sign in for the first time, within thirty days. What they may do is decided by their groups.</p>
${invitations.length === 0 ? emptyList("Nobody is invited.", "Whoever has signed in once needs no invitation any more.") : html`${table}${pager(pages)}`}`,
  });
}

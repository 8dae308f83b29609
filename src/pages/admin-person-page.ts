import { html } from "hono/html";
import { ADMIN_SECTIONS, type AdminFrame, adminPage, clientPath, personPath } from "./admin-frame.js";
import { type RoleReason, rolesAndWhy, type Standing, standingChip } from "./admin-people-page.js";
import type { Markup } from "./layout.js";
import { buttonForm, dataTable, emptyList, facts, moment, type Shown, withParameters } from "./page-parts.js";
import { shown } from "./page-text.js";

/** What somebody has allowed a client. */
export interface PersonClient {
  id: string;
  name: string;
  redirectHosts: readonly string[];
  sinceMs: number;
  usedAtMs: number | undefined;
}

/** A browser in which somebody is signed in. */
export interface PersonBrowser {
  handle: string;
  kind: string;
  signedInAtMs: number;
  endsAtMs: number;
}

/** One of the company's APIs at which this server may act for somebody. */
export interface PersonApi {
  api: string;
  scopes: readonly string[];
  sinceMs: number;
}

/** Something on record about somebody. */
export interface PersonEvent {
  atMs: number;
  what: string;
  outcome: string;
  by: string;
}

export interface PersonPage {
  id: string;
  label: string;
  standing: Standing;
  isAdmin: boolean;
  roles: readonly RoleReason[];
  /** Further facts about them, where they are known. */
  known: readonly (readonly [name: string, value: string | undefined])[];
  groups: readonly string[];
  groupsAtMs: number | undefined;
  createdAtMs: number;
  seenAtMs: number;
  clients: readonly PersonClient[];
  apis: readonly PersonApi[];
  browsers: readonly PersonBrowser[];
  openApprovals: number;
  events: readonly PersonEvent[];
  /** Whether their groups can be read at Okta without them. */
  canSync: boolean;
  done: string | undefined;
  csrf: { sync: string; revoke: string; browser: string };
}

/** What a kind of session opens, in words. */
export const SESSION_KINDS: Readonly<Record<string, string>> = {
  pages: "their own pages",
  admin: "admin pages",
  break_glass: "admin pages, by a link of the machine",
};

const hosts = (all: readonly string[]) => (all.length === 0 ? "not known" : all.map(shown).join(", "));
const used = (ms: number | undefined, nowMs: number): Shown =>
  ms === undefined ? html`<span class="soft">not lately</span>` : moment(ms, nowMs);

function clientsOf({ id, clients, csrf }: PersonPage, nowMs: number): Markup {
  if (clients.length === 0) {
    return emptyList(
      "No program may act for them.",
      "One appears here as soon as they let it, on the page that asks them.",
    );
  }
  return dataTable({
    caption: "Programs that may act for this person",
    columns: ["Program", "Its answers go to", "Allowed", "Last token", "End it"],
    rows: clients.map((client) => [
      html`<a href="${clientPath(client.id)}">${shown(client.name)}</a>`,
      hosts(client.redirectHosts),
      moment(client.sinceMs, nowMs),
      used(client.usedAtMs, nowMs),
      buttonForm({
        action: `${personPath(id)}/revoke`,
        csrf: csrf.revoke,
        text: "End access",
        label: `End access of ${shown(client.name)}`,
        fields: { client: client.id },
      }),
    ]),
  });
}

function apisOf({ apis }: PersonPage, nowMs: number): Markup {
  if (apis.length === 0) return emptyList("No API is linked.", "One appears here as soon as they link it on its page.");
  return dataTable({
    caption: "The company's APIs at which this server may act for this person",
    columns: ["API", "Scopes", "Linked"],
    rows: apis.map(({ api, scopes, sinceMs }) => [shown(api), shown(scopes.join(", ")), moment(sinceMs, nowMs)]),
  });
}

function browsersOf({ id, browsers, csrf }: PersonPage, nowMs: number): Markup {
  if (browsers.length === 0) return emptyList("No browser is signed in.", "There is nothing to end here.");
  return dataTable({
    caption: "Browsers in which this person is signed in",
    columns: ["For", "Signed in", "Ends", "End it"],
    rows: browsers.map(({ handle, kind, signedInAtMs, endsAtMs }) => [
      SESSION_KINDS[kind] ?? shown(kind),
      moment(signedInAtMs, nowMs),
      moment(endsAtMs, nowMs),
      buttonForm({
        action: `${personPath(id)}/end-browser`,
        csrf: csrf.browser,
        text: "Sign out",
        label: `Sign out the browser of ${new Date(signedInAtMs).toISOString()}`,
        fields: { handle },
      }),
    ]),
  });
}

function eventsOf({ id, events }: PersonPage, nowMs: number): Markup {
  if (events.length === 0)
    return emptyList("Nothing is on record.", "Sign-ins, refusals and what admins do appear here.");
  return html`${dataTable({
    caption: "What is on record about this person, the latest first",
    columns: ["What", "Outcome", "By", "When"],
    rows: events.map(({ atMs, what, outcome, by }) => [what, outcome, shown(by), moment(atMs, nowMs)]),
  })}<p class="acts"><a href="${withParameters(ADMIN_SECTIONS.audit.path, { who: id })}">All about them in the audit</a>
<a href="${withParameters(ADMIN_SECTIONS.changes.path, { who: id })}">Their changes in the org</a></p>`;
}

function actsOf({ id, standing, canSync, csrf }: PersonPage): Markup {
  const path = personPath(id);
  return html`<div class="acts">
${canSync ? buttonForm({ action: `${path}/sync`, csrf: csrf.sync, text: "Read groups now" }) : ""}
<a class="button small" href="${path}/sign-out">Sign out everywhere…</a>
${standing === "blocked" ? html`<a class="button small" href="${path}/unblock">Lift the block…</a>` : html`<a class="button small" href="${path}/block">Block…</a>`}
<a class="button small" href="${path}/erase">Erase…</a>
</div>`;
}

/** One person: who they are, what they may do and why, what acts for them, and what can be done about it. */
export function adminPersonPage(frame: AdminFrame, page: PersonPage): Markup {
  const { label, standing, isAdmin, roles, known, groups, groupsAtMs, createdAtMs, seenAtMs, openApprovals, done } =
    page;
  const { nowMs } = frame;
  return adminPage(frame, {
    section: "people",
    title: shown(label),
    above: html`<a href="${ADMIN_SECTIONS.people.path}">People</a>`,
    done,
    body: html`${facts([
      ["Status", standingChip(standing)],
      ["Roles and why", rolesAndWhy(roles, isAdmin)],
      ...known.flatMap(([name, value]) => (value === undefined ? [] : [[name, shown(value)] as const])),
      [
        "Groups",
        groups.length === 0
          ? "none"
          : html`<span class="ids">${groups.map((group) => html`<code>${group}</code> `)}</span>`,
      ],
      ["Groups read", groupsAtMs === undefined ? "never" : moment(groupsAtMs, nowMs)],
      ["First sign-in", moment(createdAtMs, nowMs)],
      ["Last sign-in", moment(seenAtMs, nowMs)],
      [
        "Waits for their answer",
        openApprovals === 0 ? "nothing" : html`<a href="${ADMIN_SECTIONS.approvals.path}">${openApprovals}</a>`,
      ],
    ])}
${actsOf(page)}
<p class="hint"><a href="${withParameters(ADMIN_SECTIONS.roles.path, { login: label })}#dry-run">What this person sees</a>, tool by tool.</p>
<h2>Programs that may act for them</h2>
${clientsOf(page, nowMs)}
<h2>Linked APIs</h2>
${apisOf(page, nowMs)}
<h2>Signed-in browsers</h2>
${browsersOf(page, nowMs)}
<h2>On record</h2>
${eventsOf(page, nowMs)}`,
  });
}

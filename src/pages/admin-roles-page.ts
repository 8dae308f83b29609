import { html } from "hono/html";
import { ADMIN_SECTIONS, type AdminFrame, adminPage, personPath } from "./admin-frame.js";
import type { Markup } from "./layout.js";
import { chip, chips, dataTable, emptyList, facts, type Shown } from "./page-parts.js";
import { shown } from "./page-text.js";

/** A role as the settings have it. */
export interface ShownRole {
  name: string;
  groups: readonly string[];
  actAs: string;
  scopes: readonly string[];
  /** Sentences about what it may not do, and how often. */
  limits: readonly string[];
  mayUndo: string;
}

/** A tool, and the roles that may call it. */
export interface ToolRow {
  name: string;
  effect: string;
  scope: string | null;
  roles: ReadonlySet<string>;
}

/** What somebody would see, as `okta-mcp serve who` tells it. */
export interface SeenBy {
  login: string;
  id: string | undefined;
  standing: string;
  groups: Shown;
  roles: readonly { name: string; byGroups: readonly string[]; actAs: string; notGranted: readonly string[] }[];
  tools: readonly { name: string; role: string; scope: string | null }[];
  missing: readonly { name: string; why: string }[];
  notes: readonly string[];
}

export interface RolesPage {
  roles: readonly ShownRole[];
  tools: readonly ToolRow[];
  adminGroups: readonly string[];
  /** The login that is asked about; undefined where none is. */
  asked: string | undefined;
  seen: readonly SeenBy[];
}

/** With more roles a column for each would be too narrow to read. */
const MOST_COLUMNS = 6;

const ids = (groups: readonly string[]) => html`${groups.map((group) => html`<code>${group}</code> `)}`;

function matrix(roles: readonly ShownRole[], tools: readonly ToolRow[], caption: string): Markup {
  const names = roles.map(({ name }) => name);
  const inColumns = names.length <= MOST_COLUMNS;
  const what = ({ name, effect, scope }: ToolRow) =>
    html`${name}<br><span class="soft">${effect}${scope === null ? "" : `, ${scope}`}</span>`;
  return dataTable({
    caption,
    columns: ["Tool", ...(inColumns ? names : ["Roles"])],
    rows: tools.map((tool) => [
      what(tool),
      ...(inColumns
        ? names.map((name) => (tool.roles.has(name) ? chip("yes", "ok") : html`<span class="soft">no</span>`))
        : [chips(names.filter((name) => tool.roles.has(name)).map((name) => chip(name)))]),
    ]),
  });
}

function roleRows(roles: readonly ShownRole[]): Markup {
  return dataTable({
    caption: "Roles, in the order in which a call looks for one that allows it",
    columns: ["Role", "Groups that give it", "Acts at Okta as", "Scopes", "Limits", "May undo"],
    rows: roles.map(({ name, groups, actAs, scopes, limits, mayUndo }) => [
      name,
      ids(groups),
      actAs,
      html`${scopes.map((scope) => html`<code>${scope}</code> `)}`,
      limits.length === 0 ? html`<span class="soft">none</span>` : html`${limits.map((limit) => html`${limit}<br>`)}`,
      mayUndo,
    ]),
  });
}

function seenBy({ login, id, standing, groups, roles, tools, missing, notes }: SeenBy): Markup {
  return html`<h3>${id === undefined ? shown(login) : html`<a href="${personPath(id)}">${shown(login)}</a>`}</h3>
${notes.map((note) => html`<p class="note warn" role="note">${note}</p>`)}
${facts([
  ["Status", standing],
  ["Groups", groups],
  [
    "Roles and why",
    roles.length === 0
      ? "none"
      : html`${roles.map(
          ({ name, byGroups, actAs, notGranted }) =>
            html`${chip(name)} <span class="soft">by ${byGroups.join(", ")}, acts as ${actAs}${notGranted.length === 0 ? "" : `; not granted at Okta yet: ${notGranted.join(", ")}`}</span><br>`,
        )}`,
  ],
])}
<h4>Tools that they can call: ${tools.length}</h4>
${
  tools.length === 0
    ? emptyList("None.", "A tool is there once one of their groups gives a role that allows it.")
    : dataTable({
        caption: `Tools that ${login} can call`,
        columns: ["Tool", "Runs under", "Scope"],
        rows: tools.map(({ name, role, scope }) => [name, role, scope ?? "needs none"]),
      })
}
${
  missing.length === 0
    ? ""
    : html`<details><summary>Tools of their roles that they cannot call: ${missing.length}</summary>${dataTable({
        caption: `Tools that ${login} cannot call`,
        columns: ["Tool", "Why"],
        rows: missing.map(({ name, why }) => [name, why]),
      })}</details>`
}`;
}

function dryRun({ asked, seen }: RolesPage): Markup {
  const { path } = ADMIN_SECTIONS.roles;
  const answer =
    asked === undefined
      ? ""
      : seen.length === 0
        ? emptyList(
            "Nobody is known by this login.",
            "Neither this server nor Okta has it, or no directory app is named in serve.json that could ask. Look at the spelling.",
          )
        : html`${seen.map(seenBy)}`;
  return html`<h2 id="dry-run">What would somebody see?</h2>
<p class="lead">It tells what a login may call and why, also before its first sign-in. Nothing is changed. In a terminal <code>okta-mcp serve who LOGIN</code> tells the same.</p>
<form class="filters" method="get" action="${path}#dry-run" role="search" aria-label="What would somebody see?"><div><label for="login">Login</label><input id="login" name="login" value="${asked ?? ""}" autocomplete="off" autocapitalize="off" spellcheck="false" required></div><div class="go"><button>Look</button></div></form>
${answer}`;
}

/** The roles of the settings: what each may do, and what somebody would see. */
export function adminRolesPage(frame: AdminFrame, page: RolesPage): Markup {
  const { roles, tools, adminGroups } = page;
  const allowed = tools.filter((tool) => tool.roles.size > 0);
  const others = tools.filter((tool) => tool.roles.size === 0);
  return adminPage(frame, {
    section: "roles",
    title: "Roles",
    body: html`<p class="lead">Roles are what serve.json says; to change one, edit that file and send the server SIGHUP. Members of ${ids(adminGroups)} are admins of these pages.</p>
${roleRows(roles)}
${dryRun(page)}
<h2>Tools by role</h2>
${allowed.length === 0 ? emptyList("No role allows a tool.", "Look at the scopes and tools of the roles in serve.json.") : matrix(roles, allowed, "Tools that a role allows, and the roles that may call them")}
${
  others.length === 0
    ? ""
    : html`<details><summary>Tools that no role allows: ${others.length}</summary>${dataTable({
        caption: "Tools that no role allows",
        columns: ["Tool", "What it does", "Scope"],
        rows: others.map(({ name, effect, scope }) => [name, effect, scope ?? "needs none"]),
      })}</details>`
}`,
  });
}

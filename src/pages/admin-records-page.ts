import { html } from "hono/html";
import { ADMIN_SECTIONS, type AdminFrame, adminPage, clientPath, personPath } from "./admin-frame.js";
import type { Markup } from "./layout.js";
import {
  chip,
  dataTable,
  emptyList,
  type FilterField,
  filterForm,
  type ListPages,
  moment,
  pager,
  type Shown,
  withParameters,
} from "./page-parts.js";
import { shown } from "./page-text.js";

/** Somebody or something on record. A person has a page. */
export interface Named {
  label: string;
  /** Our own id, for a person. */
  person?: string | undefined;
}

const OUTCOMES: Readonly<Record<string, Markup>> = {
  done: chip("done", "ok"),
  refused: chip("refused", "bad"),
  failed: chip("failed", "bad"),
  unknown: chip("not known", "off"),
};

const who = ({ label, person }: Named): Shown =>
  person === undefined ? shown(label) : html`<a href="${personPath(person)}">${shown(label)}</a>`;

const programOf = (client: string | undefined, name: string | undefined): Shown =>
  client === undefined ? "" : html`<a href="${clientPath(client)}">${shown(name ?? client)}</a>`;

/** An entry of the record of accesses. */
export interface AuditRow {
  atMs: number;
  action: string;
  outcome: string;
  actor: Named | undefined;
  target: Named | undefined;
  client: string | undefined;
  clientName: string | undefined;
  ip: string | undefined;
  detail: string | undefined;
}

/** A change of the journal. */
export interface ChangeRow {
  id: string;
  atMs: number;
  tool: string;
  effect: string;
  target: string;
  outcome: string;
  error: string | undefined;
  person: Named | undefined;
  role: string | undefined;
  client: string | undefined;
  clientName: string | undefined;
  undoneBy: readonly string[];
}

export interface RecordsPage<Row> {
  rows: readonly Row[];
  filters: readonly FilterField[];
  pages: ListPages;
  done: string | undefined;
}

const exportLink = (path: string, { address }: ListPages) =>
  html`<p class="acts"><a class="button small" href="${withParameters(`${path}/export${address.slice(path.length)}`, {})}">Export…</a></p>`;

const isNarrowed = (filters: readonly FilterField[]) => filters.some(({ value }) => value !== undefined);

const NOTHING_FITS = (path: string) =>
  emptyList("Nothing fits.", html`Widen the filters, or <a href="${path}">show all</a>.`);

/** The record of who got in, who was refused, and what admins did. */
export function adminAuditPage(frame: AdminFrame, { rows, filters, pages, done }: RecordsPage<AuditRow>): Markup {
  const { path } = ADMIN_SECTIONS.audit;
  const table = dataTable({
    caption: "What happened to access, the latest first",
    columns: ["What", "Outcome", "Who", "Whom or what", "Program", "From", "When"],
    rows: rows.map(({ atMs, action, outcome, actor, target, client, clientName, ip, detail }) => [
      html`${shown(action)}${detail === undefined ? "" : html`<br><span class="soft">${shown(detail)}</span>`}`,
      OUTCOMES[outcome] ?? shown(outcome),
      actor === undefined ? html`<span class="soft">somebody unknown</span>` : who(actor),
      target === undefined ? "" : who(target),
      programOf(client, clientName),
      ip === undefined ? "" : html`<span class="whole">${ip}</span>`,
      moment(atMs, frame.nowMs),
    ]),
  });
  const none = isNarrowed(filters)
    ? NOTHING_FITS(path)
    : emptyList("Nothing is on record yet.", "Sign-ins, refusals, consents and what admins do appear here.");
  return adminPage(frame, {
    section: "audit",
    title: "Audit",
    done,
    body: html`<p class="lead">What happened to access: sign-ins, refusals, consents, ends, and what admins did. Nobody can change or remove an entry here.</p>
${filterForm(path, filters)}${rows.length === 0 ? none : html`${table}${pager(pages)}${exportLink(path, pages)}`}`,
  });
}

/** What everybody has changed in the org. */
export function adminChangesPage(frame: AdminFrame, { rows, filters, pages, done }: RecordsPage<ChangeRow>): Markup {
  const { path } = ADMIN_SECTIONS.changes;
  const table = dataTable({
    caption: "Changes in the org, the latest first",
    columns: ["Change", "Outcome", "Who", "Role", "Program", "When"],
    rows: rows.map((row) => [
      html`${shown(row.tool)}<br><span class="soft">${shown(row.target)}</span>`,
      html`${OUTCOMES[row.outcome] ?? shown(row.outcome)}${row.error === undefined ? "" : html`<br><span class="soft">${shown(row.error)}</span>`}${row.undoneBy.length === 0 ? "" : html`<br><span class="soft">undone by ${row.undoneBy.map(shown).join(", ")}</span>`}`,
      row.person === undefined ? html`<span class="soft">not on record</span>` : who(row.person),
      row.role ?? "",
      programOf(row.client, row.clientName),
      html`${moment(row.atMs, frame.nowMs)}<code>${row.id}</code>`,
    ]),
  });
  const none = isNarrowed(filters)
    ? NOTHING_FITS(path)
    : emptyList(
        "Nothing was changed yet.",
        "Every change that somebody makes through this server appears here, with its role and program.",
      );
  return adminPage(frame, {
    section: "changes",
    title: "Changes",
    done,
    body: html`<p class="lead">What people changed in the org through this server. The object before and after is in <code>okta-mcp serve journal --json --whole</code>, for whoever runs the server.</p>
${filterForm(path, filters)}${rows.length === 0 ? none : html`${table}${pager(pages)}${exportLink(path, pages)}`}`,
  });
}

import { ADMIN_SECTIONS } from "../pages/admin-frame.js";
import {
  type AuditRow,
  adminAuditPage,
  adminChangesPage,
  type ChangeRow,
  type Named,
} from "../pages/admin-records-page.js";
import type { FilterField } from "../pages/page-parts.js";
import { withParameters } from "../pages/page-parts.js";
import type { AuditEntry } from "../store/audit.js";
import type { CompanyChange } from "../store/company-journal.js";
import type { PageContext } from "../web/page-kit.js";
import type { PageRoutes } from "../web/web-server.js";
import { doneIn } from "./admin-done.js";
import type { AdminPagesOptions } from "./admin-options.js";
import { addRecordExports } from "./admin-record-exports.js";
import { addAdminPage, textIn } from "./admin-routes.js";
import { auditFilters, changeFilters, type RecordFilters } from "./record-filters.js";

const PAGE_ROWS = 50;

/** Adds the record of accesses and the journal of changes, with their exports. */
export function addAdminRecords(app: PageRoutes, options: AdminPagesOptions): void {
  const { store } = options;
  addAdminPage(app, options, ADMIN_SECTIONS.audit.path, async (frame, { context }) => {
    const filters = await auditFilters(context, options);
    const before = placeIn(context);
    const found = await store.audit.page({ ...filters.query, before, limit: PAGE_ROWS + 1 });
    const shown = found.slice(0, PAGE_ROWS);
    const next = found.length > shown.length ? String(shown.at(-1)?.id) : undefined;
    return adminAuditPage(frame, {
      rows: await auditRows(options, shown),
      ...around(context, ADMIN_SECTIONS.audit.path, filters, { next, count: shown.length }),
    });
  });
  addAdminPage(app, options, ADMIN_SECTIONS.changes.path, async (frame, { context }) => {
    const filters = await changeFilters(context, options);
    const after = textIn(context.req.query("after"));
    const { changes, next } = await store.companyJournal.page({ ...filters.query, after, limit: PAGE_ROWS });
    const nameOf = await options.clientNames(changes.map(({ change }) => change.caller?.client));
    return adminChangesPage(frame, {
      rows: changes.map((change) => changeRow(change, nameOf)),
      ...around(context, ADMIN_SECTIONS.changes.path, filters, { next, count: changes.length }),
    });
  });
  addRecordExports(app, options);
}

/** The id of the entry that stood last on the page before. */
function placeIn(context: PageContext): number | undefined {
  const after = context.req.query("after");
  return after !== undefined && /^\d{1,15}$/.test(after) ? Number(after) : undefined;
}

function around(
  context: PageContext,
  path: string,
  { fields, given }: RecordFilters<unknown>,
  { next, count }: { next: string | undefined; count: number },
): { filters: readonly FilterField[]; pages: Parameters<typeof adminAuditPage>[1]["pages"]; done: string | undefined } {
  const isFirst = context.req.query("after") === undefined;
  return {
    filters: fields,
    pages: { address: withParameters(path, given), isFirst, next, count },
    done: doneIn(context),
  };
}

async function auditRows(
  { store, clientNames }: AdminPagesOptions,
  entries: readonly AuditEntry[],
): Promise<AuditRow[]> {
  const labels = await store.peopleLists.labels(
    entries.flatMap(({ actor, target }) => [actor ?? [], target ?? []].flat()),
  );
  const namedOf = (id: string | undefined): Named | undefined =>
    id === undefined ? undefined : { label: labels.get(id) ?? id, person: labels.has(id) ? id : undefined };
  const nameOf = await clientNames(entries.map(({ client }) => client));
  return entries.map(({ atMs, action, outcome, actor, target, client, ip, detail }) => ({
    atMs,
    action,
    outcome,
    actor: namedOf(actor),
    target: namedOf(target),
    client,
    clientName: client && nameOf(client),
    ip,
    detail: detail === undefined ? undefined : inWords(detail),
  }));
}

/** The facts of an entry in one line. */
function inWords(detail: Record<string, unknown>): string {
  const words = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
  return Object.entries(detail)
    .map(([name, value]) => `${name} ${Array.isArray(value) ? value.map(words).join(" ") : words(value)}`)
    .join(", ");
}

function changeRow({ change, login }: CompanyChange, nameOf: (client: string) => string): ChangeRow {
  const { id, at, tool, effect, target, outcome, error, caller, undone_by: undoneBy = [] } = change;
  const { person, client, role } = caller ?? {};
  return {
    id,
    atMs: Date.parse(at),
    tool,
    effect,
    target: target ?? change.requests.at(0)?.path ?? "",
    outcome,
    error: error?.code,
    person:
      person === undefined ? undefined : { label: login ?? person, person: login === undefined ? undefined : person },
    role,
    client,
    clientName: client && nameOf(client),
    undoneBy,
  };
}

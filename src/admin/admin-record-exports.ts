import { html } from "hono/html";
import { stream } from "hono/streaming";
import { ADMIN_SECTIONS } from "../pages/admin-frame.js";
import { withParameters } from "../pages/page-parts.js";
import { type ExportFormat, exportAudit, exportJournal } from "../store/record-export.js";
import type { PageContext } from "../web/page-kit.js";
import type { PageRoutes } from "../web/web-server.js";
import { addAdminAct } from "./admin-acts.js";
import type { AdminPagesOptions } from "./admin-options.js";
import type { SentForm } from "./admin-routes.js";
import { auditFilters, changeFilters, type RecordFilters } from "./record-filters.js";

const TYPES: Readonly<Record<ExportFormat, string>> = {
  csv: "text/csv; charset=utf-8",
  ndjson: "application/x-ndjson; charset=utf-8",
};

const FORMAT_FIELD = html`<div class="field"><label for="format">Format</label><select id="format" name="format"><option value="csv">CSV, for spreadsheets</option><option value="ndjson">NDJSON, for programs</option></select></div>`;

type Section = "audit" | "changes";

/** Adds the exports of both records. What leaves is itself on record, before the first line of it leaves. */
export function addRecordExports(app: PageRoutes, options: AdminPagesOptions): void {
  const all = { limit: Number.MAX_SAFE_INTEGER };
  addExport(app, options, "audit", auditFilters, (query, format) =>
    exportAudit(options.store, { ...query, ...all }, format),
  );
  addExport(app, options, "changes", changeFilters, (query, format) =>
    exportJournal(options.store, { ...query, ...all }, format, "summary"),
  );
}

function addExport<Query>(
  app: PageRoutes,
  options: AdminPagesOptions,
  section: Section,
  filtersIn: (context: PageContext, options: AdminPagesOptions) => Promise<RecordFilters<Query>>,
  texts: (query: Query, format: ExportFormat) => AsyncIterable<string>,
): void {
  const { path, name } = ADMIN_SECTIONS[section];
  addAdminAct(app, options, {
    path: `${path}/export`,
    async ask(context) {
      const { fields, given } = await filtersIn(context, options);
      const narrowed = fields.filter(({ value }) => value !== undefined);
      return {
        section,
        title: section === "audit" ? "Export the audit?" : "Export the changes?",
        effects: [
          narrowed.length === 0
            ? "Everything that is on record leaves this server as a file."
            : `What leaves this server as a file: ${narrowed.map(({ label, value }) => `${label} ${value}`).join("; ")}.`,
          "The file has logins, addresses and names. Keep it where only those see it who may.",
          "No cell of the CSV file is a formula for a spreadsheet. That you exported it is on record.",
        ],
        fields: FORMAT_FIELD,
        yes: "Export",
        isDanger: false,
        back: { path: withParameters(path, given), name },
      };
    },
    async run(form) {
      const format: ExportFormat = form.fields.format === "ndjson" ? "ndjson" : "csv";
      const { query, given } = await filtersIn(form.context, options);
      const filters = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
      await form.record({ action: `export_${section}`, outcome: "done", detail: { format, ...filters } });
      return fileOf(form, options, `okta-mcp-${section}`, format, texts(query, format));
    },
  });
}

/** The answer with a file, written while it is read, so that any number of rows takes the same memory. */
function fileOf(
  { context }: SentForm,
  { now, log }: AdminPagesOptions,
  name: string,
  format: ExportFormat,
  texts: AsyncIterable<string>,
): Response {
  const day = new Date(now()).toISOString().slice(0, 10);
  context.header("content-type", TYPES[format]);
  context.header("content-disposition", `attachment; filename="${name}-${day}.${format}"`);
  context.header("cache-control", "no-store");
  return stream(
    context,
    async (out) => {
      for await (const text of texts) {
        if (out.aborted) return;
        await out.write(text);
      }
    },
    async (error) => log.error("an export broke off", { error }),
  );
}

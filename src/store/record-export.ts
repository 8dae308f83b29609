import type { Change } from "../journal/change.js";
import { idsOf } from "../journal/change-ids.js";
import { CSV_START, csvLine } from "../text/csv.js";
import { inertJson } from "../text/inert-json.js";
import type { AuditEntry, AuditQuery } from "./audit.js";
import type { CompanyChange, CompanyJournalQuery } from "./company-journal.js";
import type { Store } from "./open-store.js";

/** `csv` for spreadsheets; `ndjson`, one JSON object on each line, for programs. */
export type ExportFormat = "csv" | "ndjson";

/** A record as it leaves. Times are ISO 8601. */
export type ExportedRecord = Readonly<Record<string, unknown>>;

/** What of a change is exported: `summary` leaves out arguments and the object before and after. */
export type JournalContent = "summary" | "whole";

/** The columns of the record of accesses, in their order. */
export const AUDIT_COLUMNS = [
  "id",
  "at",
  "actor",
  "login",
  "action",
  "target",
  "outcome",
  "client",
  "ip",
  "request_id",
  "detail",
] as const;

/** The columns of the journal, in their order. What a change did to its object stands in the other format alone. */
export const JOURNAL_COLUMNS = [
  "id",
  "at",
  "outcome",
  "tool",
  "effect",
  "target",
  "ids",
  "person",
  "login",
  "client",
  "role",
  "act_as",
  "org",
  "actor",
  "confirmed",
  "error",
  "requests",
  "undo_of",
  "undone_by",
  "ended_at",
  "request_id",
] as const;

/** An entry of the record of accesses as it is shown and exported. */
export function auditRecord(entry: AuditEntry & { login?: string }): ExportedRecord {
  const { id, atMs, actor, login, action, target, outcome, client, ip, requestId, detail } = entry;
  const at = new Date(atMs).toISOString();
  return { id, at, actor, login, action, target, outcome, client, ip, request_id: requestId, detail };
}

/** A change of the journal in one row. */
export function changeRecord({ change, login }: CompanyChange): ExportedRecord {
  const { caller, requests, actor, error, undone_by } = change;
  const { id, at, outcome, tool, effect, target, org, confirmed, undo_of, ended_at } = change;
  return {
    ...{ id, at, outcome, tool, effect, target, org, confirmed, undo_of, ended_at, login, ...caller },
    ids: idsOf(change).join(" ") || undefined,
    actor: actor.user ?? actor.client_id ?? undefined,
    error: error?.code,
    requests: requests.map(({ method, path, status }) => [method, path, status].join(" ").trim()).join("\n"),
    undone_by: undone_by?.join(" "),
  };
}

function changeObject({ change, login }: CompanyChange, content: JournalContent): ExportedRecord {
  const { caller, ...whole } = change;
  const by = caller && { ...caller, ...(login !== undefined && { login }) };
  return { ...(content === "whole" ? whole : withoutContent(whole)), ...(by && { caller: by }) };
}

function withoutContent(change: Omit<Change, "caller">): ExportedRecord {
  const { arguments: _arguments, before: _before, after: _after, notes: _notes, error, ...rest } = change;
  const ids = idsOf(change);
  return { ...rest, ...(ids.length > 0 && { ids }), ...(error && { error: { code: error.code } }) };
}

/** The record of accesses as a text, chunk by chunk. Any number of entries takes the same memory. */
export function exportAudit({ audit }: Pick<Store, "audit">, query: AuditQuery, format: ExportFormat) {
  return texts(audit.entries(query), format, AUDIT_COLUMNS, auditRecord, auditRecord);
}

/** The journal of everybody as a text, chunk by chunk. Any number of changes takes the same memory. */
export function exportJournal(
  { companyJournal }: Pick<Store, "companyJournal">,
  query: CompanyJournalQuery,
  format: ExportFormat,
  content: JournalContent,
) {
  const changes = companyJournal.changes(query);
  return texts(changes, format, JOURNAL_COLUMNS, changeRecord, (change) => changeObject(change, content));
}

/** The characters that are put together to one chunk. */
const CHUNK_CHARS = 64 * 1024;

async function* texts<Row>(
  rows: AsyncIterable<Row>,
  format: ExportFormat,
  columns: readonly string[],
  inColumns: (row: Row) => ExportedRecord,
  asObject: (row: Row) => ExportedRecord,
): AsyncGenerator<string> {
  let chunk = format === "csv" ? CSV_START + csvLine(columns) : "";
  for await (const row of rows) {
    if (format === "ndjson") chunk += `${inertJson(asObject(row))}\n`;
    else {
      const record = inColumns(row);
      chunk += csvLine(columns.map((column) => cellOf(record[column])));
    }
    if (chunk.length < CHUNK_CHARS) continue;
    yield chunk;
    chunk = "";
  }
  if (chunk !== "") yield chunk;
}

function cellOf(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "object" ? inertJson(value) : String(value);
}

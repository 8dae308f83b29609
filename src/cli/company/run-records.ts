import type { ChangeOutcome } from "../../journal/change.js";
import type { Json, JsonObject } from "../../json/json.js";
import type { AuditEvent, AuditQuery } from "../../store/audit.js";
import type { CompanyJournalQuery } from "../../store/company-journal.js";
import type { Store } from "../../store/open-store.js";
import { auditRecord, changeRecord, exportAudit, exportJournal } from "../../store/record-export.js";
import { writeData } from "../data-out.js";
import { usageError } from "../failure.js";
import { columnsOf, type Io } from "../io.js";
import { pointInTime } from "../time-option.js";
import { quoted } from "../words.js";
import { besideServer } from "./beside-store.js";

/** The two records of a company's server: what happened to access, and what was changed in the org. */
export type RecordKind = "audit" | "journal";

/** The options of both commands. */
export interface RecordFlags {
  config: string;
  person?: string;
  client?: string;
  outcome?: string;
  since?: string;
  until?: string;
  limit?: number;
  after?: string;
  action?: string;
  tool?: string;
  whole?: true;
  csv?: true;
  json?: true;
}

const TABLE_ROWS = 50;

/** The columns of the tables. That of the id is never cut, since `--after` takes it. */
const COLUMNS: Readonly<Record<RecordKind, readonly string[]>> = {
  audit: ["at", "outcome", "action", "who", "target", "client", "ip", "id"],
  journal: ["at", "outcome", "tool", "target", "who", "role", "id"],
};

/**
 * Shows or exports one of the two records.
 * @returns the exit code: 0
 * @throws OktaMcpError bad_input, bad_config, store_unavailable
 */
export async function runServeRecords(io: Io, kind: RecordKind, flags: RecordFlags): Promise<number> {
  if (flags.whole && !flags.json) throw usageError("--whole is for --json.", "Add --json, or leave --whole out.");
  const format = flags.csv ? "csv" : flags.json ? "ndjson" : undefined;
  return besideServer(io, flags.config, async (store) => {
    const query = await queryOf(store, flags);
    if (format === undefined) await showTable(io, kind, store, flags, query);
    else if (kind === "audit") await writeData(io, exportAudit(store, auditQuery(query, flags), format));
    else {
      const content = flags.whole ? "whole" : "summary";
      await writeData(io, exportJournal(store, journalQuery(query, flags), format, content));
    }
    return 0;
  });
}

/** What both queries have in common. */
interface CommonQuery {
  people: readonly string[] | undefined;
  client: string | undefined;
  sinceMs: number | undefined;
  untilMs: number | undefined;
  limit: number;
}

async function queryOf({ people }: Store, flags: RecordFlags): Promise<CommonQuery> {
  const { person, client, since, until, limit, csv, json } = flags;
  const nowMs = Date.now();
  const at = (flag: string, text: string | undefined) =>
    text === undefined ? undefined : Date.parse(pointInTime(flag, text, nowMs));
  const known = person === undefined ? [] : await people.findByLogin(person);
  return {
    people: person === undefined ? undefined : [person, ...known.map(({ id }) => id)],
    client,
    sinceMs: at("--since", since),
    untilMs: at("--until", until),
    limit: limit ?? (csv || json ? Number.MAX_SAFE_INTEGER : TABLE_ROWS),
  };
}

function auditQuery({ people, ...query }: CommonQuery, { action, outcome, after }: RecordFlags): AuditQuery {
  if (after !== undefined && !/^\d{1,15}$/.test(after)) {
    throw usageError("--after has to be the id of an entry.", "Copy it from the column id.");
  }
  const before = after === undefined ? undefined : Number(after);
  return { ...query, about: people, action, outcome: outcome as AuditEvent["outcome"] | undefined, before };
}

function journalQuery({ people, ...query }: CommonQuery, { tool, outcome, after }: RecordFlags): CompanyJournalQuery {
  return { ...query, person: people, tool, outcome: outcome as ChangeOutcome | undefined, after };
}

async function showTable(
  io: Io,
  kind: RecordKind,
  store: Store,
  flags: RecordFlags,
  query: CommonQuery,
): Promise<void> {
  const { rows, next } = await (kind === "audit"
    ? auditRows(store, auditQuery(query, flags))
    : journalRows(store, journalQuery(query, flags)));
  if (rows.length > 0) {
    const { renderTable } = await import("../table.js");
    const heading = (text: string) => io.style("bold", text, io.stdout);
    const width = io.stdout.isTTY ? columnsOf(io.stdout) : Number.POSITIVE_INFINITY;
    io.out(await renderTable(rows, { width, fields: COLUMNS[kind], whole: ["at", "id"], heading }));
    io.note();
  }
  const count = rows.length === 0 ? "Nothing found" : `${rows.length} ${rows.length === 1 ? "item" : "items"}`;
  io.note(`${count}${next === undefined ? "" : "; there are more"}.`);
  if (next !== undefined) io.copyable(`${io.style("dim", "Next page:")} ${nextPage(kind, flags, next)}`);
}

interface Rows {
  rows: readonly Json[];
  next: string | undefined;
}

async function auditRows({ audit, peopleLists }: Store, query: AuditQuery): Promise<Rows> {
  const found = await audit.page({ ...query, limit: query.limit + 1 });
  const shown = found.slice(0, query.limit);
  const labels = await peopleLists.labels(shown.flatMap(({ target }) => target ?? []));
  const named = (target: string | undefined) => (target === undefined ? undefined : (labels.get(target) ?? target));
  return {
    rows: shown.map((entry) =>
      asRow({ ...auditRecord(entry), target: named(entry.target) }, entry.login ?? entry.actor),
    ),
    next: found.length > shown.length ? String(shown.at(-1)?.id) : undefined,
  };
}

async function journalRows({ companyJournal }: Store, query: CompanyJournalQuery): Promise<Rows> {
  const { changes, next } = await companyJournal.page(query);
  const rows = changes.map((change) => {
    const record = changeRecord(change);
    const target = record.target ?? record.ids;
    return asRow({ ...record, target }, change.login ?? change.change.caller?.person);
  });
  return { rows, next };
}

function asRow(record: Readonly<Record<string, unknown>>, who: string | undefined): Json {
  return { ...record, who } as unknown as JsonObject;
}

/** The same command for the next rows. */
function nextPage(kind: RecordKind, flags: RecordFlags, after: string): string {
  const { config, person, client, outcome, since, until, limit, action, tool } = flags;
  const values = Object.entries({ config, person, client, outcome, action, tool, since, until, limit, after });
  const given = values.flatMap(([name, value]) => (value === undefined ? [] : [`--${name} ${quoted(String(value))}`]));
  return `okta-mcp serve ${kind} ${given.join(" ")}`;
}

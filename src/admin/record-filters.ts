import type { ChangeOutcome } from "../journal/change.js";
import type { FilterField } from "../pages/page-parts.js";
import type { AuditEvent, AuditQuery } from "../store/audit.js";
import type { CompanyJournalQuery } from "../store/company-journal.js";
import type { PageContext } from "../web/page-kit.js";
import type { AdminPagesOptions } from "./admin-options.js";
import { textIn } from "./admin-routes.js";

/** The filters of an address: as a query, as fields of a form, and as parameters of the next address. */
export interface RecordFilters<Query> {
  query: Query;
  fields: FilterField[];
  given: Record<string, string | undefined>;
}

const AUDIT_OUTCOMES: readonly AuditEvent["outcome"][] = ["done", "refused", "failed"];
const CHANGE_OUTCOMES: readonly ChangeOutcome[] = ["done", "refused", "failed", "unknown"];

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const DAY_MS = 86_400_000;

/** The beginning of a day in UTC, in epoch milliseconds; undefined where it is none. */
function dayIn(text: string | undefined): number | undefined {
  const ms = text !== undefined && DAY.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms;
}

/** What both records are narrowed by. */
async function common(context: PageContext, { store }: AdminPagesOptions) {
  const asked = context.req.query();
  const [who, client, from, to] = [asked.who, asked.client, asked.from, asked.to].map((value) => textIn(value, 2_000));
  const known = who === undefined ? [] : await store.people.findByLogin(who);
  const [sinceMs, untilMs] = [dayIn(from), dayIn(to)];
  const limits: FilterField[] = [
    { name: "client", label: "Program, by its id", value: client },
    { name: "from", label: "From day (UTC)", value: sinceMs === undefined ? undefined : from, type: "date" },
    { name: "to", label: "To day (UTC)", value: untilMs === undefined ? undefined : to, type: "date" },
  ];
  return {
    asked,
    who: { name: "who", label: "Who, by login or id", value: who },
    limits,
    people: who === undefined ? undefined : [who, ...known.map(({ id }) => id)],
    query: { client, sinceMs, untilMs: untilMs === undefined ? undefined : untilMs + DAY_MS - 1 },
  };
}

const outcomeField = (value: string | undefined, outcomes: readonly string[]): FilterField => ({
  name: "outcome",
  label: "Outcome",
  value,
  choices: [["", "any"], ...outcomes.map((one) => [one, one === "unknown" ? "not known" : one] as const)],
});

const givenIn = (fields: readonly FilterField[]) => Object.fromEntries(fields.map(({ name, value }) => [name, value]));

/** The filters of the record of accesses. */
export async function auditFilters(
  context: PageContext,
  options: AdminPagesOptions,
): Promise<RecordFilters<Omit<AuditQuery, "limit">>> {
  const { asked, who, limits, people, query } = await common(context, options);
  const action = textIn(asked.action, 100);
  const outcome = AUDIT_OUTCOMES.find((one) => one === asked.outcome);
  const fields = [
    who,
    { name: "action", label: "What", value: action },
    outcomeField(outcome, AUDIT_OUTCOMES),
    ...limits,
  ];
  return { query: { ...query, about: people, action, outcome }, fields, given: givenIn(fields) };
}

/** The filters of the journal of changes. */
export async function changeFilters(
  context: PageContext,
  options: AdminPagesOptions,
): Promise<RecordFilters<Omit<CompanyJournalQuery, "limit">>> {
  const { asked, who, limits, people, query } = await common(context, options);
  const tool = textIn(asked.tool, 100);
  const outcome = CHANGE_OUTCOMES.find((one) => one === asked.outcome);
  const fields = [who, { name: "tool", label: "Tool", value: tool }, outcomeField(outcome, CHANGE_OUTCOMES), ...limits];
  return { query: { ...query, person: people, tool, outcome }, fields, given: givenIn(fields) };
}

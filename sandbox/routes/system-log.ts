import { compileFilter } from "../filter.js";
import { invalid } from "../okta-error.js";
import type { Org } from "../org.js";
import { limitOf, link, nextLink } from "../page.js";
import type { Route, SandboxReply, SandboxRequest } from "../route.js";
import type { LogEvent } from "../state/model.js";

const PAGING = { defaultLimit: 100, minLimit: 0, maxLimit: 1000, beyond: "refuse" } as const;
const WEEK_MS = 7 * 24 * 60 * 60 * 1000;
const ISO_TIME = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/;
const MAX_KEYWORDS = 10;
const MAX_KEYWORD_CHARS = 40;

/** A place in the log. The number decides between events of the same millisecond. */
interface Position {
  published: string;
  number: number;
}

interface Placed extends Position {
  event: LogEvent;
}

/**
 * The system log. A query with `until`, or in descending order, has an end. Any other is Okta's polling query: every
 * page has a next link, and that of the last page finds later events.
 */
export function systemLogRoutes(org: Org): Route[] {
  return [
    {
      method: "GET",
      template: "/api/v1/logs",
      scope: "okta.logs.read",
      handle: (request) => listEvents(org, request),
    },
  ];
}

function listEvents(org: Org, request: SandboxRequest): SandboxReply {
  const { url, query } = request;
  const limit = limitOf(request, PAGING);
  const descending = isDescending(query.get("sortOrder"));
  const polling = !query.has("until") && !descending;
  const until = timeOf(query, "until") ?? org.timestamp();
  const since = timeOf(query, "since") ?? org.timestamp(Date.parse(until) - WEEK_MS);
  if (!polling && since > until) throw invalid("since", "since: The time window ends before it begins.");
  const asked = conditionOf(query);

  const start = positionOf(query.get("after"));
  const sign = descending ? -1 : 1;
  const inOrder = org.events
    .map((event, number): Placed => ({ event, published: event.published, number }))
    .filter(({ published }) => published >= since && (polling || published <= until))
    .filter((placed) => start === undefined || sign * order(placed, start) > 0)
    .sort((a, b) => sign * order(a, b));
  const found = inOrder.filter(({ event }) => asked(event));
  const page = found.slice(0, limit);

  const links = [link(url, "self")];
  if (polling || found.length > page.length) {
    const end = page.at(-1) ?? start ?? { published: since, number: -1 };
    const next = new URL(url);
    // The window stays the same on later pages. The default would move along with the clock.
    next.searchParams.set("since", since);
    if (!polling) next.searchParams.set("until", until);
    links.push(nextLink(next, limit, `${Date.parse(end.published)}_${end.number}`));
  }
  return { status: 200, headers: { Link: links.join(", ") }, json: page.map(({ event }) => event) };
}

/** Below zero when `a` comes before `b`. */
function order(a: Position, b: Position): number {
  if (a.published === b.published) return a.number - b.number;
  return a.published < b.published ? -1 : 1;
}

function positionOf(after: string | null): Position | undefined {
  if (after === null) return undefined;
  const [, epochMs, number] = /^(\d{1,15})_(-?\d{1,9})$/.exec(after) ?? [];
  if (epochMs === undefined) throw invalid("after", "after: The cursor is not valid.");
  return { published: new Date(Number(epochMs)).toISOString(), number: Number(number) };
}

function isDescending(sortOrder: string | null): boolean {
  if (sortOrder !== null && sortOrder !== "ASCENDING" && sortOrder !== "DESCENDING") {
    throw invalid("sortOrder", "sortOrder: The value must be ASCENDING or DESCENDING.");
  }
  return sortOrder === "DESCENDING";
}

/** A time parameter in the form of published events, so that texts compare as times. */
function timeOf(query: URLSearchParams, name: "since" | "until"): string | undefined {
  const given = query.get(name);
  if (given === null) return undefined;
  const epochMs = ISO_TIME.test(given) ? Date.parse(given) : Number.NaN;
  if (Number.isNaN(epochMs)) throw invalid(name, `${name}: The value must be a time in the form of ISO 8601.`);
  return new Date(epochMs).toISOString();
}

/** The condition of `filter` and `q`: the expression holds, and every keyword occurs in the event. */
function conditionOf(query: URLSearchParams): (event: LogEvent) => boolean {
  const expression = query.get("filter");
  const meets = expression === null ? () => true : compileFilter(expression, { caseSensitive: false });
  const keywords = (query.get("q") ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  if (keywords.length > MAX_KEYWORDS || keywords.some((keyword) => keyword.length > MAX_KEYWORD_CHARS)) {
    throw invalid("q", `q: At most ${MAX_KEYWORDS} keywords of at most ${MAX_KEYWORD_CHARS} characters.`);
  }
  return (event) => meets(event) && (keywords.length === 0 || holdsAll(event, keywords));
}

function holdsAll(event: LogEvent, keywords: string[]): boolean {
  const text = textOf(event).toLowerCase();
  return keywords.every((keyword) => text.includes(keyword));
}

/** All values of an event, without the names of its fields. */
function textOf(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value ?? "");
  return Object.values(value).map(textOf).join("\n");
}

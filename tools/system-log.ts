import * as z from "zod";
import { defineTool, type Json } from "../src/tool.js";
import { after, fetchAll, idOrLogin, limit, textAt, time } from "./params.js";

const since = (byDefault: string) => time(`Start, ISO 8601; default ${byDefault}.`);
const until = time("ISO 8601; default now.");
const q = z.string().optional().describe("Keywords, all to match.");

const DAY_MS = 24 * 60 * 60 * 1000;

/** A time window and a place in it; no time has a bar in it. */
interface Place {
  since: string;
  until: string;
  after: string | undefined;
}

/** A cursor that carries its window, so that a list which goes on later does so in the same one. */
function cursorOf({ since, until, after }: Place): string {
  return `${since}|${until}|${after ?? ""}`;
}

/** The place that a cursor of ours names, or a cursor of Okta's within the given window. */
function placeOf(cursor: string | undefined, window: { since: string; until: string }): Place {
  const [, since, until, after] = /^([^|]*)\|([^|]*)\|(.*)$/s.exec(cursor ?? "") ?? [];
  return since === undefined || until === undefined
    ? { ...window, after: cursor }
    : { since, until, after: after || undefined };
}

export const getLogs = defineTool({
  name: "get_logs",
  title: "Get system log",
  description: "Read system log events of a time window, whole. For failed and denied sign-ins use get_login_failures.",
  scope: "okta.logs.read",
  effect: "reads",
  input: z.strictObject({
    fetch_all: fetchAll,
    after,
    limit: limit(1000, 100),
    since: since("7 days before until"),
    until,
    filter: z.string().optional().describe('E.g. eventType eq "user.session.start" and target.id eq "00u…".'),
    q,
    sort_order: z.enum(["ASCENDING", "DESCENDING"]).optional().describe("By time; default ASCENDING."),
  }),
  run({ okta, list, now }, a) {
    // Without an end Okta offers a next page for ever, as a way to poll.
    const until = a.until ?? new Date(now()).toISOString();
    const since = a.since ?? new Date(Date.parse(until) - 7 * DAY_MS).toISOString();
    return list(
      async (cursor) => {
        const place = placeOf(cursor, { since, until });
        const { items, next } = await okta.systemLog.listLogEvents.page({
          ...place,
          filter: a.filter || undefined,
          q: a.q || undefined,
          limit: a.limit,
          sortOrder: a.sort_order,
        });
        return { items, next: next === undefined ? undefined : cursorOf({ ...place, after: next }) };
      },
      { ...a, after: a.after ?? cursorOf({ since, until, after: undefined }) },
    );
  },
});

/** Events that one summary reads at most. */
const MAX_EVENTS = 10_000;
const KEPT_OUT = 'outcome.result eq "FAILURE" or outcome.result eq "DENY"';
const LOGIN_EVENT =
  /^(user\.session\.|user\.authentication\.|user\.mfa\.|user\.account\.lock|policy\.evaluate_sign_on)/;

const MAX_NAME_CHARS = 200;

/** A filter on the outcomes that keep a person out, narrowed to one person where asked. */
function failureFilter(user: string | undefined): string {
  if (user === undefined) return KEPT_OUT;
  const value = JSON.stringify(user);
  return `(${KEPT_OUT}) and (actor.id eq ${value} or actor.alternateId eq ${value} or target.id eq ${value})`;
}

function countBy(events: readonly Json[], key: (event: Json) => string): { name: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const event of events) counts.set(key(event), (counts.get(key(event)) ?? 0) + 1);
  const largest = [...counts].sort(([, x], [, y]) => y - x).slice(0, 50);
  return largest.map(([name, count]) => ({ name: name.slice(0, MAX_NAME_CHARS), count }));
}

export const getLoginFailures = defineTool({
  name: "get_login_failures",
  title: "Get login failures",
  description:
    "Tell what kept people out in a time window: failed and denied events, summed up by user and reason. For other events use get_logs.",
  scope: "okta.logs.read",
  effect: "reads",
  input: z.strictObject({
    since: since("24 hours before until"),
    until,
    user_id: idOrLogin("Only this one: id or login.")
      .refine((value) => !value.includes('"'), { message: "has a quotation mark, which no id or login has" })
      .optional(),
    q,
  }),
  async run({ okta, collect, excerpt, now }, a) {
    const end = a.until ?? new Date(now()).toISOString();
    const start = a.since ?? new Date(Date.parse(end) - DAY_MS).toISOString();
    const { items, complete } = await collect(
      (cursor) =>
        okta.systemLog.listLogEvents.page({
          since: start,
          until: end,
          filter: failureFilter(a.user_id),
          q: a.q || undefined,
          after: cursor,
          limit: 1000,
          sortOrder: "DESCENDING",
        }),
      MAX_EVENTS,
    );
    const group = (result: string, share: number) => {
      const events = items.filter((event) => textAt(event, "outcome", "result") === result);
      const isLogin = (event: Json) => LOGIN_EVENT.test(textAt(event, "eventType"));
      const login = excerpt(events.filter(isLogin), share * 0.7);
      const other = excerpt(
        events.filter((event) => !isLogin(event)),
        share * 0.3,
      );
      const left = events.length - login.length - other.length;
      return {
        login_events: login,
        other_events: other,
        total: events.length,
        ...(left > 0 ? { not_shown: left } : {}),
      };
    };
    const reason = (event: Json) => textAt(event, "outcome", "reason") || textAt(event, "displayMessage");
    const user = (event: Json) => textAt(event, "actor", "alternateId") || textAt(event, "actor", "id") || "unknown";
    return {
      failures: group("FAILURE", 0.4),
      denials: group("DENY", 0.4),
      summary: {
        by_user: countBy(items, user),
        by_reason: countBy(items, reason),
        complete,
        ...(complete ? {} : { note: `Only the latest ${MAX_EVENTS} events were counted; choose a shorter window.` }),
      },
      time_window: { since: start, until: end },
    };
  },
});

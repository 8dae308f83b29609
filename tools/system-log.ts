import * as z from "zod";
import { defineTool } from "../src/tool.js";
import { isObject, type Json, notes, textAt, unknownEventTypes, windowAt, withFilterHelp } from "./shared/kit.js";
import { after, fetchAll, idOrLogin, limit, time } from "./shared/params.js";

const since = (byDefault: string) =>
  time(`Start at this time: ISO 8601 or e.g. -7d, 24h, today; default ${byDefault}.`);
const until = time("End at this time, given like since; default now.");
const q = z.string().optional().describe("Search for these words; all have to match.");

const DAY_MS = 24 * 60 * 60 * 1000;

/** The two ends of the window: those that were given, or else the last `days` days. */
function windowOf(given: { since?: string | undefined; until?: string | undefined }, days: number, nowMs: number) {
  const { since, until } = windowAt(given, nowMs);
  return { since: since ?? new Date(Date.parse(until) - days * DAY_MS).toISOString(), until };
}

/** An object of Okta's with only these of its keys. */
function only(value: Json | undefined, ...keys: string[]): { [key: string]: Json } | undefined {
  if (!isObject(value)) return undefined;
  return Object.fromEntries(Object.entries(value).filter(([key]) => keys.includes(key)));
}

/**
 * The parts of an event that tell when, what, who, to whom, with which outcome and from where. They keep Okta's names
 * and places, so that paths in `fields`, `mask` and `omit` fit them.
 */
function compact(event: Json): Json {
  const parties = (party: Json | undefined) => only(party, "id", "type", "alternateId", "displayName") ?? null;
  const { target, actor, outcome, client } = only(event, "target", "actor", "outcome", "client") ?? {};
  const address = only(client, "ipAddress");
  return {
    ...only(event, "published", "eventType", "displayMessage"),
    actor: parties(actor),
    ...(Array.isArray(target) ? { target: target.map(parties) } : {}),
    outcome: only(outcome, "result", "reason") ?? null,
    ...(address === undefined ? {} : { client: address }),
  };
}

/** A time window and a place in it. Times do not contain a bar. */
interface Place {
  since: string;
  until: string;
  after: string | undefined;
}

/** A cursor that holds its window. A list that goes on later keeps the same window. */
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

/** The attributes of an event that hold text (schema `LogEvent`). Okta compares them with words and times. */
const COMPARED = {
  q: [
    ...["id", "type", "alternateId", "displayName", "detailEntry"].flatMap((name) => [
      `actor.${name}`,
      `target.${name}`,
    ]),
    ...["client.ipAddress", "client.zone", "client.device", "client.id"],
    ...["browser", "os", "rawUserAgent"].map((name) => `client.userAgent.${name}`),
    ...["city", "state", "country", "postalCode"].map((name) => `client.geographicalContext.${name}`),
    ...["asNumber", "asOrg", "domain", "isp"].map((name) => `securityContext.${name}`),
    ...["outcome.reason", "outcome.result", "displayMessage", "eventType", "severity", "uuid", "transaction.id"],
    ...[
      "authenticationContext.externalSessionId",
      "request.ipChain.ip",
      "debugContext.debugData",
      "target.changeDetails",
    ],
  ],
  since: ["published"],
  until: ["published"],
};

export const getLogs = defineTool({
  name: "get_logs",
  purpose: "find logEvent",
  title: "Get system log",
  description:
    "Read system log events of a time window: time, type, actor, target, outcome, address. For failed and denied sign-ins use get_login_failures.",
  scope: "okta.logs.read",
  effect: "reads",
  compares: COMPARED,
  input: z.strictObject({
    fetch_all: fetchAll,
    after,
    limit: limit(1000, 100),
    since: since("7 days before until"),
    until,
    filter: z
      .string()
      .optional()
      .describe('Filter events, e.g. eventType eq "user.session.start" and target.id eq "00u…".'),
    q,
    sort_order: z.enum(["ASCENDING", "DESCENDING"]).optional().describe("Sort by time; default ASCENDING."),
    full: z.boolean().default(false).describe("Show whole events."),
  }),
  async run({ okta, list, hasFields, now }, a) {
    // Without an end Okta always offers a next page, for polling.
    const { since, until } = windowOf(a, 7, now());
    const isWhole = a.full || hasFields;
    const found = await list(
      async (cursor) => {
        const place = placeOf(cursor, { since, until });
        const query = {
          ...place,
          filter: a.filter || undefined,
          q: a.q || undefined,
          limit: a.limit,
          sortOrder: a.sort_order,
        };
        const { items, next } = await withFilterHelp(okta.systemLog.listLogEvents.page(query), a.filter);
        return {
          items: isWhole ? items : items.map(compact),
          next: next === undefined ? undefined : cursorOf({ ...place, after: next }),
        };
      },
      { ...a, after: a.after ?? cursorOf({ since, until, after: undefined }) },
    );
    const unknown = a.filter ? await unknownEventTypes(a.filter) : undefined;
    return { ...found, note: notes(unknown, found.note) };
  },
});

/** The most events that one summary reads. */
const MAX_EVENTS = 10_000;
const KEPT_OUT = 'outcome.result eq "FAILURE" or outcome.result eq "DENY"';
const LOGIN_EVENT =
  /^(user\.session\.|user\.authentication\.|user\.mfa\.|user\.account\.lock|policy\.evaluate_sign_on)/;

const MAX_NAME_CHARS = 200;

/** A filter for the outcomes that keep a person out. It names one person where the call does. */
function failureFilter(user: string | undefined): string {
  if (user === undefined) return KEPT_OUT;
  const value = JSON.stringify(user);
  return `(${KEPT_OUT}) and (actor.id eq ${value} or actor.alternateId eq ${value} or target.id eq ${value})`;
}

/** The most lines of a summary. */
const MAX_LINES = 50;

/** The number of events with each key, and the last event of each. @param events the latest first */
function countBy(events: readonly Json[], key: (event: Json) => string) {
  const counts = new Map<string, { count: number; last: Json }>();
  for (const event of events) {
    const known = counts.get(key(event));
    if (known) known.count += 1;
    else counts.set(key(event), { count: 1, last: event });
  }
  const largest = [...counts].sort(([, x], [, y]) => y.count - x.count).slice(0, MAX_LINES);
  return largest.map(([name, { count, last }]) => ({ name: name.slice(0, MAX_NAME_CHARS), count, last }));
}

export const getLoginFailures = defineTool({
  name: "get_login_failures",
  title: "Get login failures",
  description:
    "Tell what kept people out in a time window: failed and denied events, summed up by user, reason and last address. For other events use get_logs.",
  scope: "okta.logs.read",
  effect: "reads",
  compares: { ...COMPARED, user_id: ["actor.id", "actor.alternateId", "target.id"] },
  input: z.strictObject({
    since: since("24 hours before until"),
    until,
    user_id: idOrLogin("Look at this user alone: id or login.")
      .refine((value) => !value.includes('"'), { message: "has a quotation mark, which no id or login has" })
      .optional(),
    q,
    events: z.boolean().default(false).describe("Show the latest events too."),
  }),
  async run({ okta, collect, excerpt, hasFields, now }, a) {
    const { since: start, until: end } = windowOf(a, 1, now());
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
      if (!a.events && !hasFields) return { total: events.length, login_total: events.filter(isLogin).length };
      const shown = (some: Json[]) => (hasFields ? some : some.map(compact));
      const login = excerpt(shown(events.filter(isLogin)), share * 0.7);
      const other = excerpt(shown(events.filter((event) => !isLogin(event))), share * 0.3);
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
      summary: {
        by_user: countBy(items, user).map(({ last, ...counted }) => ({
          ...counted,
          last_at: textAt(last, "published"),
          last_address: textAt(last, "client", "ipAddress"),
          last_reason: reason(last).slice(0, MAX_NAME_CHARS),
        })),
        by_reason: countBy(items, reason).map(({ name, count }) => ({ name, count })),
        complete,
        ...(complete ? {} : { note: `Only the latest ${MAX_EVENTS} events were counted; choose a shorter window.` }),
      },
      failures: group("FAILURE", 0.35),
      denials: group("DENY", 0.35),
      time_window: { since: start, until: end },
    };
  },
});

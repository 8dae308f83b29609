import { OktaMcpError } from "../errors/index.js";

/** The form of an ISO 8601 time. `Date.parse` alone accepts much more. */
const ISO_TIME = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$/;
/** A time before now: `-7d`, `24h`, `30m`, `2w`. */
const AGO = /^-?(\d{1,5})([mhdw])$/;

const DAY_MS = 86_400_000;
const UNITS_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: DAY_MS, w: 7 * DAY_MS };
/** Days that have a name, and how many days ago they began. */
const DAYS: Readonly<Record<string, number>> = { today: 0, yesterday: 1 };

/** The forms in which a time can be given, for messages. */
export const TIME_FORMS = "2026-01-31T08:00:00Z, -7d, 24h (m, h, d, w), today, yesterday or now";

/**
 * Reads a point in time: ISO 8601, where a time without a zone is UTC; a span before now (`-7d`, `24h`); `now`; or the
 * beginning of `today` or `yesterday` in UTC.
 * @param nowMs epoch milliseconds
 * @returns ISO 8601, as it was given where it names its zone; undefined for a text that is no time
 */
export function timeAt(text: string, nowMs: number): string | undefined {
  if (ISO_TIME.test(text)) {
    const withZone = /(?:Z|[+-]\d{2}:?\d{2})$/.test(text.slice(10))
      ? text
      : `${text}${text.length > 10 ? "" : "T00:00:00"}Z`;
    return Number.isNaN(Date.parse(withZone)) ? undefined : withZone;
  }
  const word = text.toLowerCase();
  if (word === "now") return new Date(nowMs).toISOString();
  if (Object.hasOwn(DAYS, word)) {
    const midnightMs = Math.floor(nowMs / DAY_MS) * DAY_MS;
    return new Date(midnightMs - (DAYS[word] ?? 0) * DAY_MS).toISOString();
  }
  const [, amount, unit = ""] = AGO.exec(word) ?? [];
  return amount === undefined ? undefined : new Date(nowMs - Number(amount) * (UNITS_MS[unit] ?? 0)).toISOString();
}

/** True for a text that names a point in time. */
export function isTime(text: string): boolean {
  return timeAt(text, 0) !== undefined;
}

/** A span of time as a caller gives it; either end may be missing. */
export interface GivenWindow {
  since?: string | undefined;
  until?: string | undefined;
}

/**
 * The two ends of a span of time, as `timeAt` reads them.
 * @param nowMs epoch milliseconds; the end where none is given
 * @throws OktaMcpError bad_input where the span begins after its end, or an end is no time
 */
export function windowAt(given: GivenWindow, nowMs: number): { since: string | undefined; until: string } {
  const since = given.since === undefined ? undefined : read("since", given.since, nowMs);
  const until = given.until === undefined ? new Date(nowMs).toISOString() : read("until", given.until, nowMs);
  if (since !== undefined && Date.parse(since) > Date.parse(until)) {
    const end = given.until === undefined ? `until, which is now (${until})` : `until (${until})`;
    throw new OktaMcpError("bad_input", `since (${since}) is after ${end}, so that no time lies between them.`, {
      fix: "Give an earlier since or a later until.",
    });
  }
  return { since, until };
}

function read(name: string, text: string, nowMs: number): string {
  const time = timeAt(text, nowMs);
  if (time === undefined) throw new OktaMcpError("bad_input", `${name} is no time: give ${TIME_FORMS}.`);
  return time;
}

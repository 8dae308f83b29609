import type { ServerClock } from "./server-clock.js";

/** A whole number as a header has it; undefined for anything else. */
export function count(value: string | null): number | undefined {
  const digits = value?.trim() ?? "";
  return /^\d{1,15}$/.test(digits) ? Number(digits) : undefined;
}

/**
 * The wait that an answer asks for, in milliseconds from now: `Retry-After` in seconds, or as a date by the server's
 * clock (RFC 9110, section 10.2.3). 0 for a date in the past, undefined where nothing can be read.
 */
export function retryAfterMs(headers: Headers, clock: ServerClock): number | undefined {
  const value = headers.get("Retry-After") ?? "";
  const seconds = count(value);
  if (seconds !== undefined) return seconds * 1000;
  // A date begins with its day (RFC 9110, section 5.6.7); `Date.parse` finds one in numbers too.
  return fromNowMs(/^[a-z]{3}/i.test(value) ? Date.parse(value) : Number.NaN, clock);
}

/**
 * The time until a time of the server's (epoch milliseconds), by our clock, in milliseconds. 0 where it has passed,
 * undefined where it is no time.
 */
export function fromNowMs(serverMs: number, clock: ServerClock): number | undefined {
  if (Number.isNaN(serverMs)) return undefined;
  return Math.max(0, clock.toLocalMs(serverMs) - clock.localNow());
}

import { expect, test } from "vitest";
import { count, retryAfterMs } from "../../src/net/retry-after.js";
import { ServerClock } from "../../src/net/server-clock.js";

const NOON = Date.UTC(2026, 0, 1, 12);
const date = (ms: number) => new Date(ms).toUTCString();

test.each([
  ["7", 7000],
  [" 7 ", 7000],
  ["0", 0],
  [date(NOON + 9000), 9000],
  [date(NOON - 9000), 0],
  ["soon", undefined],
  ["-7", undefined],
  ["7.5", undefined],
  ["9".repeat(400), undefined],
  ["", undefined],
])("Retry-After: %j asks to wait %s ms", (value, waitMs) => {
  expect(retryAfterMs(new Headers({ "Retry-After": value }), new ServerClock(() => NOON))).toEqual(waitMs);
});

test("a date is one by the clock of who answered", () => {
  const clock = new ServerClock(() => NOON);
  clock.observe(date(NOON + 600_000), NOON, NOON);
  expect(retryAfterMs(new Headers({ "Retry-After": date(NOON + 607_000) }), clock)).toBe(7000);
});

test("no header asks for nothing", () => {
  expect(retryAfterMs(new Headers(), new ServerClock())).toBeUndefined();
  expect(count(null)).toBeUndefined();
});

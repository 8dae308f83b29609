import { describe, expect, test } from "vitest";
import { ServerClock } from "../../src/net/server-clock.js";

const NOON = Date.UTC(2026, 0, 1, 12);
const date = (ms: number) => new Date(ms).toUTCString();

/** Gives the clock an answer of a server that is `skewMs` ahead. The request takes 20 ms from `atMs` on. */
function observe(clock: ServerClock, atMs: number, skewMs: number): void {
  clock.observe(date(atMs + 10 + skewMs), atMs, atMs + 20);
}

describe("Okta's time", () => {
  test("is ours while nothing says otherwise", () => {
    const clock = new ServerClock();
    expect(clock.toLocalMs(NOON)).toBe(NOON);
    clock.observe(null, NOON, NOON);
    clock.observe("yesterday", NOON, NOON);
    expect(clock.toLocalMs(NOON)).toBe(NOON);
    observe(clock, NOON + 700, 0);
    expect(clock.toLocalMs(NOON)).toBe(NOON);
  });

  test.each([600_000, -600_000, 3000])(
    "%i ms ahead is known to the second after one answer, and never early",
    (skewMs) => {
      const clock = new ServerClock();
      observe(clock, NOON + 321, skewMs);
      const local = clock.toLocalMs(NOON + skewMs);
      expect(local).toBeGreaterThanOrEqual(NOON);
      expect(local).toBeLessThanOrEqual(NOON + 1020);
    },
  );

  test("is known better with every answer", () => {
    const clock = new ServerClock();
    for (let ms = 0; ms < 3000; ms += 90) observe(clock, NOON + ms, 600_123);
    const local = clock.toLocalMs(NOON + 600_123);
    expect(local).toBeGreaterThanOrEqual(NOON);
    expect(local).toBeLessThanOrEqual(NOON + 120);
  });

  test("is learnt anew when a clock was set", () => {
    const clock = new ServerClock();
    observe(clock, NOON, 600_000);
    observe(clock, NOON + 5000, -600_000);
    const local = clock.toLocalMs(NOON - 600_000);
    expect(Math.abs(local - NOON)).toBeLessThanOrEqual(1020);
  });
});

describe("the time that is signed for the org", () => {
  test.each([600_000, -600_000])("is the org's, %i ms ahead", (skewMs) => {
    const clock = new ServerClock(() => NOON);
    observe(clock, NOON - 500, skewMs);
    expect(Math.abs(clock.aheadMs - skewMs)).toBeLessThanOrEqual(1000);
    expect(clock.now()).toBe(NOON + clock.aheadMs);
  });

  test.each([0, 900, 30_000, -30_000])("is ours where a slow network explains the difference (%i ms)", (skewMs) => {
    const clock = new ServerClock(() => NOON);
    observe(clock, NOON - 500, skewMs);
    expect(clock.aheadMs).toBe(0);
    expect(clock.now()).toBe(NOON);
  });
});

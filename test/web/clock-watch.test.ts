import { expect, onTestFinished, test, vi } from "vitest";
import { watchClock } from "../../src/cli/company/clock-watch.js";

test("L6: a clock that differs from the org's is told of once, and again once it is right", () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const clock = { aheadMs: 0 };
  const told: [string, unknown][] = [];
  const stop = watchClock(clock, {
    error: (_, fields) => void told.push(["error", fields]),
    info: (message) => void told.push(["info", message]),
  });
  const pass = () => vi.advanceTimersByTime(60_000);
  pass();
  expect(told).toEqual([]);
  clock.aheadMs = -90_400;
  pass();
  clock.aheadMs = -88_000;
  pass();
  expect(told).toEqual([["error", { fault: "clock_skew", okta_ahead_seconds: -90 }]]);
  clock.aheadMs = 0;
  pass();
  expect(told.at(-1)).toEqual(["info", "this machine's clock is right again"]);
  stop();
  clock.aheadMs = 90_000;
  pass();
  expect(told).toHaveLength(2);
});

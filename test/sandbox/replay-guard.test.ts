import { expect, test } from "vitest";
import { createReplayGuard } from "../../sandbox/replay-guard.js";
import { testClock } from "../support/oauth.js";

test("an id is good once, until it is forgotten", () => {
  const clock = testClock();
  const guard = createReplayGuard(clock.now);
  const forgetAtMs = clock.now() + 120_000;
  expect(guard.firstUse("a", forgetAtMs)).toBe(true);
  expect(guard.firstUse("a", forgetAtMs)).toBe(false);
  expect(guard.firstUse("b", forgetAtMs)).toBe(true);
  clock.advanceSeconds(100);
  expect(guard.firstUse("a", forgetAtMs)).toBe(false);
  clock.advanceSeconds(100);
  expect(guard.firstUse("a", forgetAtMs + 200_000)).toBe(true);
});

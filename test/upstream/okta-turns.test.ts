import { expect, test } from "vitest";
import { OAuthFailure } from "../../src/auth/oauth-failure.js";
import { OktaTurns } from "../../src/upstream/okta-turns.js";

const URL = "https://acme.okta.com/oauth2/v1/token";

/** An endpoint that takes nothing until a moment, on a clock of its own. */
function limitedUntil(resetMs: number) {
  const state = { nowMs: 0, sent: 0 };
  const turns = new OktaTurns({
    sleep: async (ms) => {
      state.nowMs += ms;
    },
    now: () => state.nowMs,
    random: () => 0,
  });
  const send = async () => {
    state.sent += 1;
    if (state.nowMs >= resetMs) return "done";
    throw new OAuthFailure("busy", "429", { status: 429, retryAfterMs: resetMs - state.nowMs });
  };
  return { state, turns, send };
}

test("a request that Okta's rate limit refused is sent again at its end, and others wait before they are sent", async () => {
  const { state, turns, send } = limitedUntil(8_000);
  const way = turns.around(send, 25_000, undefined);
  expect(await Promise.all([way(URL, {}), way(URL, {})])).toEqual(["done", "done"]);
  expect(state.sent).toBeLessThanOrEqual(4);
  const before = state.sent;
  expect(await way(URL, {})).toBe("done");
  expect(state.sent).toBe(before + 1);
});

test("a limit that lasts too long is told at once, and nobody asks in vain meanwhile", async () => {
  const { state, turns, send } = limitedUntil(40_000);
  const way = turns.around(send, 25_000, undefined);
  await expect(way(URL, {})).rejects.toMatchObject({ status: 429, retryAfterMs: 40_000 });
  expect(state.sent).toBe(1);
  await expect(way(URL, {})).rejects.toMatchObject({ status: 429 });
  expect(state.sent).toBe(1);
  // Another endpoint has a limit of its own.
  await expect(way("https://acme.okta.com/oauth2/v1/keys", {})).rejects.toMatchObject({ status: 429 });
  expect(state.sent).toBe(2);
  state.nowMs = 41_000;
  expect(await way(URL, {})).toBe("done");
});

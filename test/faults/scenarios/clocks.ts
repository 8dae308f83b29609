import assert from "node:assert/strict";
import type { Outcome } from "../../support/server-process.js";
import type { Scenario } from "../scenario.js";
import { accountFor, CREATE, READ } from "./calls.js";

const TEN_MINUTES_MS = 600_000;

const skewed = (direction: string, clockAheadMs: number): Scenario => ({
  name: `the org's clock ten minutes ${direction}`,
  stage: { signIn: "key", clockAheadMs },
  async play(act) {
    const { sandbox, server } = act;
    // The first request for a token has no nonce, the second has one, and a third may use the org's clock.
    await act.line("a service app signs in", { sees: "ok", reached: /^[2-4] token, 1 GET$/ }, () => READ.call(act));

    const resetSeconds = Math.ceil((Date.now() + clockAheadMs + 1000) / 1000);
    const headers = { "X-Rate-Limit-Remaining": "0", "X-Rate-Limit-Reset": String(resetSeconds) };
    sandbox.next("POST", CREATE.path, { status: 429, headers });
    const check = async (outcome: Outcome) => {
      await accountFor(CREATE, act, outcome);
      assert.ok(outcome.tookMs < 5000, "the wait is as long as by Okta's clock");
    };
    await act.line("a 429 is waited out", { sees: "ok", reached: "2 POST", check }, () => CREATE.call(act));

    sandbox.authorization.control.expireAccessTokens();
    await act.line("an expired token is renewed", { sees: "ok", reached: "2 GET, 1 token" }, () =>
      server.call("get_group", { group_id: act.groupId }),
    );
  },
});

export const clocks: Scenario[] = [skewed("ahead", TEN_MINUTES_MS), skewed("behind", -TEN_MINUTES_MS)];

import assert from "node:assert/strict";
import type { Outcome } from "../../support/server-process.js";
import type { Act, Scenario } from "../scenario.js";
import { accountFor, CREATE, READ, REPLACE } from "./calls.js";

const BODY = {
  errorCode: "E0000047",
  errorSummary: "API call exceeded rate limit due to too many requests.",
  errorCauses: [],
};
const CALLS = 50;

/** Returns a 429 answer with Okta's headers. The window ends `inMs` milliseconds after `nowMs`. */
const limited = (nowMs: number, inMs: number) => ({
  status: 429,
  json: BODY,
  headers: {
    "X-Rate-Limit-Limit": "50",
    "X-Rate-Limit-Remaining": "0",
    "X-Rate-Limit-Reset": String(Math.ceil((nowMs + inMs) / 1000)),
  },
});

/** Returns one outcome for many: "ok" if all are "ok", and otherwise the first that is not. */
export function together(outcomes: readonly Outcome[]): Outcome {
  const [first] = outcomes;
  assert.ok(first);
  const worst = outcomes.find(({ sees }) => sees !== "ok") ?? first;
  return { ...worst, tookMs: Math.max(...outcomes.map(({ tookMs }) => tookMs)) };
}

/** Makes 40 reads and 10 creations at once. Returns their common outcome. */
async function storm(act: Act): Promise<Outcome> {
  const calls = Array.from({ length: CALLS }, (_, index) =>
    index % 5 === 0
      ? act.server.call("create_group", { profile: { name: `Storm ${index}` } })
      : act.server.call("list_groups", { limit: 5 }),
  );
  return together(await Promise.all(calls));
}

/** Asserts that each creation is in the org exactly once. */
function allCreated({ sandbox }: Act): void {
  const names = sandbox.org.groups
    .all()
    .map(({ profile }) => String(profile.name))
    .filter((name) => name.startsWith("Storm"));
  assert.equal(names.length, CALLS / 5, "every creation was done");
  assert.equal(new Set(names).size, names.length, "and none of them twice");
}

export const rateLimits: Scenario[] = [
  {
    name: "429 with headers",
    async play(act) {
      for (const kind of [READ, REPLACE, CREATE]) {
        act.sandbox.next(kind.method, kind.path, limited(Date.now(), 1000));
        const check = async (outcome: Outcome) => {
          await accountFor(kind, act, outcome);
          assert.ok(outcome.tookMs < 4000, "the wait is the one that Okta asks for");
        };
        await act.line(kind.name, { sees: "ok", reached: `2 ${kind.method}`, check }, () => kind.call(act));
      }
    },
  },
  {
    name: "429 without headers",
    async play(act) {
      for (const kind of [READ, REPLACE, CREATE]) {
        act.sandbox.next(kind.method, kind.path, { status: 429, json: BODY });
        const check = (outcome: Outcome) => accountFor(kind, act, outcome);
        await act.line(kind.name, { sees: "ok", reached: `2 ${kind.method}`, check }, () => kind.call(act));
      }
    },
  },
  {
    name: "429 again and again",
    async play(act) {
      act.sandbox.next("POST", CREATE.path, { status: 429, json: BODY, headers: { "Retry-After": "1" }, times: 9 });
      const check = async (outcome: Outcome) => {
        await accountFor(CREATE, act, outcome);
        assert.equal(CREATE.done?.(act), 0, "nothing was done");
        assert.ok((outcome.retryAfterSeconds ?? 0) >= 1, "the error says how long to wait");
      };
      await act.line(CREATE.name, { sees: "rate_limited", reached: "9 POST", check }, () => CREATE.call(act));
    },
  },
  {
    name: "429 for longer than a call waits",
    async play(act) {
      act.sandbox.next("POST", CREATE.path, limited(Date.now(), 600_000));
      const check = ({ tookMs, retryAfterSeconds = 0 }: Outcome) => {
        assert.ok(tookMs < 1000, "the error comes at once");
        assert.ok(retryAfterSeconds > 590 && retryAfterSeconds < 620, `it says how long (${retryAfterSeconds})`);
      };
      await act.line(CREATE.name, { sees: "rate_limited", reached: "1 POST", check }, () => CREATE.call(act));
    },
  },
  {
    name: "a small limit under 50 calls at once",
    async play(act) {
      act.sandbox.limit({ perWindow: 20, windowMs: 1000 });
      const check = () => {
        allCreated(act);
        const refused = act.sandbox.requests.filter(({ status }) => status === 429).length;
        assert.ok(refused < CALLS / 2, `few requests are refused (${refused})`);
      };
      await act.line("all are done", { sees: "ok", reached: /^\d+ GET, \d+ POST$|^\d+ POST, \d+ GET$/, check }, () =>
        storm(act),
      );
    },
  },
  {
    name: "a 429 storm under 50 calls at once",
    async play(act) {
      const storms = { status: 429, json: BODY, headers: { "Retry-After": "1" }, times: 3 };
      act.sandbox.next("POST", CREATE.path, storms);
      act.sandbox.next("GET", READ.path, storms);
      const check = () => allCreated(act);
      await act.line("all are done", { sees: "ok", reached: /^\d+ GET, 13 POST$|^13 POST, \d+ GET$/, check }, () =>
        storm(act),
      );
    },
  },
];

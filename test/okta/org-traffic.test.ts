import { describe, expect, test } from "vitest";
import { OrgTraffic } from "../../src/okta/org-traffic.js";
import { type Answer, json, request, startOrg, TestClock, testTransport } from "./support.js";

/** An org that allows `perMinute` requests to an endpoint in each minute of the test's clock. */
function limited(clock: TestClock, perMinute: number) {
  let minute = { endSeconds: 0, used: 0 };
  let refused = 0;
  const answer: Answer = (response, seen, index) => {
    const nowSeconds = Math.floor(clock.nowMs / 1000);
    if (minute.endSeconds <= nowSeconds) minute = { endSeconds: nowSeconds + 60, used: 0 };
    minute.used += 1;
    const isRefused = minute.used > perMinute;
    if (isRefused) refused += 1;
    json(isRefused ? 429 : 200, [], {
      Date: clock.date(),
      "X-Rate-Limit-Limit": String(perMinute),
      "X-Rate-Limit-Remaining": String(Math.max(0, perMinute - minute.used)),
      "X-Rate-Limit-Reset": String(minute.endSeconds),
    })(response, seen, index);
  };
  return { answer, refused: () => refused };
}

describe("two sessions with one org", () => {
  test("share its rate limit without being refused once", async () => {
    const clock = new TestClock();
    const { answer, refused } = limited(clock, 50);
    const org = await startOrg(answer);
    const times = { now: clock.now, sleep: clock.sleep };
    const traffic = new OrgTraffic({ maxConcurrent: 30, random: () => 0.5, ...times });
    const transports = [1, 2].map(() => testTransport(org, { ...times, ...traffic.with(org.url) }).transport);
    const calls = Array.from({ length: 100 }, (_, n) => transports[n % 2]?.send(request("GET", "/api/v1/users")));
    await Promise.all(calls);
    expect(org.seen).toHaveLength(100);
    expect(refused()).toBe(0);
  });

  test("have one clock and one line, and those with another org have their own", () => {
    const traffic = new OrgTraffic({ maxConcurrent: 30 });
    const first = traffic.with("https://acme.okta.com");
    expect(traffic.with(new URL("https://acme.okta.com/admin"))).toBe(first);
    expect(traffic.with("https://other.okta.com")).not.toBe(first);
  });
});

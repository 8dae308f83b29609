import { describe, expect, test } from "vitest";
import { eachAtOnce } from "../support/at-once.js";
import { type Answer, errorOf, json, request, startOrg, TestClock, testTransport } from "./support.js";
import { limited, MINUTE } from "./support-limits.js";

/** Makes `count` calls, at most `atOnce` of them at a time. */
const callMany = (count: number, atOnce: number, call: (index: number) => Promise<unknown>) =>
  eachAtOnce(Array(count).keys(), atOnce, call);

describe("a rate limit", () => {
  test.each([
    ["agree", 0],
    ["differ by ten minutes", 600_000],
    ["differ by ten minutes the other way", -600_000],
  ])("is never hit by 300 calls at 50 at a time where 100 are allowed, when the clocks %s", async (_, skewMs) => {
    const clock = new TestClock();
    const { answer, refusedIn } = limited(clock, 100, { skewMs });
    const org = await startOrg(answer);
    const { transport } = testTransport(org, { now: clock.now, sleep: clock.sleep });
    const startedMs = clock.nowMs;
    await callMany(300, 50, (index) =>
      transport.send(request("GET", "/api/v1/users", { query: new URLSearchParams({ q: String(index) }) })),
    );
    expect(org.seen).toHaveLength(300);
    expect(refusedIn).toEqual([]);
    // The last hundred calls have to wait for two windows to pass.
    expect(clock.nowMs - startedMs).toBeGreaterThanOrEqual(2 * MINUTE * 1000);
    expect(clock.nowMs - startedMs).toBeLessThan(1.1 * 2 * MINUTE * 1000);
  });

  test("that somebody else used up costs one refused request in each window, not fifty", async () => {
    const clock = new TestClock();
    const { answer, refusedIn } = limited(clock, 0, { seconds: 30 });
    const { answer: open } = limited(clock, 1000);
    const org = await startOrg((response, seen, index) => (index < 2 ? answer : open)(response, seen, index));
    const { transport } = testTransport(org, { now: clock.now, sleep: clock.sleep });
    await callMany(50, 50, () => transport.send(request("POST", "/api/v1/users")));
    expect(refusedIn).toHaveLength(2);
    expect(new Set(refusedIn).size).toBe(2);
    expect(org.seen).toHaveLength(52);
  });

  test("of one endpoint does not hold up another", async () => {
    const clock = new TestClock();
    const forever = new Promise<void>(() => {});
    const { answer } = limited(clock, 1);
    const org = await startOrg(answer);
    const { transport } = testTransport(org, { now: clock.now, sleep: () => forever, limits: { maxConcurrent: 1 } });
    const stop = new AbortController();
    await transport.send(request("GET", "/api/v1/logs"));
    const held = transport.send(request("GET", "/api/v1/logs"), { signal: stop.signal });
    await transport.send(request("GET", "/api/v1/users"));
    await transport.send(request("POST", "/api/v1/logs"));
    expect(org.seen.map(({ method, url }) => `${method} ${url}`)).toEqual([
      "GET /api/v1/logs",
      "GET /api/v1/users",
      "POST /api/v1/logs",
    ]);
    stop.abort();
    expect(await errorOf(held)).toMatchObject({ code: "cancelled" });
  });

  test("is told of to whoever waits", async () => {
    const clock = new TestClock();
    const org = await startOrg(limited(clock, 1).answer);
    const { transport } = testTransport(org, { now: clock.now, sleep: clock.sleep });
    const told: string[] = [];
    const onWait = (message: string) => told.push(message);
    await transport.send(request("GET", "/x"), { onWait });
    await transport.send(request("GET", "/x"), { onWait });
    expect(told).toEqual(["Okta's rate limit is reached; waiting 60 s"]);
  });

  test("that lasts longer than a call waits is an error at once, with the time to wait", async () => {
    const clock = new TestClock();
    const org = await startOrg(limited(clock, 1, { seconds: 300 }).answer);
    const { transport } = testTransport(org, { now: clock.now, sleep: clock.sleep });
    await transport.send(request("GET", "/x"));
    const error = await errorOf(transport.send(request("GET", "/x")));
    expect(error).toMatchObject({ code: "rate_limited", retryAfterSeconds: 300, retry: "after-wait" });
    expect(clock.slept).toEqual([]);
    expect(org.seen).toHaveLength(1);
  });

  test("ends the wait of a call whose window turns out to be used up again", async () => {
    const clock = new TestClock();
    const { answer, refusedIn } = limited(clock, 0, { seconds: 50 });
    const org = await startOrg(answer);
    const { transport } = testTransport(org, { now: clock.now, sleep: clock.sleep });
    const startedMs = clock.nowMs;
    const error = await errorOf(transport.send(request("GET", "/x")));
    expect(error).toMatchObject({ code: "rate_limited", retryAfterSeconds: expect.any(Number) });
    expect(refusedIn).toHaveLength(3);
    expect(clock.nowMs - startedMs).toBeLessThanOrEqual(120_000);
  });
});

describe("an answer 429", () => {
  test.each([
    ["in seconds", () => "12", 12_000],
    ["as a date", (clock: TestClock) => new Date(clock.nowMs + 12_000).toUTCString(), 12_000],
  ])("with Retry-After %s is obeyed", async (_, value, waitMs) => {
    const clock = new TestClock();
    const org = await startOrg(
      (...args) => json(429, {}, { "Retry-After": value(clock), Date: clock.date() })(...args),
      json(200, {}),
    );
    const { transport } = testTransport(org, { now: clock.now, sleep: clock.sleep });
    await transport.send(request("POST", "/x"));
    expect(clock.slept[0]).toBeGreaterThanOrEqual(waitMs);
    expect(clock.slept[0]).toBeLessThan(waitMs + 250);
    expect(clock.slept).toHaveLength(1);
  });

  test.each([
    ["no header", {}],
    ["a reset in the past", { "X-Rate-Limit-Reset": "1000", "X-Rate-Limit-Remaining": "0" }],
    ["a reset that is no number", { "X-Rate-Limit-Reset": "soon", "X-Rate-Limit-Remaining": "0" }],
    ["a reset in milliseconds", { "X-Rate-Limit-Reset": "1767225600000", "X-Rate-Limit-Remaining": "0" }],
    ["a Retry-After that is none", { "Retry-After": "later" }],
  ])("with %s is followed by waits that grow", async (_, headers) => {
    const org = await startOrg(
      json(429, {}, headers),
      json(429, {}, headers),
      json(429, {}, headers),
      json(200, { ok: true }),
    );
    const { transport, clock } = testTransport(org);
    expect((await transport.send(request("POST", "/x"))).json).toEqual({ ok: true });
    expect(clock.slept.map((ms) => Math.round(ms / 100) * 100)).toEqual([800, 1500, 3000]);
  });

  test("that never ends is an error within two minutes and nine requests", async () => {
    const org = await startOrg(json(429, {}));
    const { transport, clock } = testTransport(org);
    const startedMs = clock.nowMs;
    const error = await errorOf(transport.send(request("GET", "/x")));
    expect(error).toMatchObject({ code: "rate_limited", retryAfterSeconds: expect.any(Number) });
    expect(clock.nowMs - startedMs).toBeLessThanOrEqual(120_000);
    expect(org.seen.length).toBeLessThanOrEqual(9);
  });

  test("storm over 50 concurrent writes loses none and sends none twice", async () => {
    const done: string[] = [];
    const org = await startOrg((response, seen, index) => {
      const refuse = index % 3 === 0;
      if (!refuse) done.push(seen.url);
      json(refuse ? 429 : 201, {})(response, seen, index);
    });
    const { transport } = testTransport(org, { limits: { maxRateLimited: 100 } });
    await callMany(50, 50, (index) =>
      transport.send(request("POST", "/x", { query: new URLSearchParams({ n: String(index) }) })),
    );
    expect(done).toHaveLength(50);
    expect(new Set(done).size).toBe(50);
  });

  test("for too many at once does not slow down what follows its window", async () => {
    const clock = new TestClock();
    const concurrency = (...args: Parameters<Answer>) =>
      json(
        429,
        {},
        {
          Date: clock.date(),
          "X-Rate-Limit-Limit": "0",
          "X-Rate-Limit-Remaining": "0",
          "X-Rate-Limit-Reset": clock.epoch(5),
        },
      )(...args);
    const usual = (...args: Parameters<Answer>) =>
      json(
        200,
        {},
        {
          Date: clock.date(),
          "X-Rate-Limit-Limit": "600",
          "X-Rate-Limit-Remaining": "500",
          "X-Rate-Limit-Reset": clock.epoch(2),
        },
      )(...args);
    const org = await startOrg(concurrency, usual);
    const { transport } = testTransport(org, { now: clock.now, sleep: clock.sleep });
    await callMany(20, 20, () => transport.send(request("GET", "/x")));
    expect(org.seen).toHaveLength(21);
    expect(clock.slept).toHaveLength(1);
  });
});

describe("a 429 that is about one call's own doing", () => {
  test.each([
    ["E0000118", 5],
    ["E0000109", 30],
    ["E0000133", 30],
    ["E0000146", undefined],
    ["E0000147", undefined],
    ["E0000186", undefined],
    ["E0000204", undefined],
    ["E0000205", undefined],
  ])("%s ends that call at once and holds up no other", async (errorCode, retryAfterSeconds) => {
    const clock = new TestClock();
    const used = {
      Date: clock.date(),
      "X-Rate-Limit-Limit": "50",
      "X-Rate-Limit-Remaining": "0",
      "X-Rate-Limit-Reset": clock.epoch(180),
    };
    const org = await startOrg(json(429, { errorCode, errorSummary: "Wait." }, used), json(200, {}));
    const { transport } = testTransport(org, { now: clock.now, sleep: clock.sleep });
    const error = await errorOf(transport.send(request("POST", "/api/v1/x/test")));
    expect(error).toMatchObject({
      code: "rate_limited",
      message: expect.stringContaining("Nothing else is held up."),
      data: { okta_error_code: errorCode },
      retryAfterSeconds,
    });
    await transport.send(request("POST", "/api/v1/x/test"));
    expect(org.seen).toHaveLength(2);
    expect(clock.slept.filter((ms) => ms > 0)).toEqual([]);
  });
});

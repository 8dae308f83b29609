import { describe, expect, test } from "vitest";
import { type Answer, errorOf, hang, json, request, startOrg, TestClock, testTransport } from "./support.js";
import { limited } from "./support-limits.js";

describe("concurrent calls", () => {
  test("are never more than the limit on their way, and start in order", async () => {
    let onTheirWay = 0;
    let most = 0;
    const org = await startOrg((response, seen, index) => {
      onTheirWay += 1;
      most = Math.max(most, onTheirWay);
      setImmediate(() => {
        onTheirWay -= 1;
        json(200, {})(response, seen, index);
      });
    });
    const { transport } = testTransport(org, { limits: { maxConcurrent: 7 } });
    const paths = Array.from({ length: 60 }, (_, index) => `/api/${index}`);
    await Promise.all(paths.map((path) => transport.send(request("GET", path))));
    expect(most).toBeLessThanOrEqual(7);
    expect(most).toBeGreaterThan(1);
    const order = org.seen.map(({ url }) => Number(url.split("/")[2]));
    for (const [position, index] of order.entries()) expect(Math.abs(position - index)).toBeLessThan(2 * 7);
  });

  test("leave the line when they are cancelled, and the others go on", async () => {
    const stop = new AbortController();
    const release: (() => void)[] = [];
    const org = await startOrg((response, seen, index) => {
      release.push(() => json(200, {})(response, seen, index));
    });
    const { transport } = testTransport(org, { limits: { maxConcurrent: 1 } });
    const first = transport.send(request("GET", "/first"));
    const cancelled = transport.send(request("GET", "/cancelled"), { signal: stop.signal });
    const last = transport.send(request("GET", "/last"));
    await expect.poll(() => release.length).toBe(1);
    stop.abort();
    expect(await errorOf(cancelled)).toMatchObject({ code: "cancelled" });
    release[0]?.();
    await first;
    await expect.poll(() => release.length).toBe(2);
    release[1]?.();
    await last;
    expect(org.seen.map(({ url }) => url)).toEqual(["/first", "/last"]);
  });

  test("cancelled while they wait for a rate limit end at once, and its timer with them", async () => {
    const clock = new TestClock();
    const org = await startOrg(limited(clock, 1).answer);
    const sleeping: (AbortSignal | undefined)[] = [];
    const { transport } = testTransport(org, {
      now: clock.now,
      sleep: (_, signal) =>
        new Promise((_resolve, reject) => {
          sleeping.push(signal);
          signal?.addEventListener("abort", () => reject(new Error("aborted")));
        }),
    });
    await transport.send(request("GET", "/x"));
    const stop = new AbortController();
    const calls = [1, 2, 3].map(() => errorOf(transport.send(request("GET", "/x"), { signal: stop.signal })));
    await expect.poll(() => sleeping.length).toBe(1);
    stop.abort();
    for (const call of calls) expect(await call).toMatchObject({ code: "cancelled" });
    expect(sleeping[0]?.aborted).toBe(true);
    expect(org.seen).toHaveLength(1);
  });

  test("do not line up behind a first request that is never answered", async () => {
    const org = await startOrg(hang, json(200, {}));
    const { transport } = testTransport(org);
    const stop = new AbortController();
    const stuck = errorOf(transport.send(request("GET", "/x"), { signal: stop.signal }));
    await Promise.all(Array.from({ length: 10 }, () => transport.send(request("GET", "/x"))));
    expect(org.seen).toHaveLength(11);
    stop.abort();
    expect(await stuck).toMatchObject({ code: "cancelled" });
  });

  test("to an endpoint that counts nothing are not held back", async () => {
    let most = 0;
    let onTheirWay = 0;
    const waiting: (() => void)[] = [];
    const org = await startOrg((response, seen, index) => {
      onTheirWay += 1;
      most = Math.max(most, onTheirWay);
      const finish = () => {
        onTheirWay -= 1;
        json(200, {})(response, seen, index);
      };
      if (index === 0) finish();
      else waiting.push(finish);
      if (waiting.length === 20) for (const one of waiting) one();
    });
    const { transport } = testTransport(org);
    await Promise.all(Array.from({ length: 21 }, () => transport.send(request("GET", "/x"))));
    expect(most).toBe(20);
  });
});

describe("the limit of requests at the same time", () => {
  /** Okta's 429 for too many requests at the same time: its limit is 0, and its reset is an estimate. */
  const atOnce = (clock: TestClock, inSeconds: number): Answer =>
    json(
      429,
      { errorCode: "E0000047", errorSummary: "API call exceeded rate limit due to too many requests." },
      {
        Date: clock.date(),
        "X-Rate-Limit-Limit": "0",
        "X-Rate-Limit-Remaining": "0",
        "X-Rate-Limit-Reset": clock.epoch(inSeconds),
      },
    );

  test.each([60, 180])("is waited for in seconds, not until a reset in %i s", async (inSeconds) => {
    const clock = new TestClock();
    const refused = atOnce(clock, inSeconds);
    const org = await startOrg(refused, refused, refused, json(200, []));
    const { transport } = testTransport(org, { now: clock.now, sleep: clock.sleep });
    const told: string[] = [];
    await Promise.all([
      transport.send(request("GET", "/x"), { onWait: (message) => told.push(message) }),
      transport.send(request("GET", "/x")),
    ]);
    expect(clock.slept.filter((ms) => ms > 0).map((ms) => Math.ceil(ms / 1000))).toEqual([1, 2, 4]);
    expect(told[0]).toBe("Okta already works on as many requests at the same time as this org may have; waiting 1 s");
  });

  test("leaves what is known of the window as it is", async () => {
    const clock = new TestClock();
    const known = {
      "X-Rate-Limit-Limit": "100",
      "X-Rate-Limit-Remaining": "50",
      "X-Rate-Limit-Reset": clock.epoch(60),
    };
    const org = await startOrg(json(200, [], { Date: clock.date(), ...known }), atOnce(clock, 60), json(200, []));
    const { transport } = testTransport(org, { now: clock.now, sleep: clock.sleep });
    for (let count = 0; count < 3; count += 1) await transport.send(request("GET", "/x"));
    expect(clock.slept.reduce((sum, ms) => sum + ms, 0)).toBeLessThan(1100);
  });

  test("that does not end is told as what it is", async () => {
    const clock = new TestClock();
    const org = await startOrg(atOnce(clock, 600));
    const { transport } = testTransport(org, { now: clock.now, sleep: clock.sleep });
    const error = await errorOf(transport.send(request("GET", "/x")));
    expect(error).toMatchObject({ code: "rate_limited", message: expect.stringContaining("at the same time") });
    expect((error as { retryAfterSeconds: number }).retryAfterSeconds).toBeLessThanOrEqual(30);
  });
});

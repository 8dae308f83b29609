import { describe, expect, test } from "vitest";
import { eachAtOnce } from "../support/at-once.js";
import { type Answer, errorOf, hang, json, request, startOrg, TestClock, testTransport } from "./support.js";

const MINUTE = 60;

/** An org that counts requests per endpoint in windows, as Okta does, by the test's clock. */
function limited(clock: TestClock, perWindow: number, options: { seconds?: number; skewMs?: number } = {}) {
  const { seconds = MINUTE, skewMs = 0 } = options;
  const windows = new Map<string, { endSeconds: number; used: number }>();
  const refusedIn: number[] = [];
  const answer: Answer = (response, { method, url }, index) => {
    const key = `${method} ${url.split("?")[0]}`;
    const nowSeconds = Math.floor((clock.nowMs + skewMs) / 1000);
    let window = windows.get(key);
    if (window === undefined || window.endSeconds <= nowSeconds) {
      window = { endSeconds: nowSeconds + seconds, used: 0 };
      windows.set(key, window);
    }
    window.used += 1;
    const allowed = window.used <= perWindow;
    if (!allowed) refusedIn.push(window.endSeconds);
    const headers = {
      Date: clock.date(skewMs),
      // A limit of 0 would mean that of requests at the same time.
      "X-Rate-Limit-Limit": String(Math.max(1, perWindow)),
      "X-Rate-Limit-Remaining": String(Math.max(0, perWindow - window.used)),
      "X-Rate-Limit-Reset": String(window.endSeconds),
    };
    json(allowed ? 200 : 429, { index }, headers)(response, { method, url, headers: {}, body: Buffer.alloc(0) }, index);
  };
  return { answer, refusedIn };
}

/** Makes `count` calls, never more than `atOnce` at a time. */
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
    // The third hundred may begin after two windows.
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
  /** 429 as Okta marks it: a limit of 0, and a reset that is a guess. */
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

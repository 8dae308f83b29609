import { describe, expect, test } from "vitest";
import { OrgTraffic, type OrgTrafficOptions } from "../../src/okta/org-traffic.js";
import { errorOf, json, request, startOrg, TestClock, testTransport } from "./support.js";
import { limited } from "./support-limits.js";

/** An org whose answers are given one by one, and the transports of several people to it. */
async function heldOrg(options: OrgTrafficOptions) {
  const waiting: { url: string; answer: () => void }[] = [];
  const org = await startOrg((response, seen, index) => {
    waiting.push({ url: seen.url, answer: () => json(200, {})(response, seen, index) });
  });
  const traffic = new OrgTraffic(options);
  const transportOf = (party: string) => testTransport(org, { ...traffic.with(org.url), party }).transport;
  /** Answers the request that has waited longest, once there is one. */
  async function answerNext(): Promise<string> {
    await expect.poll(() => waiting.length).toBeGreaterThan(0);
    const first = waiting.shift();
    first?.answer();
    return first?.url ?? "";
  }
  return { org, waiting, transportOf, answerNext };
}

describe("people who share an org", () => {
  test("take turns: who has asked for one thing does not wait behind a hundred of another's", async () => {
    const { transportOf, answerNext } = await heldOrg({ maxConcurrent: 1 });
    const [flooding, patient] = [transportOf("A"), transportOf("B")];
    const flood = Array.from({ length: 100 }, (_, n) => flooding.send(request("GET", `/a${n}`)));
    const one = patient.send(request("GET", "/b"));
    const order = [await answerNext(), await answerNext()];
    await one;
    expect(order).toEqual(["/a0", "/b"]);
    for (let n = 1; n < 100; n += 1) expect(await answerNext()).toBe(`/a${n}`);
    await Promise.all(flood);
  });

  test("take turns at one endpoint as well", async () => {
    const { transportOf, answerNext } = await heldOrg({ maxConcurrent: 1 });
    const send = (party: string, n: number) =>
      transportOf(party).send({ ...request("GET", `/${party}${n}`), template: "/one" });
    const calls = [
      ...[0, 1, 2, 3].map((n) => send("A", n)),
      ...[0, 1].map((n) => send("B", n)),
      ...[0, 1].map((n) => send("C", n)),
    ];
    const order: string[] = [];
    for (const _ of calls) order.push(await answerNext());
    await Promise.all(calls);
    expect(order).toEqual(["/A0", "/B0", "/C0", "/A1", "/B1", "/C1", "/A2", "/A3"]);
  });

  test("leave each other room when Okta does not answer one of them", async () => {
    const { transportOf, waiting } = await heldOrg({ maxConcurrent: 6, maxPerParty: 4 });
    const flood = Array.from({ length: 20 }, (_, n) => transportOf("A").send(request("GET", `/a${n}`)));
    await expect.poll(() => waiting.length).toBe(4);
    const one = transportOf("B").send(request("GET", "/b"));
    await expect.poll(() => waiting.length).toBe(5);
    waiting.pop()?.answer();
    await one;
    for (let n = 0; n < 20; n += 1) {
      await expect.poll(() => waiting.length).toBeGreaterThan(0);
      waiting.shift()?.answer();
    }
    await Promise.all(flood);
  });

  test("cannot use up each other's rate limit: a quarter of each window is for those who used little of it", async () => {
    const clock = new TestClock();
    const { answer, refusedIn } = limited(clock, 40);
    const org = await startOrg(answer);
    const asleep: (() => void)[] = [];
    const sleep = () => new Promise<void>((resolve) => asleep.push(resolve));
    const traffic = new OrgTraffic({ maxConcurrent: 30, now: clock.now, sleep });
    const of = (party: string) =>
      testTransport(org, { now: clock.now, sleep, ...traffic.with(org.url), party }).transport;
    const told: string[] = [];
    const flood = Array.from({ length: 60 }, () =>
      of("A").send(request("GET", "/users"), { onWait: (message) => told.push(message) }),
    );
    await expect.poll(() => org.seen.length).toBe(30);
    await Promise.all(Array.from({ length: 9 }, () => of("B").send(request("GET", "/users"))));
    expect(org.seen.length).toBe(39);
    expect(told.length).toBeGreaterThan(0);
    expect(refusedIn).toEqual([]);
    // The next window lets the flood go on, and the one after that.
    const all = Promise.all(flood);
    let isOver = false;
    void all.then(() => {
      isOver = true;
    });
    while (!isOver) {
      clock.nowMs += 61_000;
      for (const wake of asleep.splice(0)) wake();
      await new Promise(setImmediate);
    }
    expect(refusedIn).toEqual([]);
  });

  test("M9: wait for an endpoint whose limit is used up in a line that has an end, and nowhere else", async () => {
    const clock = new TestClock();
    const { answer } = limited(clock, 0, { seconds: 40 });
    const { answer: open } = limited(clock, 1000);
    const org = await startOrg((response, seen, index) =>
      (seen.url === "/users" && clock.nowMs < Date.UTC(2026, 0, 1) + 40_000 ? answer : open)(response, seen, index),
    );
    const asleep: (() => void)[] = [];
    const sleep = () => new Promise<void>((resolve) => asleep.push(resolve));
    const traffic = new OrgTraffic({ maxConcurrent: 10, maxWaiting: 6, now: clock.now, sleep, random: () => 0 });
    const of = (party: string) =>
      testTransport(org, { now: clock.now, sleep, ...traffic.with(org.url), party }).transport;
    const refused: { party: string; error: unknown }[] = [];
    const done: string[] = [];
    const users = (party: string) =>
      of(party)
        .send(request("GET", "/users"))
        .then(
          () => done.push(party),
          (error: unknown) => refused.push({ party, error }),
        );
    const calls = [users("A")];
    await expect.poll(() => asleep.length).toBe(1);
    calls.push(...Array.from({ length: 9 }, () => users("A")));
    await expect.poll(() => refused.length).toBe(4);
    calls.push(users("B"));
    await expect.poll(() => refused.length).toBe(5);
    expect(refused.map(({ party }) => party)).toEqual(["A", "A", "A", "A", "A"]);
    expect(refused[0]?.error).toMatchObject({ code: "rate_limited", retryAfterSeconds: 40 });
    // Another endpoint answers meanwhile.
    await of("A").send(request("GET", "/groups"));
    clock.nowMs += 41_000;
    for (const wake of asleep.splice(0)) wake();
    await Promise.all(calls);
    expect(done.sort()).toEqual(["A", "A", "A", "A", "A", "B"]);
  });

  test("may wait for so long as one call waits, and are told how long it would be beyond that", async () => {
    const clock = new TestClock();
    const org = await startOrg(limited(clock, 1, { seconds: 90 }).answer);
    const traffic = new OrgTraffic({ maxConcurrent: 10, now: clock.now });
    const { transport } = testTransport(org, {
      now: clock.now,
      ...traffic.with(org.url),
      party: "A",
      limits: { maxRateWaitMs: 45_000 },
    });
    await transport.send(request("GET", "/x"));
    expect(await errorOf(transport.send(request("GET", "/x")))).toMatchObject({ retryAfterSeconds: 90 });
  });
});

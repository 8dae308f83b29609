import { describe, expect, test } from "vitest";
import { errorOf, linkOf, openSandbox, person } from "../support/sandbox.js";

const LOGS = "/api/v1/logs";

/** Opens an org with `count` events, one per minute up to now. Each event has its number as its message. */
async function withEvents(count: number) {
  const sandbox = await openSandbox();
  const start = sandbox.clock.now() - (count - 1) * 60_000;
  for (let n = 0; n < count; n += 1) {
    const outcome = n % 2 === 0 ? ({ result: "SUCCESS" } as const) : ({ result: "DENY", reason: "Policy" } as const);
    sandbox.org.log({
      eventType: n % 2 === 0 ? "user.session.start" : "policy.evaluate_sign_on",
      displayMessage: `Event ${n}`,
      outcome,
      publishedMs: start + n * 60_000,
    });
  }
  const at = (n: number) => new Date(start + n * 60_000).toISOString();
  return { ...sandbox, at };
}

const numbers = (events: { displayMessage: string }[]) => events.map((event) => Number(event.displayMessage.slice(6)));

describe("the system log", () => {
  test("a write is one event that says who, what, where from and when", async () => {
    const { call, org, get, clock, authorization } = await openSandbox();
    const ada = org.addUser({ profile: person("Ada", { login: "ada.admin@acme-robotics.example" }) });
    const token = await authorization.control.issueAccessToken(["okta.groups.manage"]);
    clock.advanceSeconds(1);
    const headers = { "user-agent": "test/1", authorization: `Bearer ${token}` };
    const made = await call("POST", "/api/v1/groups", { profile: { name: "Lab" } }, headers);
    const events = (await get(LOGS, { filter: 'eventType eq "group.lifecycle.create"' })).json;
    expect(events).toMatchObject([
      {
        eventType: "group.lifecycle.create",
        displayMessage: "Okta group create",
        severity: "INFO",
        outcome: { result: "SUCCESS", reason: null },
        published: new Date(clock.now()).toISOString(),
        actor: { type: "User", id: ada.id, alternateId: "ada.admin@acme-robotics.example", displayName: "Ada Example" },
        client: { userAgent: { rawUserAgent: "test/1" }, ipAddress: "127.0.0.1" },
        target: [{ id: made.json.id, type: "UserGroup", displayName: "Lab" }],
        uuid: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      },
    ]);
  });

  test("a refused write leaves no event", async () => {
    const { call, org } = await openSandbox();
    await call("POST", "/api/v1/groups", { profile: {} });
    await call("DELETE", "/api/v1/apps/0oaNone");
    expect(org.events).toEqual([]);
  });

  test("shows the last seven days, oldest first, a hundred at a time", async () => {
    const { org, get, clock } = await withEvents(120);
    org.log({ eventType: "x", displayMessage: "Event -1", publishedMs: clock.now() - 8 * 24 * 3_600_000 });
    expect(numbers((await get(LOGS)).json)).toEqual(Array.from({ length: 100 }, (_, n) => n));
  });

  test("a window with an end is read to its end and not beyond, both ways", async () => {
    const { all, at } = await withEvents(10);
    const window = { since: at(2), until: at(8), limit: "3" };
    const up = await all(LOGS, window);
    expect(numbers(up.items)).toEqual([2, 3, 4, 5, 6, 7, 8]);
    expect(up.pages).toEqual([3, 3, 1]);
    const down = await all(LOGS, { ...window, sortOrder: "DESCENDING" });
    expect(numbers(down.items)).toEqual([8, 7, 6, 5, 4, 3, 2]);
    expect(numbers((await all(LOGS, { sortOrder: "DESCENDING", limit: "4" })).items)[0]).toBe(9);
  });

  test("without an end there is always a next page, which finds what came after, once", async () => {
    const { org, get, call, clock } = await withEvents(3);
    const first = await get(LOGS, { limit: "2" });
    const second = await call("GET", linkOf(first, "next") ?? "");
    expect([numbers(first.json), numbers(second.json)]).toEqual([[0, 1], [2]]);
    const third = await call("GET", linkOf(second, "next") ?? "");
    expect(third.json).toEqual([]);
    clock.advanceSeconds(600);
    for (const n of [3, 4, 5]) org.log({ eventType: "late", displayMessage: `Event ${n}` });
    const fourth = await call("GET", linkOf(third, "next") ?? "");
    const fifth = await call("GET", linkOf(fourth, "next") ?? "");
    expect([numbers(fourth.json), numbers(fifth.json)]).toEqual([[3, 4], [5]]);
  });

  test("an empty log can be polled too", async () => {
    const { org, get, call } = await openSandbox();
    const empty = await get(LOGS);
    expect(empty.json).toEqual([]);
    org.log({ eventType: "first", displayMessage: "Event 0" });
    expect(numbers((await call("GET", linkOf(empty, "next") ?? "")).json)).toEqual([0]);
  });

  test("a filter takes any attribute, and every keyword must be somewhere", async () => {
    const { get, org } = await withEvents(4);
    org.log({ eventType: "app.made", displayMessage: "Event 9", debugData: { url: "/Fleet/Console" } });
    const found = async (query: Record<string, string>) => numbers((await get(LOGS, query)).json);
    expect(await found({ filter: 'outcome.result eq "DENY" and outcome.reason co "pol"' })).toEqual([1, 3]);
    expect(await found({ filter: 'eventType sw "user." or actor.id eq "SystemPrincipal"' })).toHaveLength(5);
    expect(await found({ q: "fleet console" })).toEqual([9]);
    expect(await found({ q: "FLEET nowhere" })).toEqual([]);
    expect(await found({ q: "displayMessage" })).toEqual([]);
  });

  test("a filter is kept from page to page", async () => {
    const { all, at } = await withEvents(9);
    const { items, pages } = await all(LOGS, { filter: 'outcome.result eq "DENY"', limit: "3", until: at(8) });
    expect(numbers(items)).toEqual([1, 3, 5, 7]);
    expect(pages).toEqual([3, 1]);
  });

  test.each([
    [{ since: "yesterday" }, "E0000001"],
    [{ until: "2026-13-45" }, "E0000001"],
    [{ since: "2026-01-02", until: "2026-01-01" }, "E0000001"],
    [{ limit: "1001" }, "E0000001"],
    [{ limit: "ten" }, "E0000001"],
    [{ sortOrder: "asc" }, "E0000001"],
    [{ after: "nonsense" }, "E0000001"],
    [{ q: "x".repeat(41) }, "E0000001"],
    [{ q: "a b c d e f g h i j k" }, "E0000001"],
    [{ filter: "outcome.result eq" }, "E0000031"],
  ])("%j is refused with %s", async (query, code) => {
    const { get } = await openSandbox();
    expect(errorOf(await get(LOGS, { ...query }))).toMatchObject({ status: 400, code });
  });

  test("a limit of none is allowed and answers with none", async () => {
    const { get } = await withEvents(2);
    expect((await get(LOGS, { limit: "0" })).json).toEqual([]);
  });
});

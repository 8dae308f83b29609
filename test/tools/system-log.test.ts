import { describe, expect, test } from "vitest";
import type { Org } from "../../sandbox/org.js";
import { userParty } from "../../sandbox/state/log-event.js";
import type { LogNote } from "../../sandbox/state/model.js";
import { MemoryJournal } from "../../src/journal/memory-journal.js";
import { connect } from "../support/client.js";

type JsonObject = { [key: string]: unknown };

const MINUTE_MS = 60_000;

/** Adds `count` events, one per minute up to a minute ago. Each event has its number as its message. */
function addEvents(org: Org, count: number, note: (n: number) => Partial<LogNote> = () => ({})) {
  org.forgetEvents();
  for (let n = 0; n < count; n += 1) {
    const publishedMs = org.now() - (count - n) * MINUTE_MS;
    org.log({ eventType: "user.session.start", displayMessage: `Event ${n}`, publishedMs, ...note(n) });
  }
}

const messages = (data: JsonObject) =>
  (data.items as { displayMessage: string }[]).map((event) => event.displayMessage);

const queryOf = (line: string | undefined) =>
  Object.fromEntries(new URL(`http://x${line?.split(" ")[1]}`).searchParams);

describe("get_logs", () => {
  test("passes the window, filter, keywords, order and limit on as they are", async () => {
    const { get, sent } = await connect();
    await get("get_logs", {
      since: "2026-01-01T00:00:00Z",
      until: "2026-01-02T00:00:00+01:00",
      filter: 'eventType eq "user.session.start" and target.id eq "00u1"',
      q: "denied vpn",
      sort_order: "DESCENDING",
      limit: 1000,
    });
    expect(queryOf(sent()[0])).toEqual({
      since: "2026-01-01T00:00:00Z",
      until: "2026-01-02T00:00:00+01:00",
      filter: 'eventType eq "user.session.start" and target.id eq "00u1"',
      q: "denied vpn",
      sortOrder: "DESCENDING",
      limit: "1000",
    });
  });

  test("looks at the last seven days where no window is given, and ends there", async () => {
    const now = Date.UTC(2026, 4, 20, 12);
    const { get, sent } = await connect({ now: () => now });
    await get("get_logs", { fetch_all: true });
    expect(sent()).toHaveLength(1);
    expect(queryOf(sent()[0])).toEqual({ since: "2026-05-13T12:00:00.000Z", until: "2026-05-20T12:00:00.000Z" });
  });

  test("reads a window to its end with fetch_all, and stays in it while time goes on", async () => {
    let now = Date.now();
    const { get, org, sent } = await connect({
      now: () => {
        now += MINUTE_MS;
        return now;
      },
    });
    addEvents(org, 7);
    const all = await get("get_logs", { limit: 3, fetch_all: true });
    expect(messages(all)).toEqual(Array.from({ length: 7 }, (_, n) => `Event ${n}`));
    expect(all).toMatchObject({ has_more: false, next_cursor: null });
    expect(new Set(sent().map((line) => queryOf(line).until)).size).toBe(1);
  });

  test.each(["ASCENDING", "DESCENDING"])(
    "goes on in the same window where next_cursor says, %s",
    async (sort_order) => {
      let now = Date.now();
      const { get, org } = await connect({ now: () => now });
      addEvents(org, 9);
      const seen: string[] = [];
      let cursor: unknown;
      do {
        const page = await get("get_logs", { limit: 4, sort_order, ...(cursor ? { after: cursor } : {}) });
        seen.push(...messages(page));
        cursor = page.next_cursor;
        // A later event belongs to no page of this window.
        now += 10 * MINUTE_MS;
        org.log({ eventType: "user.session.start", displayMessage: "Too late", publishedMs: now });
      } while (cursor);
      const expected = Array.from({ length: 9 }, (_, n) => `Event ${n}`);
      expect(seen).toEqual(sort_order === "ASCENDING" ? expected : expected.reverse());
    },
  );

  test("goes on at the very event where a result was cut, however large the events are", async () => {
    let now = Date.now();
    const { get, org } = await connect({ now: () => now, maxResultChars: 5_000 });
    addEvents(org, 30, (n) => ({ debugData: { blob: "x".repeat((n * 277) % 1900) } }));
    const seen: string[] = [];
    let cursor: unknown;
    do {
      const page = await get("get_logs", {
        full: true,
        sort_order: "DESCENDING",
        ...(cursor ? { after: cursor } : {}),
      });
      expect(JSON.stringify(page).length).toBeLessThanOrEqual(5_000);
      seen.push(...messages(page));
      cursor = page.next_cursor;
      now += 10 * MINUTE_MS;
      org.log({ eventType: "user.session.start", displayMessage: "Too late", publishedMs: now });
    } while (cursor);
    expect(seen).toEqual(Array.from({ length: 30 }, (_, n) => `Event ${29 - n}`));
  });

  test("takes a cursor of Okta's own as well", async () => {
    const { get, org } = await connect();
    addEvents(org, 3);
    const first = org.events[0];
    const after = `${Date.parse(first?.published ?? "")}_0`;
    expect(messages(await get("get_logs", { after }))).toEqual(["Event 1", "Event 2"]);
  });

  test("keeps unknown fields and values of events", async () => {
    const { get, org, sandbox } = await connect();
    addEvents(org, 1);
    sandbox.next("GET", "/api/v1/logs", {
      rewrite: (reply) => ({
        ...reply,
        json: (reply.json as JsonObject[]).map((event) => ({
          ...event,
          outcome: { result: "SHRUGGED", reason: null, why: ["a"] },
          severity: "CATASTROPHIC",
          newContext: { risk: { level: 0.5 } },
        })),
      }),
    });
    const { items } = await get("get_logs", { full: true });
    expect(items).toEqual([
      expect.objectContaining({
        displayMessage: "Event 0",
        outcome: { result: "SHRUGGED", reason: null, why: ["a"] },
        severity: "CATASTROPHIC",
        newContext: { risk: { level: 0.5 } },
      }),
    ]);
  });

  test("refuses a time that is none, and a limit that Okta does not take", async () => {
    const { call, sent } = await connect();
    for (const since of ["last week", "2026-13-01", "2026-01-01 00:00 (really)", "1767225600", " "]) {
      expect((await call("get_logs", { since })).error?.code, since).toBe("bad_input");
    }
    expect((await call("get_logs", { limit: 1001 })).error?.code).toBe("bad_input");
    expect(sent()).toEqual([]);
  });
});

describe("the events of get_logs", () => {
  async function oneEvent() {
    const connected = await connect();
    const { org } = connected;
    const ada = org.addUser({ profile: { login: "ada@acme.example", firstName: "Ada", lastName: "T" } });
    org.forgetEvents();
    const client = { userAgent: { rawUserAgent: "curl", os: "x", browser: "y" }, zone: "null", device: null, id: null };
    org.log(
      {
        eventType: "user.session.start",
        displayMessage: "User login to Okta",
        outcome: { result: "FAILURE", reason: "INVALID_CREDENTIALS" },
        target: [userParty(ada)],
        publishedMs: org.now() - MINUTE_MS,
      },
      { actor: userParty(ada), client: { ...client, ipAddress: "192.0.2.7", geographicalContext: null } },
    );
    return { ...connected, ada };
  }

  test("are compact: time, type, actor, target, outcome and address under Okta's own names", async () => {
    const { get, ada, org } = await oneEvent();
    const party = { id: ada.id, type: "User", alternateId: "ada@acme.example", displayName: "Ada T" };
    expect((await get("get_logs")).items).toEqual([
      {
        published: org.events[0]?.published,
        eventType: "user.session.start",
        displayMessage: "User login to Okta",
        actor: party,
        target: [party],
        outcome: { result: "FAILURE", reason: "INVALID_CREDENTIALS" },
        client: { ipAddress: "192.0.2.7" },
      },
    ]);
  });

  test("are whole with full, and fields choose from the whole", async () => {
    const { get, org } = await oneEvent();
    expect((await get("get_logs", { full: true })).items).toEqual(JSON.parse(JSON.stringify(org.events)));
    const { items } = await get("get_logs", { fields: ["client.userAgent.rawUserAgent", "uuid"] });
    expect(items).toEqual([{ uuid: org.events[0]?.uuid, client: { userAgent: { rawUserAgent: "curl" } } }]);
  });
});

describe("the times of a window", () => {
  const now = Date.UTC(2026, 4, 20, 12, 30);

  test.each([
    ["2026-05-01T08:00", "2026-05-01T08:00Z"],
    ["2026-05-01T08:00:00.5", "2026-05-01T08:00:00.5Z"],
    ["2026-05-01", "2026-05-01T00:00:00Z"],
    ["2026-05-01T08:00:00-07:00", "2026-05-01T08:00:00-07:00"],
    ["2026-05-01T08:00:00+0200", "2026-05-01T08:00:00+0200"],
    ["-7d", "2026-05-13T12:30:00.000Z"],
    ["24h", "2026-05-19T12:30:00.000Z"],
    ["30m", "2026-05-20T12:00:00.000Z"],
    ["2w", "2026-05-06T12:30:00.000Z"],
    ["today", "2026-05-20T00:00:00.000Z"],
    ["Yesterday", "2026-05-19T00:00:00.000Z"],
  ])("since %s goes out as %s, wherever the server stands", async (since, sentAs) => {
    const { get, sent } = await connect({ now: () => now });
    await get("get_logs", { since });
    await get("get_login_failures", { since });
    expect(sent().map((line) => queryOf(line).since)).toEqual([sentAs, sentAs]);
  });

  test.each(["get_logs", "get_login_failures", "list_changes"])(
    "of %s that end before they begin are refused",
    async (tool) => {
      const { call, sent } = await connect({ now: () => now, journal: new MemoryJournal() });
      const { error } = await call(tool, { since: "2026-05-10", until: "-2w" });
      expect(error).toMatchObject({
        code: "bad_input",
        message: expect.stringContaining("since (2026-05-10T00:00:00Z) is after until (2026-05-06T12:30:00.000Z)"),
      });
      expect((await call(tool, { since: "2027-01-01" })).error?.message).toContain("until, which is now");
      expect((await call(tool, { since: "last week" })).error?.message).toContain("-7d, 24h");
      expect(sent()).toEqual([]);
    },
  );
});

describe("a filter of get_logs", () => {
  test.each([
    ['outcome.result eq "FAILURE" and', "at its end (character 32): a test is missing"],
    ['eventType = "user.session.start"', "at character 11 (=): an operator has to be here: eq, ne, co"],
    ["eventType eq user.session.start", "at character 14 (user.session.start): a value has to be here"],
    ['eventType eq "a" eventType eq "b"', "at character 18 (eventType): and or or is missing before it"],
    ['(eventType eq "a"', "at its end (character 18): a parenthesis is not closed"],
    ['eventType eq "a")', "at character 17 ()): this parenthesis was never opened"],
    ['not eventType eq "a"', "at character 5 (eventType): after not comes an expression in parentheses"],
    ['eventType eq "a', "without its closing quotation mark at character 14"],
    ['target[type eq "User"]', "at character 1 (target[type): brackets are not taken"],
  ])("that goes wrong, %s, is told the place and the operators", async (filter, place) => {
    const { call } = await connect();
    const { error } = await call("get_logs", { filter });
    expect(error?.code).toBe("bad_input");
    expect(error?.message).toContain(place);
    expect(error?.fix).toContain("Operators: eq, ne, co, sw, ew, gt, ge, lt, le, pr");
  });

  test.each([
    ['eventType eq "user.session.strat"', "is called", "; did you mean user.session.start?"],
    ['outcome.result eq "FAILURE" or eventType eq "USER.SESSION.STRAT"', "is called", "user.session.start"],
    ['eventType sw "user.sesion"', "fits", "."],
  ])("with an event type that nobody knows, %s, is sent and says so", async (filter, verb, guess) => {
    const { get, sent } = await connect();
    const { note, items } = await get("get_logs", { filter });
    expect(items).toEqual([]);
    expect(note).toContain(`No event type that Okta has published ${verb}`);
    expect(note).toContain(guess);
    expect(sent()).toHaveLength(1);
  });

  test.each(['eventType eq "user.session.start"', 'eventType sw "user.session"', 'eventType co "mfa"', "eventType pr"])(
    "with a known one, %s, says nothing",
    async (filter) => {
      const { get } = await connect();
      expect((await get("get_logs", { filter })).note).toBeUndefined();
    },
  );
});

import { describe, expect, test } from "vitest";
import type { Org } from "../../sandbox/org.js";
import { userParty } from "../../sandbox/state/log-event.js";
import type { LogNote, User } from "../../sandbox/state/model.js";
import { DEFAULT_RESULT_CHARS } from "../../src/config/settings.js";
import { connect } from "../support/client.js";

type JsonObject = { [key: string]: unknown };

const MINUTE_MS = 60_000;

const queryOf = (line: string | undefined) =>
  Object.fromEntries(new URL(`http://x${line?.split(" ")[1]}`).searchParams);

interface Failures {
  failures: { login_events: JsonObject[]; other_events: JsonObject[]; total: number; not_shown?: number };
  denials: { login_events: JsonObject[]; other_events: JsonObject[]; total: number; not_shown?: number };
  summary: {
    by_user: { name: string; count: number }[];
    by_reason: { name: string; count: number }[];
    complete: boolean;
    note?: string;
  };
  time_window: { since: string; until: string };
}

describe("get_login_failures", () => {
  const failure = (user: User, org: Org, more: Partial<LogNote> = {}) =>
    org.log(
      {
        eventType: "user.session.start",
        displayMessage: "User login to Okta",
        outcome: { result: "FAILURE", reason: "INVALID_CREDENTIALS" },
        publishedMs: org.now() - MINUTE_MS,
        ...more,
      },
      {
        actor: userParty(user),
        client: { userAgent: null, zone: null, device: null, id: null, ipAddress: null, geographicalContext: null },
      },
    );

  async function withFailures() {
    const connected = await connect();
    const { org, call } = connected;
    const [ada, bob] = ["ada", "bob"].map((name) =>
      org.addUser({
        profile: { login: `${name}@acme.example`, email: `${name}@acme.example`, firstName: name, lastName: "T" },
      }),
    ) as [User, User];
    org.forgetEvents();
    failure(ada, org);
    failure(ada, org);
    failure(bob, org, { outcome: { result: "FAILURE", reason: "LOCKED_OUT" } });
    failure(ada, org, {
      eventType: "policy.evaluate_sign_on",
      displayMessage: "Sign-on policy",
      outcome: { result: "DENY", reason: "Outside the network" },
    });
    failure(bob, org, { eventType: "app.oauth2.token.grant", outcome: { result: "FAILURE", reason: "bad client" } });
    failure(bob, org, { outcome: { result: "SUCCESS" } });
    failure(bob, org, { publishedMs: org.now() - 25 * 60 * MINUTE_MS });
    const get = async (args: JsonObject = {}) => {
      const { isError, data, text } = await call("get_login_failures", args);
      expect(isError, text).toBe(false);
      return data as unknown as Failures;
    };
    return { ...connected, get, ada, bob };
  }

  test("counts both outcomes of the last day, logins apart, and sums up by user and reason", async () => {
    const { get, sent } = await withFailures();
    const { failures, denials, summary, time_window } = await get({ events: true });
    expect([failures.total, failures.login_events.length, failures.other_events.length]).toEqual([4, 3, 1]);
    expect([denials.total, denials.login_events.length, denials.other_events.length]).toEqual([1, 1, 0]);
    expect(summary).toMatchObject({
      by_user: [
        { name: "ada@acme.example", count: 3 },
        { name: "bob@acme.example", count: 2 },
      ],
      by_reason: [
        { name: "INVALID_CREDENTIALS", count: 2 },
        { name: "bad client", count: 1 },
        { name: "Outside the network", count: 1 },
        { name: "LOCKED_OUT", count: 1 },
      ],
      complete: true,
    });
    expect(Date.parse(time_window.until) - Date.parse(time_window.since)).toBe(24 * 60 * MINUTE_MS);
    expect(queryOf(sent()[0])).toMatchObject({
      ...time_window,
      filter: 'outcome.result eq "FAILURE" or outcome.result eq "DENY"',
    });
  });

  test("looks at the window that is asked for", async () => {
    const { get, org } = await withFailures();
    const since = new Date(org.now() - 26 * 60 * MINUTE_MS).toISOString();
    expect((await get({ since })).failures.total).toBe(5);
    const until = new Date(org.now() - 24 * 60 * MINUTE_MS).toISOString();
    const { failures, time_window } = await get({ until });
    expect(failures.total).toBe(1);
    expect(Date.parse(time_window.until) - Date.parse(time_window.since)).toBe(24 * 60 * MINUTE_MS);
  });

  test("is narrowed by user and keywords", async () => {
    const { get, ada } = await withFailures();
    expect((await get({ user_id: ada.id })).summary.by_user).toMatchObject([{ name: "ada@acme.example", count: 3 }]);
    expect((await get({ user_id: "bob@acme.example" })).failures.total).toBe(2);
    expect((await get({ q: "LOCKED_OUT" })).failures.total).toBe(1);
  });

  test("lets neither user_id nor q widen what is counted", async () => {
    const { call, get, sent } = await withFailures();
    for (const user_id of ['x"or(outcome.result pr)or"', 'x" or outcome.result eq "SUCCESS', " ", "a\\"]) {
      expect((await call("get_login_failures", { user_id })).error?.code, user_id).toBe("bad_input");
    }
    expect(sent()).toEqual([]);
    // Inside the quotation marks of the filter these characters are plain text.
    const { failures: none } = await get({ user_id: "x)or(outcome.result pr" });
    expect(none.total).toBe(0);
    const { failures, denials } = await get({ q: 'x" or outcome.result eq "SUCCESS"' });
    expect([failures.total, denials.total]).toEqual([0, 0]);
    expect(queryOf(sent()[1]).filter).toBe('outcome.result eq "FAILURE" or outcome.result eq "DENY"');
    expect(await call("get_login_failures", { filter: "eventType pr" })).toMatchObject({ isError: true });
  });

  test("shows what fits and counts the rest", async () => {
    const { org, ada, call } = { ...(await withFailures()) };
    for (let n = 0; n < 400; n += 1) failure(ada, org, { debugData: { blob: "x".repeat(300) } });
    const { data, text } = await call("get_login_failures", { events: true });
    const { failures, summary } = data as unknown as Failures;
    expect(text.length).toBeLessThanOrEqual(DEFAULT_RESULT_CHARS);
    expect(failures.total).toBe(404);
    expect(failures.login_events.length + failures.other_events.length + (failures.not_shown ?? 0)).toBe(404);
    expect(failures.not_shown).toBeGreaterThan(100);
    expect(summary.by_user[0]).toMatchObject({ name: "ada@acme.example", count: 403 });
  });

  test("is a summary first: by user with the last address, by reason, and no event", async () => {
    const { get, org, ada } = await withFailures();
    const client = { userAgent: null, zone: null, device: null, id: null, geographicalContext: null };
    org.log(
      {
        eventType: "user.session.start",
        displayMessage: "User login to Okta",
        outcome: { result: "FAILURE", reason: "VERIFICATION_ERROR" },
        publishedMs: org.now() - 1000,
      },
      { actor: userParty(ada), client: { ...client, ipAddress: "192.0.2.7" } },
    );
    for (let n = 0; n < 1000; n += 1) failure(ada, org, { publishedMs: org.now() - 2 * MINUTE_MS });
    const result = await get();
    expect(Object.keys(result)).toEqual(["summary", "failures", "denials", "time_window"]);
    expect(result.failures).toEqual({ total: 1005, login_total: 1004 });
    expect(result.summary.by_user[0]).toEqual({
      name: "ada@acme.example",
      count: 1004,
      last_at: org.events.at(-1001)?.published,
      last_address: "192.0.2.7",
      last_reason: "VERIFICATION_ERROR",
    });
    expect(JSON.stringify(result).length).toBeLessThan(2000);
  });

  test("chooses fields of the whole answer", async () => {
    const { get } = await withFailures();
    const chosen = await get({ fields: ["failures.total", "denials.login_events.outcome.reason"] });
    expect(chosen).toEqual({
      failures: { total: 4 },
      denials: { login_events: [{ outcome: { reason: "Outside the network" } }] },
    });
  });

  test("says where there were too many events to count", async () => {
    const { get, org, ada } = await withFailures();
    for (let n = 0; n < 10_050; n += 1) failure(ada, org);
    const { summary, failures } = await get();
    expect(summary.complete).toBe(false);
    expect(summary.note).toContain("10000");
    expect(failures.total).toBeLessThanOrEqual(10_000);
  });
});

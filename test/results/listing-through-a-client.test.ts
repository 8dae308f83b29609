import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { Fault } from "../../sandbox/fault.js";
import type { Org } from "../../sandbox/org.js";
import type { SandboxReply } from "../../sandbox/route.js";
import type { Json } from "../../src/json/json.js";
import { connect } from "../support/client.js";
import { PEERS } from "../support/peers.js";

const idsOf = (items: readonly Json[]) => items.map((item) => (item as { id: string }).id);

describe("through a client", () => {
  const people = (org: Org, count: number) =>
    Array.from({ length: count }, (_, n) =>
      org.addUser({ profile: { login: `p${n}@acme.example`, firstName: "Pat" } }),
    );

  test.each<[string, string, Fault & { times?: number }]>([
    ["an outage", "okta_down", { status: 503, times: 9 }],
    ["a page that is no list", "okta_down", { status: 200, json: { error: "no" } }],
    ["a role that was taken away", "forbidden", { status: 403, json: { errorCode: "E0000006", errorSummary: "No" } }],
  ])("%s in the middle keeps what was read before, and goes on from there", async (_, code, fault) => {
    const { get, org, sandbox } = await connect();
    const everybody = people(org, 5);
    const fail = { rewrite: (reply: SandboxReply) => reply };
    sandbox.next("GET", "/api/v1/users", fail);
    sandbox.next("GET", "/api/v1/users", fail);
    sandbox.next("GET", "/api/v1/users", fault);
    const some = await get("list_users", { limit: 2, fetch_all: true });
    sandbox.clearFaults();
    expect(some).toMatchObject({ total_fetched: 4, has_more: true, complete: false, reason: code });
    expect(some.note).toMatch(new RegExp(`^Not whole: reading stopped after 4 items\\. ${code}: .* next_cursor\\.$`));
    const rest = await get("list_users", { after: some.next_cursor, limit: 2, fetch_all: true });
    expect(rest).toMatchObject({ has_more: false, next_cursor: null });
    expect(rest).not.toHaveProperty("complete");
    const seen = [some, rest].flatMap(({ items }) => idsOf(items as Json[]));
    expect(seen.slice(1)).toEqual(everybody.map(({ id }) => id));
  });

  test("a fault on the first page is an error", async () => {
    const { call, sandbox } = await connect();
    sandbox.next("GET", "/api/v1/users", { status: 403, json: { errorCode: "E0000006", errorSummary: "No" } });
    expect((await call("list_users", { fetch_all: true })).error?.code).toBe("forbidden");
  });

  test("a next link to an empty page with the same link is the end, with fetch_all and page by page", async () => {
    const { get, org, sandbox } = await connect();
    people(org, 3);
    const headers = { Link: `<${sandbox.origin}/api/v1/users?after=end&limit=4>; rel="next"` };
    const empty = { status: 200, json: [], headers };
    sandbox.next("GET", "/api/v1/users", { rewrite: (reply) => ({ ...reply, headers }) });
    sandbox.next("GET", "/api/v1/users", empty);
    const all = await get("list_users", { limit: 4, fetch_all: true });
    expect(all).toMatchObject({ total_fetched: 4, has_more: false, next_cursor: null });
    sandbox.next("GET", "/api/v1/users", empty);
    expect(await get("list_users", { limit: 4, after: "end" })).toMatchObject({ has_more: false, next_cursor: null });
  });

  test.each([
    [
      "list_users",
      200,
      (org: Org, n: number) => org.addUser({ profile: { login: `p${n}@acme.example`, firstName: "Sales" } }),
    ],
    ["list_groups", 10_000, (org: Org, n: number) => org.groups.add({ profile: { name: `Sales ${n}` } })],
  ] as const)("%s with q asks for as many as Okta gives, and says where there may be more", async (tool, most, add) => {
    const { get, org, sandbox } = await connect();
    for (let n = 0; n < 310; n += 1) add(org, n);
    const all = await get(tool, { q: "Sales", fields: ["id"] });
    expect(new URL(sandbox.requests.at(-1)?.path ?? "", sandbox.origin).searchParams.get("limit")).toBe(String(most));
    expect(all.total_fetched).toBe(Math.min(most, 310));
    expect(all.has_more).toBe(most < 310);
    expect(all.next_cursor).toBeNull();
    const some = await get(tool, { q: "Sales", limit: 20, fields: ["id"] });
    expect(some).toMatchObject({ total_fetched: 20, has_more: true, next_cursor: null });
    expect(some.note).toMatch(/as many as were asked for \(20\).*there may be more.*`search` finds all/);
    expect(await get(tool, { q: "nobody" })).not.toHaveProperty("note");
  });

  test("no result is larger than the limit, and next_cursor leads through all of it", async () => {
    const { call, org } = await connect({ maxResultChars: 3_000 });
    const people = Array.from({ length: 60 }, (_, n) =>
      org.addUser({ profile: { login: `p${n}@acme.example`, bio: "y".repeat((n * 397) % 4_000) } }),
    );
    const seen: string[] = [];
    let cursor: unknown;
    do {
      const { data, text } = await call("list_users", {
        fetch_all: true,
        limit: 25,
        ...(cursor ? { after: cursor } : {}),
      });
      expect(text.length).toBeLessThanOrEqual(3_000);
      seen.push(...idsOf(data.items as Json[]));
      cursor = data.next_cursor;
    } while (cursor);
    expect(seen.slice(1)).toEqual(people.map(({ id }) => id));
  });

  test("a single object larger than the limit says how to ask for less, and fields does it", async () => {
    const { get, org } = await connect({ maxResultChars: 2_000 });
    const mona = org.addUser({ profile: { login: "mona@acme.example", bio: "y".repeat(1_000_000) } });
    const whole = await get("get_user", { user_id: mona.id });
    expect(whole).toMatchObject({ id: mona.id, too_large: true });
    expect(whole.characters_by_field).toHaveProperty(["profile.bio"], 1_000_002);
    expect(await get("get_user", { user_id: mona.id, fields: ["profile.login"] })).toEqual({
      profile: { login: "mona@acme.example" },
    });
  });

  test.each(PEERS)("a fetch_all that a %s client cancels stops asking Okta, in a request too", async (peer) => {
    const { call, org, sandbox, sent } = await connect({ peer });
    for (let n = 0; n < 10; n += 1) org.addUser({ profile: { login: `p${n}@acme.example` } });
    const stop = new AbortController();
    sandbox.next("GET", "/api/v1/users", { fault: "delay", delayMs: 0 });
    sandbox.next("GET", "/api/v1/users", { fault: "hang" });
    const arrivals = sandbox.arrival("GET", "/api/v1/users").then(() => sandbox.arrival("GET", "/api/v1/users"));
    const pending = call("list_users", { limit: 2, fetch_all: true }, { signal: stop.signal });
    await arrivals;
    stop.abort("enough");
    await expect(pending).rejects.toThrow(/enough/);
    await delay(0);
    expect(sent()).toHaveLength(2);
  });
});

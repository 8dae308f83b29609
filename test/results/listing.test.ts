import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { Fault } from "../../sandbox/fault.js";
import type { Org } from "../../sandbox/org.js";
import type { SandboxReply } from "../../sandbox/route.js";
import type { Json } from "../../src/json/json.js";
import type { Page } from "../../src/okta/operations.js";
import {
  collectItems,
  excerpt,
  findItem,
  isItemList,
  listItems,
  wholeItems,
  wholeList,
} from "../../src/results/listing.js";
import { connect } from "../support/client.js";

const MAX_CHARS = 20_000;
const limits = { shape: (item: Json) => item, maxChars: MAX_CHARS };
const walk = () => ({ signal: new AbortController().signal });

/** 1,000 items of very uneven size, some of them empty, some larger than a result may be. */
const ITEMS = Array.from({ length: 1_000 }, (_, n) => ({
  id: `item${n}`,
  blob: "x".repeat(n % 97 === 0 ? 30_000 : (n * 131) % 1_500),
}));

/** Okta's pages of a list; cursors point between pages only. */
function pages(items: readonly Json[], size: number) {
  const asked: (string | undefined)[] = [];
  const fetchPage = (after: string | undefined): Promise<Page> => {
    asked.push(after);
    const start = after === undefined ? 0 : Number(after.slice(1));
    const end = start + size;
    return Promise.resolve({ items: items.slice(start, end), next: end < items.length ? `c${end}` : undefined });
  };
  return { fetchPage, asked };
}

const idsOf = (items: readonly Json[]) => items.map((item) => (item as { id: string }).id);

describe("a list that is larger than a result may be", () => {
  test.each([
    ["page by page", false, 200],
    ["with fetch_all", true, 200],
    ["in one page", false, 1_000],
    ["in pages of one", true, 1],
    ["in pages of seven", true, 7],
  ])("loses and doubles nothing when walked through its cuts, %s", async (_, fetch_all, size) => {
    const { fetchPage } = pages(ITEMS, size);
    const seen: string[] = [];
    let cursor: string | undefined;
    let answers = 0;
    do {
      const list = await listItems(fetchPage, { after: cursor, fetch_all }, limits, walk());
      expect(list.items.length).toBeGreaterThan(0);
      expect(JSON.stringify(list.items).length).toBeLessThanOrEqual(MAX_CHARS);
      expect(list.has_more).toBe(list.next_cursor !== undefined);
      seen.push(...idsOf(list.items));
      cursor = list.next_cursor;
      answers += 1;
    } while (cursor !== undefined);
    expect(seen).toEqual(ITEMS.map(({ id }) => id));
    expect(answers).toBeGreaterThan(30);
  });

  test("shows an item that alone is too large by its id and sizes", async () => {
    const { items, note } = await listItems(pages(ITEMS.slice(0, 3), 3).fetchPage, {}, limits, walk());
    expect(items[0]).toMatchObject({ id: "item0", too_large: true, characters_by_field: { blob: 30_002 } });
    expect(items).toHaveLength(3);
    expect(note).toBeUndefined();
  });

  test("says that it was cut, and how to go on", async () => {
    const list = await listItems(pages(ITEMS.slice(1, 90), 200).fetchPage, {}, limits, walk());
    expect(list.has_more).toBe(true);
    expect(list.note).toMatch(/^Cut at the size limit of a result after \d+ items\. Go on with `after`/);
  });

  test("goes on in the right place where pages have become smaller meanwhile", async () => {
    const first = await listItems(pages(ITEMS, 500).fetchPage, {}, limits, walk());
    const { fetchPage } = pages(ITEMS, 3);
    const rest = await listItems(fetchPage, { after: first.next_cursor, fetch_all: true }, limits, walk());
    expect(idsOf(rest.items)[0]).toBe(`item${first.items.length}`);
  });
});

describe("a list that is read to its end", () => {
  const EVEN = Array.from({ length: 400 }, (_, n) => ({ id: `item${n}`, blob: "x".repeat(100) }));

  test("has the next page on its way while a page is made ready", async () => {
    const { fetchPage, asked } = pages(EVEN.slice(0, 80), 20);
    const askedBefore: number[] = [];
    const shape = (item: Json) => {
      askedBefore.push(asked.length);
      return item;
    };
    const { items } = await listItems(fetchPage, { fetch_all: true }, { ...limits, shape }, walk());
    expect(items).toHaveLength(80);
    expect(asked).toEqual([undefined, "c20", "c40", "c60"]);
    expect([0, 20, 40, 60].map((index) => askedBefore[index])).toEqual([1, 3, 4, 4]);
  });

  test("asks for no page that its answer has no room for", async () => {
    const { fetchPage, asked } = pages(EVEN, 50);
    const { items, has_more } = await listItems(fetchPage, { fetch_all: true }, limits, walk());
    expect(has_more).toBe(true);
    expect(asked).toHaveLength(Math.ceil(items.length / 50));
  });

  test("asks for one page only where nothing else was wanted", async () => {
    const { fetchPage, asked } = pages(EVEN, 20);
    await listItems(fetchPage, {}, limits, walk());
    expect(asked).toEqual([undefined]);
  });

  test("tells what went wrong with a page that was fetched ahead, once", async () => {
    const { fetchPage } = pages(EVEN, 20);
    const failing = (after: string | undefined) =>
      after === "c40" ? Promise.reject(new Error("no such page")) : fetchPage(after);
    await expect(listItems(failing, { fetch_all: true }, limits, walk())).rejects.toThrow("no such page");
  });
});

describe("a list of Okta's", () => {
  test("does not end at an empty page in its middle", async () => {
    const scripted: Page[] = [
      { items: [{ id: "a" }], next: "1" },
      { items: [], next: "2" },
      { items: [{ id: "b" }], next: undefined },
    ];
    const fetchPage = (after: string | undefined) => Promise.resolve(scripted[Number(after ?? 0)] as Page);
    const all = await listItems(fetchPage, { fetch_all: true }, limits, walk());
    expect(idsOf(all.items)).toEqual(["a", "b"]);
    const middle = await listItems(fetchPage, { after: "1" }, limits, walk());
    expect(middle).toMatchObject({ items: [], has_more: true, next_cursor: "2" });
  });

  test("ends at an empty page that leads back to itself, or to a page that was read", async () => {
    const scripted: Record<string, Page> = {
      start: { items: [{ id: "a" }], next: "1" },
      1: { items: [{ id: "b" }], next: "2" },
      2: { items: [], next: "2" },
      3: { items: [], next: "1" },
    };
    const fetchPage = (after = "start") => Promise.resolve(scripted[after] as Page);
    const all = await listItems(fetchPage, { fetch_all: true }, limits, walk());
    expect(idsOf(all.items)).toEqual(["a", "b"]);
    expect(all).toMatchObject({ has_more: false, next_cursor: undefined, note: undefined });
    expect(await listItems(fetchPage, { after: "2" }, limits, walk())).toMatchObject({ items: [], has_more: false });
    expect(await collectItems(fetchPage, 100, walk())).toMatchObject({ complete: true });
    expect(await findItem(fetchPage, () => false, walk())).toEqual({ found: undefined, complete: true });
  });

  test("is told to be cut where a page with items leads back to itself, page by page too", async () => {
    const fetchPage = () => Promise.resolve({ items: [{ id: "a" }], next: "same" });
    const cut = { has_more: true, next_cursor: undefined, stoppedBy: { code: "okta_down" } };
    expect(await listItems(fetchPage, { fetch_all: true }, limits, walk())).toMatchObject({
      items: [{ id: "a" }, { id: "a" }],
      ...cut,
    });
    expect(await listItems(fetchPage, { after: "same" }, limits, walk())).toMatchObject(cut);
    await expect(collectItems(fetchPage, 100, walk())).rejects.toMatchObject({ code: "okta_down" });
    await expect(wholeItems(fetchPage, walk())).rejects.toMatchObject({ code: "okta_down" });
    await expect(findItem(fetchPage, () => false, walk())).rejects.toMatchObject({ code: "okta_down" });
  });

  test("is an error where it does not end and has nothing on 2,000 pages, and cut where it has something", async () => {
    let page = 0;
    const fetchPage = (items: (page: number) => Json[]) => () => {
      page += 1;
      return Promise.resolve({ items: items(page), next: `${page}` });
    };
    const none = fetchPage(() => []);
    await expect(listItems(none, { fetch_all: true }, limits, walk())).rejects.toMatchObject({ code: "okta_down" });
    expect(page).toBe(2_000);
    page = 0;
    const one = fetchPage((number) => (number === 1 ? [{ id: "a" }] : []));
    expect(await listItems(one, { fetch_all: true }, limits, walk())).toMatchObject({
      items: [{ id: "a" }],
      next_cursor: "2000",
      stoppedBy: { code: "okta_down" },
    });
    expect(await findItem(one, () => false, walk())).toEqual({ found: undefined, complete: false });
    await expect(
      wholeItems(
        fetchPage(() => Array(3_000).fill("x")),
        walk(),
      ),
    ).rejects.toMatchObject({ code: "conflict" });
  });

  test("stops between two pages when the call is cancelled", async () => {
    const stop = new AbortController();
    const { fetchPage, asked } = pages(ITEMS.slice(1, 50), 10);
    const fetchAndStop = (after: string | undefined) => {
      if (asked.length === 1) stop.abort();
      return fetchPage(after);
    };
    const list = listItems(fetchAndStop, { fetch_all: true }, { ...limits, maxChars: 1e6 }, { signal: stop.signal });
    await expect(list).rejects.toMatchObject({ code: "cancelled" });
    expect(asked).toHaveLength(2);
  });

  test("without pages is shaped and cut like any other", async () => {
    const list = await listItems(wholeList(ITEMS.slice(1)), {}, limits, walk());
    expect(isItemList(list)).toBe(true);
    const rest = await listItems(wholeList(ITEMS.slice(1)), { after: list.next_cursor }, limits, walk());
    expect(idsOf(rest.items)[0]).toBe(`item${list.items.length + 1}`);
  });

  test("can be passed off by no object of the org's", () => {
    expect(isItemList({ kind: "list", items: [], has_more: false, next_cursor: null })).toBe(false);
  });
});

describe("items for a tool's own use", () => {
  test("are read up to a number, and it is known whether there were more", async () => {
    const all = await collectItems(pages(ITEMS, 300).fetchPage, 2_000, walk());
    expect([all.items.length, all.complete]).toEqual([1_000, true]);
    const some = await collectItems(pages(ITEMS, 300).fetchPage, 500, walk());
    expect([some.items.length, some.complete]).toEqual([500, false]);
    const exact = await collectItems(pages(ITEMS, 500).fetchPage, 1_000, walk());
    expect([exact.items.length, exact.complete]).toEqual([1_000, true]);
    const { fetchPage, asked } = pages(ITEMS, 500);
    expect(await collectItems(fetchPage, 500, walk())).toMatchObject({ complete: false });
    expect(asked).toHaveLength(1);
  });

  test("are shown as far as they fit, one that is too large in few words", () => {
    const shown = excerpt(ITEMS.slice(0, 100), { ...limits, maxChars: 5_000 });
    expect(shown[0]).toMatchObject({ id: "item0", too_large: true });
    expect(shown.length).toBeGreaterThan(3);
    expect(JSON.stringify(shown).length).toBeLessThanOrEqual(5_000);
  });
});

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

  test("a cancelled fetch_all stops asking Okta, in the middle of a request too", async () => {
    const { call, org, sandbox, sent } = await connect();
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

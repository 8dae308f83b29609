import { describe, expect, test } from "vitest";
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

const MAX_CHARS = 20_000;
const limits = { shape: (item: Json) => item, maxChars: MAX_CHARS };
const walk = () => ({ signal: new AbortController().signal });

/** 1,000 items of very different sizes. Some are empty, and some are larger than a result may be. */
const ITEMS = Array.from({ length: 1_000 }, (_, n) => ({
  id: `item${n}`,
  blob: "x".repeat(n % 97 === 0 ? 30_000 : (n * 131) % 1_500),
}));

/** Serves a list in pages as Okta does, with cursors that point between pages only. */
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

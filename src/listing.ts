import { OktaMcpError } from "./errors/index.js";
import { jsonLength } from "./inert-json.js";
import type { Json } from "./okta/request.js";
import { tooLarge } from "./size-limit.js";

/** One page of a list operation; `next` is Okta's cursor of the page after it. */
export interface OktaPage {
  items: Json[];
  next: string | undefined;
}

/** Fetches the page at a cursor (undefined: the first). */
export type PageFetcher = (after: string | undefined) => Promise<OktaPage>;

export interface ListOptions {
  /** The `next_cursor` of an earlier answer. */
  after?: string | undefined;
  /** Follow the pages to the end, or to the limit of a result's size. */
  fetch_all?: boolean | undefined;
}

const LIST = Symbol("list");

/** A list as a tool returns it: its items in the form in which they reach the model, and no more than fit. */
export interface ItemList {
  /** No JSON from the org can pass for one. */
  readonly [LIST]: true;
  items: Json[];
  has_more: boolean;
  next_cursor: string | undefined;
  /** Why it stopped where it did, when that is not plain from the rest. */
  note: string | undefined;
}

/** The one page of a list that Okta answers without paging. */
export function wholeList(items: Json[]): PageFetcher {
  return () => Promise.resolve({ items, next: undefined });
}

export function isItemList(value: unknown): value is ItemList {
  return typeof value === "object" && value !== null && LIST in value;
}

/** Pages that one call reads at most; with Okta's largest pages far more than fits into any result. */
const MAX_PAGES = 2_000;

export interface Walk {
  signal: AbortSignal;
  /** Told after each page. */
  onPage?(pages: number, items: number): void;
  /** Asked when a page is there: true where the one after it is going to be wanted, and may be fetched meanwhile. */
  wantsNext?(): boolean;
}

/**
 * Walks the pages of a list operation. An empty page does not end the list; a cursor seen before
 * does, with an error, since it would never end.
 * @throws OktaMcpError okta_down on a cursor that repeats, cancelled when the signal aborts
 */
export async function* walkPages(fetchPage: PageFetcher, first: string | undefined, walk: Walk) {
  const seen = new Set<string>();
  let after = first;
  let items = 0;
  let coming: Promise<OktaPage> | undefined;
  for (let pages = 1; pages <= MAX_PAGES; pages += 1) {
    if (walk.signal.aborted) throw new OktaMcpError("cancelled", "The list was cancelled between two pages.");
    const page: OktaPage = await (coming ?? fetchPage(after));
    coming = undefined;
    items += page.items.length;
    const goesOn = page.next !== undefined && !seen.has(page.next) && pages < MAX_PAGES && !walk.signal.aborted;
    if (goesOn && walk.wantsNext?.()) {
      coming = fetchPage(page.next);
      // What goes wrong with it is told when its turn comes, if it does.
      coming.catch(() => undefined);
    }
    yield { after, ...page };
    walk.onPage?.(pages, items);
    if (page.next === undefined) return;
    if (seen.has(page.next)) {
      throw new OktaMcpError("okta_down", "Okta gave the same page cursor twice, so the list would never end.", {
        fix: "Narrow the search, or read page by page with `after`.",
      });
    }
    seen.add(page.next);
    after = page.next;
  }
}

/**
 * A cursor into the middle of a page: the page's own cursor and how many of its items to skip.
 * Needed where an answer is cut at its size limit, since Okta's cursors only point between pages.
 */
function cursorInside(after: string | undefined, skip: number): string | undefined {
  return skip === 0 ? after : `skip:${skip}:${after ?? ""}`;
}

function parseCursor(cursor: string | undefined): { after: string | undefined; skip: number } {
  const match = /^skip:(\d{1,6}):(.*)$/s.exec(cursor ?? "");
  if (!match) return { after: cursor, skip: 0 };
  return { after: match[2] || undefined, skip: Number(match[1]) };
}

export interface Limits {
  /** Gives an item the form in which it reaches the model. */
  shape(item: Json): Json;
  /** Characters that the whole result may take as compact JSON. */
  maxChars: number;
}

/** What a list has around its items, its cursor not counted. */
const ENVELOPE_CHARS = 300;

/**
 * Reads a list as the options ask for and stops where the next item would not fit, so that memory
 * and answer stay bounded however long the list is. `next_cursor` continues at the exact item.
 */
export async function listItems(
  fetchPage: PageFetcher,
  options: ListOptions,
  limits: Limits,
  walk: Walk,
): Promise<ItemList> {
  const start = parseCursor(options.after);
  const items: Json[] = [];
  let chars = 0;
  let pageChars = Number.POSITIVE_INFINITY;
  let skip = start.skip;
  // The page at hand is taken to be as long as the one before it, so that hardly a page is fetched in vain.
  const wantsNext = () => options.fetch_all === true && chars + pageChars < limits.maxChars - ENVELOPE_CHARS;
  for await (const page of walkPages(fetchPage, start.after, { ...walk, wantsNext })) {
    const charsBefore = chars;
    const maxChars =
      limits.maxChars - ENVELOPE_CHARS - Math.max(jsonLength(page.after ?? ""), jsonLength(page.next ?? ""));
    const shown = page.items.slice(skip).map(limits.shape);
    const first = firstFitting(shown, { maxChars, room: maxChars - chars, takesOne: items.length === 0 });
    for (const item of first.items) items.push(item);
    chars += first.chars;
    if (first.items.length < shown.length) {
      return {
        [LIST]: true,
        items,
        has_more: true,
        next_cursor: cursorInside(page.after, skip + first.items.length),
        note: `Cut at the size limit of a result after ${items.length} items. Go on with \`after\` set to next_cursor, or ask for less with \`fields\` or \`limit\`.`,
      };
    }
    pageChars = chars - charsBefore;
    skip = Math.max(0, skip - page.items.length);
    const wanted = !options.fetch_all && skip === 0;
    if (wanted || page.next === undefined) {
      return { [LIST]: true, items, has_more: page.next !== undefined, next_cursor: page.next, note: undefined };
    }
  }
  throw new OktaMcpError("okta_down", `The list did not end within ${MAX_PAGES} pages.`, {
    fix: "Narrow the search, or read page by page with `after`.",
  });
}

/**
 * The first items that fit into `room` characters, each or what stands for it, and the characters they take.
 * @param maxChars characters of which a single item may take all
 * @param takesOne the first item is taken also where there is no room for it
 */
function firstFitting(
  items: readonly Json[],
  { maxChars, room, takesOne }: { maxChars: number; room: number; takesOne: boolean },
): { items: readonly Json[]; chars: number } {
  // Told of all together, which takes a fraction of the time: two brackets, and a comma fewer than items.
  const together = items.length === 0 ? 0 : jsonLength(items) - 1;
  if (together <= room) return { items, chars: together };
  const result: Json[] = [];
  let chars = 0;
  for (const one of items) {
    const [item, size] = fitted(one, maxChars);
    if (chars + size > room && !(takesOne && result.length === 0)) break;
    result.push(item);
    chars += size;
  }
  return { items: result, chars };
}

/** An item, or what stands for it where it alone is more than fits; and the characters it takes. */
function fitted(item: Json, maxChars: number): [item: Json, chars: number] {
  const chars = jsonLength(item) + 1;
  if (chars <= maxChars) return [item, chars];
  const standIn = tooLarge(item, maxChars);
  return [standIn, jsonLength(standIn) + 1];
}

/** Reads up to `maxItems` items for a tool's own use. */
export async function collectItems(
  fetchPage: PageFetcher,
  maxItems: number,
  walk: Walk,
): Promise<{ items: Json[]; complete: boolean }> {
  const items: Json[] = [];
  for await (const page of walkPages(fetchPage, undefined, walk)) {
    items.push(...page.items);
    if (items.length > maxItems) return { items: items.slice(0, maxItems), complete: false };
    if (page.next === undefined) return { items, complete: true };
    if (items.length === maxItems) return { items, complete: false };
  }
  return { items, complete: false };
}

/** As many of the first items as fit, in the form in which they reach the model. */
export function excerpt(items: readonly Json[], { shape, maxChars }: Limits): Json[] {
  return [...firstFitting(items.map(shape), { maxChars, room: maxChars - 2, takesOne: false }).items];
}

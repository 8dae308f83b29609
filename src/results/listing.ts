import { OktaMcpError } from "../errors/index.js";
import type { Json } from "../json/json.js";
import { countValues } from "../json/json-values.js";
import type { Page } from "../okta/operations.js";
import { jsonLength } from "../text/inert-json.js";
import { visibleLines } from "../text/quote.js";
import { type ItemList, LIST, type ListOptions, type PageFetcher } from "../tool.js";
import { tooLarge } from "./size-limit.js";

/** A whole list, unless `more` says otherwise. */
export function listOf(items: Json[], more: Partial<ItemList> = {}): ItemList {
  return { has_more: false, next_cursor: undefined, note: undefined, ...more, [LIST]: true, items };
}

/** Several notes on a list as one; undefined where there are none. */
export function notes(...texts: readonly (string | undefined)[]): string | undefined {
  return texts.filter(Boolean).join(" ") || undefined;
}

/** The note of a list that stopped early: why, and where its rest begins. */
export function stoppedNote(items: number, { code, message, fix }: OktaMcpError, goesOn: boolean): string {
  const how = goesOn ? " The rest begins at next_cursor." : "";
  return `Not whole: reading stopped after ${items} items. ${code}: ${visibleLines(message)} ${visibleLines(fix)}${how}`;
}

/** The one page of a list that Okta answers without paging. */
export function wholeList(items: Json[]): PageFetcher {
  return () => Promise.resolve({ items, next: undefined });
}

export function isItemList(value: unknown): value is ItemList {
  return typeof value === "object" && value !== null && LIST in value;
}

/** The most pages that one call reads. With Okta's largest pages they hold far more than any result can. */
export const MAX_PAGES = 2_000;

export interface Walk {
  signal: AbortSignal;
  /** Called after each page. */
  onPage?(pages: number, items: number): void;
  /** Called when a page is there. True where the next page will be needed too, and may be fetched meanwhile. */
  wantsNext?(): boolean;
}

/** A page during a walk. `after` is its own cursor. `loops` is true where it leads back to a page that was read. */
interface WalkedPage extends Page {
  after: string | undefined;
  loops: boolean;
}

export function looping(): OktaMcpError {
  return new OktaMcpError("okta_down", "Okta gave the same page cursor twice, so the list would never end.", {
    fix: "Narrow the search.",
  });
}

/**
 * Walks the pages of a list operation, 2,000 at most. An empty page in the middle does not end the list. An empty page
 * that leads back to a page that was read does, since Okta ends some lists this way. A page with items that leads back
 * is the last one, and has `loops` set.
 * @throws OktaMcpError cancelled when the signal aborts; the error of a page
 */
export async function* walkPages(fetchPage: PageFetcher, first: string | undefined, walk: Walk) {
  const seen = new Set<string>(first === undefined ? [] : [first]);
  let after = first;
  let items = 0;
  let coming: Promise<Page> | undefined;
  for (let pages = 1; pages <= MAX_PAGES; pages += 1) {
    if (walk.signal.aborted) throw new OktaMcpError("cancelled", "The list was cancelled between two pages.");
    const page: Page = await (coming ?? fetchPage(after));
    coming = undefined;
    items += page.items.length;
    const leadsBack = page.next !== undefined && seen.has(page.next);
    const next = leadsBack ? undefined : page.next;
    const goesOn = next !== undefined && pages < MAX_PAGES && !walk.signal.aborted;
    if (goesOn && walk.wantsNext?.()) {
      coming = fetchPage(next);
      // The error of a page that was fetched early is reported when its turn comes.
      coming.catch(() => undefined);
    }
    const walked: WalkedPage = { items: page.items, next, after, loops: leadsBack && page.items.length > 0 };
    yield walked;
    walk.onPage?.(pages, items);
    if (next === undefined) return;
    seen.add(next);
    after = next;
  }
}

/**
 * A cursor into the middle of a page: the page's own cursor and the number of its items to skip. An answer may be cut
 * inside a page at its size limit, and Okta's cursors only point between pages.
 */
function cursorInside(after: string | undefined, skip: number): string | undefined {
  return skip === 0 ? after : `skip:${skip}:${after ?? ""}`;
}

export function parseCursor(cursor: string | undefined): { after: string | undefined; skip: number } {
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

/** Characters for the parts of a list around its items, without its cursor. */
const ENVELOPE_CHARS = 300;

/**
 * Reads a list as the options ask for. It stops before the first item that would not fit, so that memory and answer
 * stay bounded. `next_cursor` continues exactly at that item. Where a later page cannot be read, the answer has the
 * items before it, the reason and the cursor of that page.
 * @throws OktaMcpError of reading where no item was read; cancelled always
 */
export async function listItems(
  fetchPage: PageFetcher,
  options: ListOptions,
  limits: Limits,
  walk: Walk,
): Promise<ItemList> {
  const reading = new Reading(options, limits);
  try {
    const wantsNext = () => reading.wantsNext();
    for await (const page of walkPages(fetchPage, reading.start, { ...walk, wantsNext })) {
      const list = reading.take(page);
      if (list !== undefined) return list;
    }
  } catch (error) {
    if (!(error instanceof OktaMcpError) || error.code === "cancelled") throw error;
    return reading.stopped(error);
  }
  const endless = `The list did not end within ${MAX_PAGES} pages.`;
  return reading.stopped(new OktaMcpError("okta_down", endless, { fix: "Narrow the search, or go on page by page." }));
}

/** One answer of a list, while it is being read. */
class Reading {
  /** The cursor of the first page to read. */
  readonly start: string | undefined;
  readonly #options: ListOptions;
  readonly #limits: Limits;
  readonly #items: Json[] = [];
  /** The number of items of the first page that an earlier answer had. */
  #skip: number;
  #chars = 0;
  /** Characters of the page before. The next page is taken to be as long, so that a page is rarely fetched in vain. */
  #pageChars = Number.POSITIVE_INFINITY;
  /** The cursor of the next page, for the case that the page cannot be read. */
  #next: string | undefined;
  #sample: Json | undefined;

  constructor(options: ListOptions, limits: Limits) {
    const { after, skip } = parseCursor(options.after);
    this.start = after;
    this.#skip = skip;
    this.#options = options;
    this.#limits = limits;
  }

  wantsNext(): boolean {
    const { maxChars } = this.#limits;
    return this.#options.fetch_all === true && this.#chars + this.#pageChars < maxChars - ENVELOPE_CHARS;
  }

  /**
   * Takes a page.
   * @returns the whole answer where it ends with this page
   */
  take(page: WalkedPage): ItemList | undefined {
    const { shape, maxChars } = this.#limits;
    const { fetch_all, cutAt } = this.#options;
    const items = this.#items;
    const charsBefore = this.#chars;
    this.#sample ??= page.items[0];
    const cursorChars = Math.max(jsonLength(page.after ?? ""), jsonLength(page.next ?? ""));
    const room = maxChars - ENVELOPE_CHARS - cursorChars;
    const shown = page.items.slice(this.#skip).map(shape);
    const first = firstFitting(shown, {
      maxChars: room,
      room: room - this.#chars,
      takesOne: items.length === 0,
    });
    for (const item of first.items) items.push(item);
    this.#chars += first.chars;
    if (first.items.length < shown.length) {
      const note = `Cut at the size limit of a result after ${items.length} items. Go on with \`after\` set to next_cursor, or ask for less with \`fields\` or \`limit\`.`;
      return this.#list(true, cursorInside(page.after, this.#skip + first.items.length), note);
    }
    this.#pageChars = this.#chars - charsBefore;
    this.#skip = Math.max(0, this.#skip - page.items.length);
    this.#next = page.next;
    if (page.loops) return this.stopped(looping());
    if (page.next === undefined && cutAt !== undefined && page.items.length >= cutAt) {
      return this.#list(true, undefined, cutNote(cutAt));
    }
    const goesOn = page.next !== undefined && (fetch_all === true || this.#skip > 0);
    return goesOn ? undefined : this.#list(page.next !== undefined, page.next, undefined);
  }

  /**
   * The answer with the items before the error.
   * @throws the error where there are none
   */
  stopped(error: OktaMcpError): ItemList {
    if (this.#items.length === 0) throw error;
    const note = stoppedNote(this.#items.length, error, this.#next !== undefined);
    return { ...this.#list(true, this.#next, note), stoppedBy: error };
  }

  #list(has_more: boolean, next_cursor: string | undefined, note: string | undefined): ItemList {
    return listOf(this.#items, { has_more, next_cursor, note, sample: this.#sample });
  }
}

export function cutNote(cutAt: number): string {
  return `Okta answered with as many as were asked for (${cutAt}) and has no further pages for \`q\`, so there may be more. \`search\` finds all.`;
}

/**
 * The first items that fit into `room` characters, in their own form or in their replacement, and the characters they
 * take.
 * @param maxChars characters that a single item may take
 * @param takesOne takes the first item even where there is no room for it
 */
function firstFitting(
  items: readonly Json[],
  { maxChars, room, takesOne }: { maxChars: number; room: number; takesOne: boolean },
): { items: readonly Json[]; chars: number } {
  // Measuring all items together takes a fraction of the time: two brackets, and a comma fewer than items.
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

/** An item, or its replacement where the item alone is too large; and the characters it takes. */
function fitted(item: Json, maxChars: number): [item: Json, chars: number] {
  const chars = jsonLength(item) + 1;
  if (chars <= maxChars) return [item, chars];
  const standIn = tooLarge(item, maxChars);
  return [standIn, jsonLength(standIn) + 1];
}

/**
 * Reads up to `maxItems` items for a tool's own use.
 * @throws OktaMcpError of any page; okta_down where pages lead back to one another; conflict where there are too many
 * values to keep
 */
export async function collectItems(
  fetchPage: PageFetcher,
  maxItems: number,
  walk: Walk,
): Promise<{ items: Json[]; complete: boolean }> {
  const items: Json[] = [];
  let values = 0;
  for await (const page of walkPages(fetchPage, undefined, walk)) {
    if (page.loops) throw looping();
    for (const item of page.items) items.push(item);
    values += countValues(page.items);
    if (values > MAX_COLLECTED_VALUES) throw tooMuch(items.length);
    if (items.length > maxItems) return { items: items.slice(0, maxItems), complete: false };
    if (page.next === undefined) return { items, complete: true };
    if (items.length === maxItems) return { items, complete: false };
  }
  return { items, complete: false };
}

/** The most values of all items that are kept at once. They take about 600 megabytes in the worst case. */
const MAX_COLLECTED_VALUES = 4_000_000;

function tooMuch(items: number): OktaMcpError {
  return new OktaMcpError(
    "conflict",
    `A list that had to be read at once holds more than ${MAX_COLLECTED_VALUES} values in its first ${items} items.`,
    { fix: "Do this in the Okta Admin Console." },
  );
}

/** The most items of which a conclusion is drawn. */
const MAX_WHOLE = 10_000;

/**
 * Reads a list to its end, for conclusions that need the whole list.
 * @throws OktaMcpError as `collectItems`; conflict where the list has more than 10,000 items
 */
export async function wholeItems(fetchPage: PageFetcher, walk: Walk): Promise<Json[]> {
  const { items, complete } = await collectItems(fetchPage, MAX_WHOLE, walk);
  if (complete) return items;
  throw new OktaMcpError("conflict", `A list that had to be read whole has more than ${MAX_WHOLE} items.`, {
    fix: "Do this in the Okta Admin Console.",
  });
}

/**
 * Looks for an item page by page, until it is found.
 * @returns the item, if any page has it; `complete` is false where the list was too long to be read to its end
 * @throws OktaMcpError as `collectItems`
 */
export async function findItem(
  fetchPage: PageFetcher,
  isIt: (item: Json) => boolean,
  walk: Walk,
): Promise<{ found: Json | undefined; complete: boolean }> {
  for await (const page of walkPages(fetchPage, undefined, walk)) {
    const found = page.items.find(isIt);
    if (found !== undefined) return { found, complete: true };
    if (page.loops) throw looping();
    if (page.next === undefined) return { found: undefined, complete: true };
  }
  return { found: undefined, complete: false };
}

/** As many of the first items as fit, in the form in which the model gets them. */
export function excerpt(items: readonly Json[], { shape, maxChars }: Limits): Json[] {
  return [...firstFitting(items.map(shape), { maxChars, room: maxChars - 2, takesOne: false }).items];
}

import { OktaMcpError } from "../errors/index.js";
import type { ItemList, ListOptions, PageFetcher } from "../tool.js";
import {
  cutNote,
  listOf,
  looping,
  MAX_PAGES,
  notes,
  parseCursor,
  stoppedNote,
  type Walk,
  walkPages,
} from "./listing.js";

/**
 * Counts the items of a list from the page at `after` to its end, without keeping them. Where the count is not
 * complete, the answer says why and where to go on.
 * @throws OktaMcpError of the first page; cancelled always
 */
export async function countItems(
  fetchPage: PageFetcher,
  options: Pick<ListOptions, "after" | "cutAt">,
  walk: Walk,
): Promise<ItemList> {
  const { after, skip } = parseCursor(options.after);
  let items = 0;
  let pages = 0;
  let next = after;
  const count = () => Math.max(0, items - skip);
  const counted = (more: Partial<ItemList>): ItemList => {
    const from = options.after === undefined ? undefined : "Counted from the cursor that was given as `after`.";
    return listOf([], { ...more, note: notes(from, more.note), count: count() });
  };
  const stopped = (stoppedBy: OktaMcpError): ItemList => {
    const note = stoppedNote(count(), stoppedBy, next !== undefined);
    return counted({ has_more: true, next_cursor: next, note, stoppedBy });
  };
  try {
    for await (const page of walkPages(fetchPage, after, { ...walk, wantsNext: () => true })) {
      items += page.items.length;
      pages += 1;
      next = page.next;
      if (page.loops) return stopped(looping());
      if (page.next !== undefined) continue;
      const isCut = options.cutAt !== undefined && page.items.length >= options.cutAt;
      return counted(isCut ? { has_more: true, note: cutNote(page.items.length) } : {});
    }
  } catch (error) {
    if (!(error instanceof OktaMcpError) || error.code === "cancelled" || pages === 0) throw error;
    return stopped(error);
  }
  const endless = `The list did not end within ${MAX_PAGES} pages.`;
  return stopped(new OktaMcpError("okta_down", endless, { fix: "Narrow the search, or go on from next_cursor." }));
}

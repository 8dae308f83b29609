import { invalid } from "./okta-error.js";
import type { SandboxReply, SandboxRequest } from "./route.js";

/** The limits of an operation's pages, by the Management API document. */
export interface Paging {
  defaultLimit: number;
  maxLimit: number;
  minLimit?: number;
  /** The treatment of a limit beyond the maximum. Okta has both. */
  beyond: "refuse" | "cap";
}

/** One page of `items` and its `Link` headers (Okta's "Pagination"). `show` is called for the page's items only. */
export function pageOf<T extends { id: string }>(
  request: SandboxRequest,
  items: readonly T[],
  paging: Paging,
  show: (item: T) => unknown,
): SandboxReply {
  const limit = Math.min(limitOf(request, paging), request.maxPageItems ?? Number.POSITIVE_INFINITY);
  const start = startOf(request, items);
  const page = items.slice(start, start + limit);
  const links = [link(request.url, "self")];
  const last = page.at(-1);
  const following = items[start + limit];
  if (last !== undefined && following !== undefined) {
    links.push(nextLink(request.url, limit, encodeCursor([following.id, last.id, start + limit])));
  }
  return { status: 200, headers: { Link: links.join(", ") }, json: page.map(show) };
}

/** @throws OktaRefusal 400 E0000001 for a limit that is no number or out of bounds */
export function limitOf(request: SandboxRequest, { defaultLimit, maxLimit, minLimit = 1, beyond }: Paging): number {
  const asked = request.query.get("limit");
  if (asked === null) return defaultLimit;
  const limit = /^-?\d+$/.test(asked) ? Number(asked) : Number.NaN;
  if (limit > maxLimit && beyond === "cap") return maxLimit;
  if (limit >= minLimit && limit <= maxLimit) return limit;
  throw invalid("limit", `limit: The limit must be a number from ${minLimit} to ${maxLimit}.`);
}

/** A link to `url` itself, with any `rel`. */
export function link(url: URL, rel: string): string {
  return `<${url.href}>; rel="${rel}"`;
}

/** The link with `rel="next"`: the same list from the next page on. */
export function nextLink(url: URL, limit: number, after: string): string {
  const next = new URL(url);
  next.searchParams.set("after", after);
  next.searchParams.set("limit", String(limit));
  return link(next, "next");
}

/**
 * A cursor has the ids of the item at which the next page begins and of the one before it, and the place. A list then
 * goes on without a gap or a repetition, also when items before the cursor, or one of the two, are gone.
 */
type Cursor = [followingId: string, lastId: string, offset: number];

function encodeCursor(cursor: Cursor): string {
  return Buffer.from(JSON.stringify(cursor)).toString("base64url");
}

function startOf(request: SandboxRequest, items: readonly { id: string }[]): number {
  const after = request.query.get("after");
  if (after === null) return 0;
  const [followingId, lastId, offset] = decodeCursor(after);
  if (items[offset]?.id === followingId) return offset;
  const following = items.findIndex((item) => item.id === followingId);
  if (following !== -1) return following;
  const last = items.findIndex((item) => item.id === lastId);
  return last === -1 ? offset : last + 1;
}

function decodeCursor(after: string): Cursor {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(after, "base64url").toString("utf8"));
    if (Array.isArray(parsed) && parsed.length === 3 && Number.isInteger(parsed[2])) {
      return [String(parsed[0]), String(parsed[1]), parsed[2]];
    }
  } catch {
    // A cursor of another form is refused below.
  }
  throw invalid("after", "after: The cursor is not valid.");
}

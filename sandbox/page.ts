import { invalid } from "./okta-error.js";
import type { SandboxReply, SandboxRequest } from "./route.js";

/** How an operation pages: the limits that the Management API document gives for it. */
export interface Paging {
  defaultLimit: number;
  maxLimit: number;
  minLimit?: number;
  /** What becomes of a limit beyond the maximum; Okta does the one here and the other there. */
  beyond: "refuse" | "cap";
}

/** One page of `items` and the `Link` headers that lead on (Okta's "Pagination"). `show` is asked for the page's items only. */
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

/** `rel="self"` or any other link to `url` itself. */
export function link(url: URL, rel: string): string {
  return `<${url.href}>; rel="${rel}"`;
}

/** `rel="next"`: the same list, further on. */
export function nextLink(url: URL, limit: number, after: string): string {
  const next = new URL(url);
  next.searchParams.set("after", after);
  next.searchParams.set("limit", String(limit));
  return link(next, "next");
}

/**
 * A cursor names the item it points at, the one before it, and their place: so that a list goes on
 * without a gap or a repetition when items before the cursor, or one of the two, vanish meanwhile.
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
    // Falls through to the refusal: the cursor is not one of ours.
  }
  throw invalid("after", "after: The cursor is not valid.");
}

import { OktaMcpError } from "../errors/index.js";
import { quoteOkta } from "../text/quote.js";

/**
 * The cursor of the next page: `after` in the `Link` header with rel=next (RFC 8288), undefined on
 * the last page. Takes the header's value, several joined by commas, and the URL that was asked.
 *
 * Only the cursor is used of the link, never the link itself; one that points to another origin is
 * an error all the same, since then somebody else wrote it.
 * @throws OktaMcpError unreachable for a link to another origin, okta_down for one that cannot be
 *   read, for then a list would seem to end that does not
 */
export function nextCursor(header: string | null, asked: URL): string | undefined {
  if (header === null) return undefined;
  const target = findNext(header);
  if (target === undefined) return undefined;
  const next = URL.canParse(target, asked.href) ? new URL(target, asked) : undefined;
  if (next !== undefined && next.origin !== asked.origin) {
    throw new OktaMcpError(
      "unreachable",
      `The link to the next page points to ${quoteOkta(next.origin)} instead of ${asked.origin}; nothing was sent there.`,
      { fix: "If that is another address of your own org, set OKTA_ORG_URL to it." },
    );
  }
  const cursor = next?.searchParams.get("after");
  if (!cursor) throw unreadable();
  return cursor;
}

/** One link of a header: where it leads, and its first `rel` (RFC 8288, section 3.3: only that one counts). */
interface WebLink {
  target: string;
  relations: string[];
}

function findNext(header: string): string | undefined {
  const { links, rest } = readLinks(header);
  const next = links.find(({ relations }) => relations.includes("next"));
  if (next === undefined && /next/i.test(rest)) throw unreadable();
  return next?.target;
}

/**
 * The links of a header up to what cannot be read as one, and what is left from there on. Goes forward alone (RFC 8288,
 * appendix B.2): each expression begins where the last one ended and has one way to match, so that a header that tries
 * to be hard to read takes no longer than another.
 */
function readLinks(header: string): { links: WebLink[]; rest: string } {
  const links: WebLink[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const taken = pattern.exec(header);
    at += taken?.[0].length ?? 0;
    return taken;
  };
  for (;;) {
    const begin = at;
    const target = take(/\s*<([^<>]*)>\s*/y)?.[1];
    if (target === undefined) return { links, rest: header.slice(begin) };
    let rel: string | undefined;
    while (take(/;\s*/y)) {
      const name = take(/[\w*-]+\s*/y)?.[0]
        .trim()
        .toLowerCase();
      if (name === undefined) return { links, rest: header.slice(begin) };
      const value = take(/=\s*/y) && take(/(?:"((?:[^"\\]|\\.)*)"|([^\s",;]*))\s*/y);
      if (name === "rel") rel ??= value?.[1] ?? value?.[2] ?? "";
    }
    if (take(/,/y) === null && at < header.length) return { links, rest: header.slice(begin) };
    links.push({ target, relations: (rel ?? "").toLowerCase().split(/\s+/) });
  }
}

function unreadable(): OktaMcpError {
  return new OktaMcpError("okta_down", "Okta's answer has more pages, but its link to the next one cannot be read.");
}

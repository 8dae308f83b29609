import { OktaMcpError } from "../errors/index.js";
import { quoteOkta } from "../errors/quote.js";

const LINK = /\s*<([^<>]*)>((?:\s*;\s*[\w*-]+\s*(?:=\s*(?:"(?:[^"\\]|\\.)*"|[^\s",;]*))?)*)\s*(?:,|$)/gy;
const PARAMETER = /;\s*([\w*-]+)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",;]*)))?/g;

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

function findNext(header: string): string | undefined {
  let end = 0;
  let found: string | undefined;
  for (const link of header.matchAll(LINK)) {
    const [whole, target, parameters = ""] = link;
    end = link.index + whole.length;
    for (const [, name, quoted, token] of parameters.matchAll(PARAMETER)) {
      if (name?.toLowerCase() !== "rel") continue;
      const relations = (quoted ?? token ?? "").toLowerCase().split(/\s+/);
      if (relations.includes("next")) found ??= target;
      // Only the first `rel` of a link counts (RFC 8288, section 3.3).
      break;
    }
  }
  if (found === undefined && /next/i.test(header.slice(end))) throw unreadable();
  return found;
}

function unreadable(): OktaMcpError {
  return new OktaMcpError("okta_down", "Okta's answer has more pages, but its link to the next one cannot be read.");
}

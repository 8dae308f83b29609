import type { IncomingMessage, ServerResponse } from "node:http";
import { OAUTH_PATH } from "../issuer/provider-requests.js";
import { MCP_PATH, PROVIDER_DOCUMENTS, RESOURCE_METADATA_PATH } from "./refusals.js";

/** Documents that hold nothing of anybody. Every page may read them. */
const FOR_ALL: ReadonlySet<string> = new Set([
  ...PROVIDER_DOCUMENTS,
  RESOURCE_METADATA_PATH,
  `${RESOURCE_METADATA_PATH}${MCP_PATH}`,
  `${OAUTH_PATH}/jwks`,
]);

/** Endpoints that scripts of listed pages may call. A browser sends no cookie and no other right of its own to them. */
const FOR_LISTED: ReadonlyMap<string, string> = new Map([
  // GET and DELETE are answered by 405, which a client has to see.
  [MCP_PATH, "GET, POST, DELETE"],
  [`${MCP_PATH}/`, "GET, POST, DELETE"],
  [`${OAUTH_PATH}/token`, "POST"],
  [`${OAUTH_PATH}/register`, "POST"],
  [`${OAUTH_PATH}/revoke`, "POST"],
]);

const EXPOSED = "WWW-Authenticate, Mcp-Session-Id, MCP-Protocol-Version, Retry-After";

/** Headers that clients of MCP set, besides those that begin with `Mcp-`. */
const TAKEN: ReadonlySet<string> = new Set([
  "accept",
  "authorization",
  "content-type",
  "last-event-id",
  "traceparent",
  "tracestate",
]);

const PREFLIGHT_SECONDS = "600";

/** Of the headers that a script wants to send, those that a client of MCP has a use for. */
function takenOf(asked: string | undefined): string {
  const names = (asked ?? "").split(",").map((name) => name.trim().toLowerCase());
  return names.filter((name) => TAKEN.has(name) || /^mcp-[a-z0-9-]+$/.test(name)).join(", ");
}

/**
 * Tells browsers which pages may read an answer (Fetch, section 3.3), and answers what a browser asks beforehand. Where
 * a header of this kind is set, oidc-provider leaves its own rules out.
 * @param origins the listed origins
 * @param own the origin of this server
 * @returns true where the request has been answered
 */
export function applyCors(
  request: IncomingMessage,
  response: ServerResponse,
  { path, origins, own }: { path: string; origins: Pick<ReadonlySet<string>, "has">; own: string },
): boolean {
  const methods = FOR_LISTED.get(path);
  const isForAll = FOR_ALL.has(path);
  if (methods === undefined && !isForAll) return false;
  const { origin, "access-control-request-method": asksFor } = request.headers;
  const isPreflight = request.method === "OPTIONS" && origin !== undefined && asksFor !== undefined;
  const mayRead = isForAll || (origin !== undefined && origins.has(origin));
  if (!isForAll) response.appendHeader("vary", "Origin");
  // No other page can read what only this server's own may read.
  response.setHeader("access-control-allow-origin", isForAll ? "*" : mayRead ? (origin ?? own) : own);
  if (!isPreflight) {
    if (mayRead) response.setHeader("access-control-expose-headers", EXPOSED);
    return false;
  }
  if (mayRead) {
    response.setHeader("access-control-allow-methods", methods ?? "GET");
    response.setHeader("access-control-allow-headers", takenOf(request.headers["access-control-request-headers"]));
    response.setHeader("access-control-max-age", PREFLIGHT_SECONDS);
    response.appendHeader("vary", "Access-Control-Request-Headers");
  }
  response.writeHead(mayRead ? 204 : 403).end();
  return true;
}

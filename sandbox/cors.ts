import type { IncomingMessage } from "node:http";
import type { SandboxReply } from "./route.js";

/** Documents that a page of any site may read. */
const OPEN = /^\/(?:oauth2\/[\w-]+\/)?\.well-known\/[\w-]+$|^\/oauth2\/(?:[\w-]+\/)?v1\/keys$/;

/** Endpoints that a page of a site may use where an app of the org has a redirect URI. */
const FOR_APPS = /^\/oauth2\/(?:[\w-]+\/)?v1\/(?:token|revoke|introspect|userinfo)$/;

/** The answer to a page of another site that asks by script (Fetch Standard, CORS protocol). */
export interface Cors {
  /** True where the page may send what it sends. */
  allowed: boolean;
  /** The answer to the question before the request; undefined for the request itself. */
  preflight: SandboxReply | undefined;
  headers: Record<string, string>;
}

/**
 * The rights of a page of another site. The endpoints that it may use act on no cookie.
 * @param trusts true for the origin of a redirect URI of an app
 */
export function corsOf(incoming: IncomingMessage, trusts: ((origin: string) => boolean) | undefined): Cors {
  const { origin, "access-control-request-method": asked } = incoming.headers;
  const none: Cors = { allowed: false, preflight: undefined, headers: {} };
  if (origin === undefined) return none;
  const [path = ""] = (incoming.url ?? "").split("?");
  if (OPEN.test(path)) return { ...none, headers: { "Access-Control-Allow-Origin": "*" } };
  if (!FOR_APPS.test(path) || !trusts?.(origin)) return none;
  const headers = { "Access-Control-Allow-Origin": origin, Vary: "Origin" };
  if (incoming.method !== "OPTIONS" || asked === undefined) return { allowed: true, preflight: undefined, headers };
  const answer = {
    ...headers,
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Allow-Headers": "authorization, content-type, dpop, accept",
    "Access-Control-Max-Age": "600",
  };
  return { allowed: true, preflight: { status: 204, headers: answer }, headers };
}

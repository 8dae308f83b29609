import { parseJson } from "../src/json/exact-json.js";
import type { Json } from "../src/json/json.js";
import { covers } from "../src/okta/scopes.js";
import type { Fault } from "./fault.js";
import { OktaRefusal, refusal } from "./okta-error.js";
import type { Org } from "./org.js";
import type { RateLimiter } from "./rate-limit.js";
import type { Caller, Route, SandboxReply, SandboxRequest } from "./route.js";
import { createRouter } from "./router.js";
import { standInFor } from "./stand-in.js";

/** Checks tokens, and brings the OAuth endpoints with it. */
export interface Authorization {
  routes: Route[];
  /** The caller of a request; or the answer (401) that the request gets instead. */
  authenticate(request: { method: string; url: URL; headers: Headers }): Promise<Caller | SandboxReply>;
  /** True for the origin of a site whose pages may ask for tokens by script. Absent: no site's may. */
  trustsOrigin?(origin: string): boolean;
}

/** A request as it arrived, not yet checked. */
export interface Arrival {
  method: string;
  url: URL;
  headers: Headers;
  rawBody: Buffer;
}

export interface Engine {
  /** The org's answer to one request. Never throws. */
  answer(arrival: Arrival, fault: Fault | undefined): Promise<SandboxReply>;
}

/**
 * Takes each request through an org's checks, in this order: fault script, route, token, scope, rate limit, body, and
 * then the operation itself.
 * @param onUnknown called for a request without a route, with "GET /path"
 */
export function createEngine(parts: {
  org: Org;
  routes: readonly Route[];
  authorization: Authorization;
  limiter: RateLimiter;
  /** Limits the OAuth endpoints, which have buckets of their own. */
  oauthLimiter: RateLimiter;
  onUnknown: (route: string) => void;
}): Engine {
  const { org, authorization, limiter, oauthLimiter, onUnknown } = parts;
  const router = createRouter([...parts.routes, ...authorization.routes]);

  async function perform(arrival: Arrival, headers: Record<string, string>): Promise<SandboxReply> {
    const { method, url } = arrival;
    const match = router.match(method, url.pathname);
    if (match === undefined) {
      onUnknown(`${method} ${url.pathname}`);
      throw refusal(501, "E0000060", `The sandbox has no operation ${method} ${url.pathname}`);
    }
    const { route, params } = match;
    let caller: Caller | undefined;
    const count = (bucket: RateLimiter) => {
      const { allowed, headers: limits } = bucket.take(route.template);
      Object.assign(headers, limits);
      if (!allowed) throw refusal(429, "E0000047", "API call exceeded rate limit due to too many requests.");
    };
    if (route.scope !== undefined) {
      const known = await authorization.authenticate(arrival);
      if ("status" in known) return known;
      if (!covers(known.scopes, route.scope)) throw insufficientScope(org.origin, url, route.scope);
      caller = known;
      count(limiter);
    } else if (route.template.startsWith("/oauth2/")) {
      count(oauthLimiter);
    }
    const { maxPageItems } = org;
    return await route.handle({
      ...arrival,
      params,
      query: url.searchParams,
      maxPageItems,
      caller,
      ...parseBody(arrival),
    });
  }

  return {
    async answer(arrival, fault) {
      const requestId = org.requestRandom.text(27);
      const headers: Record<string, string> = {
        Date: new Date(org.now()).toUTCString(),
        Server: "okta-mcp-sandbox",
        "X-Okta-Request-Id": requestId,
        "Cache-Control": "no-cache, no-store",
      };
      const standIn = fault === undefined ? undefined : standInFor(fault);
      let reply: SandboxReply;
      if (standIn !== undefined && !standIn.performed) {
        reply = standIn.reply;
      } else {
        reply = await perform(arrival, headers).catch(asReply);
        if (standIn !== undefined) reply = standIn.reply;
      }
      reply = { ...reply, headers: { ...headers, ...reply.headers }, json: withErrorId(reply.json, requestId) };
      return fault !== undefined && "rewrite" in fault ? fault.rewrite(reply) : reply;
    },
  };
}

function asReply(error: unknown): SandboxReply {
  if (error instanceof OktaRefusal) return error.reply;
  if (error instanceof URIError) return refusal(400, "E0000001", "Api validation failed: path").reply;
  const cause = error instanceof Error ? error.message : String(error);
  return refusal(500, "E0000009", "Internal Server Error", [`The sandbox failed: ${cause}`]).reply;
}

/** Puts the request's id into an error body that has none yet. */
function withErrorId(json: unknown, requestId: string): unknown {
  const isError = typeof json === "object" && json !== null && "errorId" in json && json.errorId === "";
  return isError ? { ...json, errorId: requestId } : json;
}

/** Okta's answer to a token without the operation's scope (RFC 6750, section 3.1, with Okta's extra parameters). */
function insufficientScope(origin: string, url: URL, scope: string): OktaRefusal {
  const challenge = [
    `Bearer authorization_uri="${origin}/oauth2/v1/authorize"`,
    `realm="${origin}"`,
    `scope="${scope}"`,
    'error="insufficient_scope"',
    'error_description="The access token provided does not contain the required scopes."',
    `resource="${url.pathname}"`,
  ].join(", ");
  return refusal(403, "E0000006", "You do not have permission to perform the requested action", [], {
    "WWW-Authenticate": challenge,
  });
}

function parseBody({ headers, rawBody }: Arrival): Pick<SandboxRequest, "json" | "form"> {
  const type = headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (rawBody.length === 0 || type?.startsWith("multipart/")) return { json: undefined, form: new URLSearchParams() };
  if (type === "application/x-www-form-urlencoded") {
    return { json: undefined, form: new URLSearchParams(rawBody.toString("utf8")) };
  }
  if (type !== "application/json" && !type?.endsWith("+json")) {
    const summary = "Bad request. Accept and/or Content-Type headers likely do not match supported values.";
    throw refusal(415, "E0000021", summary);
  }
  try {
    const json = parseJson(rawBody.toString("utf8")) as Json;
    return { json, form: new URLSearchParams() };
  } catch {
    throw refusal(400, "E0000003", "The request body was not well-formed.");
  }
}

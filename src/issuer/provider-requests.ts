import type { IncomingMessage } from "node:http";
import type Provider from "oidc-provider";
import type { KoaContextWithOIDC } from "oidc-provider";
import { OktaMcpError } from "../errors/index.js";
import type { Log } from "../log.js";
import type { Observer } from "../watch/observer.js";
import type { AddressLimits } from "./address-limits.js";
import type { ClientDirectory } from "./client-directory.js";
import { ALL_OWN_SCOPES, withOwnScopes } from "./own-scopes.js";
import { TooManyRequests } from "./too-many-requests.js";

/** The path under which the authorization server's own pages and endpoints stand. */
export const OAUTH_PATH = "/oauth";

/**
 * The paths of the library, in the one spelling in which they are announced. It also takes other cases and a slash at
 * the end, and what is decided here by a path would not hold for those.
 */
const ANNOUNCED = new RegExp(
  `^(?:${OAUTH_PATH}/(?:authorize(?:/[\\w-]+)?|token|register|revoke|jwks)|/\\.well-known/.*)$`,
);

/** The endpoints whose requests are counted by address. The keys are public and cost nothing. */
const COUNTED: ReadonlySet<string> = new Set(
  ["authorize", "token", "register", "revoke"].map((name) => `${OAUTH_PATH}/${name}`),
);

const RETRY_SECONDS = 5;

export interface SurroundOptions {
  resource: string;
  clients: ClientDirectory;
  limits: AddressLimits;
  addressOf(request: IncomingMessage): string;
  showError(context: KoaContextWithOIDC, error: { code: string; description: string }): Promise<void>;
  observer: Observer;
  log: Log;
}

/** The value of `resource` that a client sent; undefined where it is not ours (RFC 8707, section 2). */
export function ourResource(given: string, resource: string): string | undefined {
  if (!URL.canParse(given)) return undefined;
  const url = new URL(given);
  // Some clients send a query or a slash at the end. Both mean the same place here.
  url.search = "";
  return url.hash === "" && !given.includes("#") && url.href.replace(/\/$/, "") === resource ? resource : undefined;
}

/** Puts around the library what has to happen before and after its own handling of a request. */
export function surround(provider: Provider, options: SurroundOptions): void {
  const { resource, clients, limits, addressOf, observer, log } = options;
  provider.use(async (context, next) => {
    // The answer to what nobody takes is 404.
    if (!ANNOUNCED.test(context.path)) return;
    const seconds = COUNTED.has(context.path) ? limits.take(addressOf(context.req)) : undefined;
    if (seconds !== undefined) return refuseEarly(context as KoaContextWithOIDC, seconds, options);
    const { response_mode: mode, resource: asked } = context.query;
    if (isAuthorize(context) && mode !== undefined && mode !== "query") {
      return refuseMode(context as KoaContextWithOIDC, options);
    }
    const ours = typeof asked === "string" ? ourResource(asked, resource) : undefined;
    if (ours !== undefined && ours !== asked) context.query = { ...context.query, resource: ours };
    if (context.path === `${OAUTH_PATH}/authorize`) context.query = withOwnScopes(context.query);
    await next();
    const { oidc, status } = context as KoaContextWithOIDC;
    if (oidc?.route === "token" && status === 200 && oidc.client !== undefined) {
      // The tokens are given out already, and must not get lost for want of a note.
      await clients
        .used(oidc.client)
        .catch((error: unknown) => log.warn("the use of a client was not noted", { error }));
    }
    if (oidc?.route === "discovery") context.body = announced(context.body);
  });
  provider.on("server_error", (context, error) => {
    log.error("the authorization server failed", { path: context.path, error });
    if (error instanceof OktaMcpError && error.code === "store_unavailable") refuseForNow(context);
  });
  const refused = (context: KoaContextWithOIDC, error: Error) => {
    observer.note({ kind: "auth_failure", reason: refusalName(error) });
    logRefusal(log, context, error);
  };
  provider.on("authorization.error", refused);
  provider.on("grant.error", refused);
  provider.on("registration_create.error", refused);
  provider.on("revocation.error", refused);
}

const isAuthorize = ({ path }: { path: string }) => path === `${OAUTH_PATH}/authorize`;

/** Refuses answers that a page with a script or a fragment would carry. No client of MCP asks for them. */
async function refuseMode(context: KoaContextWithOIDC, { showError }: SurroundOptions): Promise<void> {
  context.status = 400;
  await showError(context, { code: "invalid_request", description: "response_mode has to be query, or left out" });
}

async function refuseEarly(context: KoaContextWithOIDC, seconds: number, { showError, log }: SurroundOptions) {
  log.warn("too many requests of one address", { path: context.path });
  context.status = 429;
  context.set("retry-after", String(seconds));
  context.set("cache-control", "no-store");
  const error = { code: "temporarily_unavailable", description: "too many requests came from this address" };
  if (isAuthorize(context)) await showError(context, error);
  else context.body = { error: error.code, error_description: error.description };
}

/** Says that the same request may succeed later, since nothing was wrong about it. */
function refuseForNow(context: KoaContextWithOIDC): void {
  context.status = 503;
  context.set("retry-after", String(RETRY_SECONDS));
  // The endpoints for programs have their answer already; a page follows.
  if (context.type !== "application/json") return;
  const error_description = "the database of this server does not answer; nothing was lost";
  context.body = { error: "temporarily_unavailable", error_description };
}

interface ProtocolError extends Error {
  error?: string;
  error_description?: string;
  error_detail?: string;
}

/** The code of a refusal (RFC 6749, sections 4.1.2.1 and 5.2), for numbers. The library makes it, never a client. */
function refusalName({ error }: ProtocolError): string {
  return typeof error === "string" && /^[a-z_]{1,60}$/.test(error) ? `oauth_${error}` : "oauth_other";
}

function logRefusal(log: Log, context: KoaContextWithOIDC, caught: Error): void {
  const { error, error_description: description, error_detail: detail } = caught as ProtocolError;
  const client = context.oidc?.client?.clientId;
  log.info("the authorization server refused a request", {
    path: context.path,
    client,
    why: error,
    description,
    detail,
  });
  if (caught instanceof TooManyRequests) context.set("retry-after", String(caught.retryAfterSeconds));
}

/** What the library announces although no client here can use it. */
const UNUSED: ReadonlySet<string> = new Set([
  "claims_supported",
  "claims_parameter_supported",
  "claim_types_supported",
]);

/** The metadata of this server (RFC 8414, section 2). */
function announced(body: unknown): unknown {
  const kept = Object.entries(body as Record<string, unknown>).filter(([member]) => !UNUSED.has(member));
  return {
    ...Object.fromEntries(kept),
    scopes_supported: ALL_OWN_SCOPES.split(" "),
    response_modes_supported: ["query"],
  };
}

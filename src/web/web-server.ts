import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener, type HttpBindings } from "@hono/node-server";
import { type Context, Hono } from "hono";
import type Provider from "oidc-provider";
import { OAUTH_PATH } from "../issuer/provider.js";
import type { Log } from "../log.js";
import type { Networks } from "../net/networks.js";
import { STYLE_PATH } from "../pages/layout.js";
import { STYLE } from "../pages/style.js";
import { peerAddress } from "./client-address.js";
import type { McpEndpoint } from "./mcp-endpoint.js";
import { resourceMetadata } from "./metadata.js";
import { MCP_PATH, RESOURCE_METADATA_PATH } from "./refusals.js";

/** The routes of people: sign-in, consent, pages. */
export type PageRoutes = Hono<{ Bindings: HttpBindings }>;

export interface WebServerOptions {
  /** The address at which clients reach this server, without a slash at its end. */
  publicUrl: string;
  /** The addresses of the authorization servers that give out tokens for /mcp. */
  authorizationServers: readonly string[];
  /** The scopes of tokens for /mcp. */
  scopes: readonly string[];
  /** Our own authorization server; undefined where another one gives out the tokens. */
  provider: Provider | undefined;
  endpoint: McpEndpoint;
  /** Undefined where nobody can sign in to pages. */
  pages: PageRoutes | undefined;
  /** The proxies in front of this server. */
  proxies: Networks;
  /** A sentence for whoever looks at the state of the server. */
  warning: string | undefined;
  /** Resolves when requests can be served. Rejects with the reason why they cannot. */
  ready(): Promise<void>;
  log: Log;
}

/** A running server. */
export interface WebServer {
  /** The address on this machine. */
  address: string;
  /** Takes no new requests, lets those that run come to an end for a while, and closes. */
  close(): Promise<void>;
}

/** The time that running requests have once the server closes. */
const LAST_REQUESTS_MS = 25_000;

/** The documents of the authorization server (RFC 8414, section 3; OpenID Connect Discovery, section 4). */
const PROVIDER_DOCUMENTS: ReadonlySet<string> = new Set([
  "/.well-known/oauth-authorization-server",
  "/.well-known/openid-configuration",
]);

const isOfProvider = (path: string) =>
  PROVIDER_DOCUMENTS.has(path) || (path.startsWith(`${OAUTH_PATH}/`) && !path.startsWith(`${OAUTH_PATH}/interaction/`));

/** Starts the HTTP server of a company. */
export async function startWebServer(
  options: WebServerOptions,
  listen: { host: string; port: number },
): Promise<WebServer> {
  const { publicUrl, provider } = options;
  const url = new URL(publicUrl);
  const forProvider = provider?.callback();
  const forRest = getRequestListener(appOf(options).fetch as never, { overrideGlobalObjects: false });
  const server = createServer(
    { maxHeaderSize: 16_384, headersTimeout: 10_000, requestTimeout: 60_000 },
    (request: IncomingMessage, response: ServerResponse) => {
      const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
      if (forProvider === undefined || !isOfProvider(path)) {
        void forRest(request, response);
        return;
      }
      // The library builds addresses from these. They are ours, whatever the request or a proxy says.
      request.headers.host = url.host;
      request.headers["x-forwarded-proto"] = url.protocol.slice(0, -1);
      delete request.headers["x-forwarded-host"];
      void forProvider(request, response);
    },
  );
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(listen.port, listen.host, resolve);
  });
  const { address, port, family } = server.address() as AddressInfo;
  return {
    address: `http://${family === "IPv6" ? `[${address}]` : address}:${port}`,
    close: () => closeServer(server, options.endpoint),
  };
}

async function closeServer(server: Server, endpoint: McpEndpoint): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  endpoint.endSubscriptions();
  server.closeIdleConnections();
  // Whoever is cut off cancels the call. A write that has left is waited for all the same.
  const late = setTimeout(() => server.closeAllConnections(), LAST_REQUESTS_MS);
  await closed;
  clearTimeout(late);
  await endpoint.close();
}

function appOf(options: WebServerOptions): PageRoutes {
  const { publicUrl, authorizationServers, scopes, endpoint, proxies, pages, warning, ready, log } = options;
  const app: PageRoutes = new Hono();
  const metadata = (context: Context) => context.json(resourceMetadata(publicUrl, authorizationServers, scopes));
  app.get(RESOURCE_METADATA_PATH, metadata);
  app.get(`${RESOURCE_METADATA_PATH}${MCP_PATH}`, metadata);
  for (const path of [MCP_PATH, `${MCP_PATH}/`]) app.all(path, (context) => answerMcp(context, endpoint, proxies));
  app.get("/healthz", (context) => context.json({ status: "ok" }));
  app.get("/readyz", async (context) => {
    try {
      await ready();
      return context.json({ status: "ready", ...(warning !== undefined && { warning }) });
    } catch (error) {
      log.warn("not ready", { error });
      return context.json({ status: "not_ready" }, 503);
    }
  });
  app.get(STYLE_PATH, (context) =>
    context.body(STYLE, 200, { "content-type": "text/css; charset=utf-8", "cache-control": "max-age=3600" }),
  );
  if (pages !== undefined) app.route("/", pages);
  app.all("/sse", (context) => context.json(elsewhere(publicUrl), 410));
  app.notFound((context) => context.json(elsewhere(publicUrl), 404));
  app.onError((error, context) => {
    log.error("a request failed", { error, path: new URL(context.req.url).pathname });
    return context.json({ error: "server_error", error_description: "Something failed here. The log has it." }, 500);
  });
  return app;
}

function answerMcp(
  context: Context<{ Bindings: HttpBindings }>,
  endpoint: McpEndpoint,
  proxies: Networks,
): Promise<Response> {
  const { incoming, outgoing } = context.env;
  const { method, url, headers } = context.req.raw;
  const isFromProxy = proxies.has(peerAddress(incoming));
  const head = { method, url: new URL(url), headers, rawHeaders: incoming.rawHeaders, isFromProxy };
  return endpoint.answer({ head, incoming, onEnd: (listener) => outgoing.once("close", listener) });
}

const elsewhere = (publicUrl: string) => ({
  error: "not_found",
  error_description: `There is nothing here. MCP is served at ${publicUrl}${MCP_PATH}.`,
});

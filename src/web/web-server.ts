import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createHttpsServer, Server as HttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { setImmediate } from "node:timers/promises";
import { getRequestListener, type HttpBindings } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type Provider from "oidc-provider";
import { OktaMcpError } from "../errors/index.js";
import { OAUTH_PATH } from "../issuer/provider.js";
import type { Log } from "../log.js";
import type { Networks } from "../net/networks.js";
import { STYLE_PATH } from "../pages/layout.js";
import { STYLE } from "../pages/style.js";
import { peerAddress } from "./client-address.js";
import { addDisabledSso } from "./disabled-sso.js";
import { Front, MAX_FORM_BYTES, pathOf, tooLong } from "./front.js";
import type { McpEndpoint } from "./mcp-endpoint.js";
import { resourceMetadata } from "./metadata.js";
import { MCP_PATH, PROVIDER_DOCUMENTS, RESOURCE_METADATA_PATH } from "./refusals.js";
import { FOR_PROBES } from "./route-names.js";
import type { RunningRequests } from "./running-requests.js";
import { SlowReaders } from "./slow-readers.js";
import type { TlsFiles } from "./tls-files.js";

/** The routes of people: sign-in, consent, pages. */
export type PageRoutes = Hono<{ Bindings: HttpBindings }>;

export interface WebServerOptions {
  /** The address at which clients reach this server, without a slash at its end. */
  publicUrl: string;
  /** The addresses of the authorization servers that give out tokens for /mcp. */
  authorizationServers: readonly string[];
  /** The scopes of tokens for /mcp. */
  scopes: readonly string[];
  /** Our own authorization server as of this moment; undefined where another one gives out the tokens. */
  provider: (() => Provider) | undefined;
  endpoint: McpEndpoint;
  /** Undefined where nobody can sign in to pages. */
  pages: PageRoutes | undefined;
  /** What Okta tells by itself. */
  signals: PageRoutes;
  /** The proxies in front of this server. */
  proxies: Networks;
  /** The origins of web pages whose scripts may call. */
  origins: Pick<ReadonlySet<string>, "has">;
  /** Undefined where a proxy ends TLS. */
  tls: TlsFiles | undefined;
  timeouts: WebTimeouts;
  /** True once the server is about to stop. It still answers, and asks each client to use another connection. */
  isDraining(): boolean;
  /** Whether requests can be served. */
  readiness(): Promise<Readiness>;
  /** The requests that run. */
  requests: RunningRequests;
  log: Log;
}

/** Whether requests can be served, as `/readyz` answers. */
export interface Readiness {
  status: 200 | 503;
  body: { status: "ready" | "not_ready"; reason?: string; degraded?: string[]; warning?: string };
}

/** A running server. */
export interface WebServer {
  /** The address on this machine. */
  address: string;
  /** Reads the certificate anew. */
  reload(): void;
  /** Takes no new requests, lets those that run come to an end for a while, and closes. */
  close(): Promise<void>;
}

/** The times in which a request has to have come, in milliseconds. */
export interface WebTimeouts {
  headersMs: number;
  /** For all of it, the body included; and for taking something of the answer. */
  requestMs: number;
}

/** The most bytes of all headers of a request together; beyond that the answer is 431 (RFC 6585, section 5). */
const MAX_HEADER_BYTES = 16_384;
const CHECK_MS = 2_000;

/** A proxy keeps its connections for a minute as a rule. Who closes first must not be this server. */
const KEEP_ALIVE_MS = 75_000;

/** The time that running requests have once the server closes. */
const LAST_REQUESTS_MS = 25_000;
const CLOSE_IDLE_EVERY_MS = 50;
/** As many connections as Node.js has the system keep (`backlog` of `server.listen`). */
const MOST_WAITING = 511;

const isOfProvider = (path: string) =>
  PROVIDER_DOCUMENTS.includes(path) ||
  (path.startsWith(`${OAUTH_PATH}/`) && !path.startsWith(`${OAUTH_PATH}/interaction/`));

/** Starts the HTTP server of a company. */
export async function startWebServer(
  options: WebServerOptions,
  listen: { host: string; port: number },
): Promise<WebServer> {
  const { tls, timeouts, requests, log } = options;
  const front = new Front({ ...options, endsTls: tls !== undefined });
  const route = routesOf(options);
  const slowReaders = new SlowReaders(timeouts.requestMs);
  const server = listener(tls, timeouts, (request, response) => {
    slowReaders.watch(response);
    // A connection that ends with its answer is not idle when the server closes, so no request meets its end.
    if (options.isDraining()) response.shouldKeepAlive = false;
    requests.run(request, response, log, () => {
      if (front.admits(request, response)) route(request, response);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(listen.port, listen.host, resolve);
  });
  if (tls !== undefined && server instanceof HttpsServer) tls.follow(server);
  const { address, port, family } = server.address() as AddressInfo;
  return {
    address: `${tls === undefined ? "http" : "https"}://${family === "IPv6" ? `[${address}]` : address}:${port}`,
    reload: () => {
      if (tls !== undefined && server instanceof HttpsServer) tls.renew(server);
    },
    close: async () => {
      tls?.close();
      await closeServer(server, options.endpoint);
    },
  };
}

function listener(
  tls: TlsFiles | undefined,
  { headersMs, requestMs }: WebTimeouts,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Server | HttpsServer {
  const limits = {
    maxHeaderSize: MAX_HEADER_BYTES,
    // Node.js wants it to be no longer than the whole.
    headersTimeout: Math.min(headersMs, requestMs),
    requestTimeout: requestMs,
    // Node.js looks after late requests this often.
    connectionsCheckingInterval: Math.min(CHECK_MS, headersMs),
    keepAliveTimeout: KEEP_ALIVE_MS,
  };
  return tls === undefined ? createServer(limits, answer) : createHttpsServer({ ...limits, ...tls.read() }, answer);
}

/** The way of a request to what answers it. */
function routesOf(options: WebServerOptions): (request: IncomingMessage, response: ServerResponse) => void {
  const { publicUrl, provider } = options;
  const url = new URL(publicUrl);
  const forProvider = provider && answering(provider);
  const forRest = getRequestListener(appOf(options).fetch as never, { overrideGlobalObjects: false });
  return (request, response) => {
    const path = pathOf(request);
    // Balancers ask in HTTP/1.0 as well, where no Host is needed (RFC 9112, section 3.2).
    if (FOR_PROBES.has(path)) request.headers.host ??= url.host;
    if (forProvider === undefined || !isOfProvider(path)) {
      void forRest(request, response);
      return;
    }
    // The library builds addresses from these. They are ours, whatever the request or a proxy says.
    request.headers.host = url.host;
    request.headers["x-forwarded-proto"] = url.protocol.slice(0, -1);
    delete request.headers["x-forwarded-host"];
    void forProvider(request, response);
  };
}

/** Answers by the authorization server of each moment. */
function answering(provider: () => Provider): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  let [current, answer] = [provider(), provider().callback()];
  return (request, response) => {
    if (current !== provider()) [current, answer] = [provider(), provider().callback()];
    return answer(request, response);
  };
}

/**
 * Accepts the connections that wait for it. Closing would cut them, after their senders have sent a request perhaps.
 * Node.js accepts one in each turn.
 */
async function acceptWaiting(server: Server | HttpsServer): Promise<void> {
  let accepted = 0;
  const count = () => {
    accepted += 1;
  };
  server.on("connection", count);
  for (let before = -1, turns = 0; accepted > before && turns < MOST_WAITING; turns += 1) {
    before = accepted;
    await setImmediate();
  }
  server.off("connection", count);
}

async function closeServer(server: Server | HttpsServer, endpoint: McpEndpoint): Promise<void> {
  await acceptWaiting(server);
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  endpoint.endSubscriptions();
  server.closeIdleConnections();
  // A connection whose last request ends from now on is idle too, and would stay open for more.
  const idle = setInterval(() => server.closeIdleConnections(), CLOSE_IDLE_EVERY_MS);
  // Whoever is cut off cancels the call. A write that has left is waited for all the same.
  const late = setTimeout(() => server.closeAllConnections(), LAST_REQUESTS_MS);
  await closed;
  clearTimeout(late);
  clearInterval(idle);
  await endpoint.close();
}

function appOf(options: WebServerOptions): PageRoutes {
  const { publicUrl, authorizationServers, scopes, endpoint, proxies, pages, readiness, log } = options;
  const app: PageRoutes = new Hono();
  const metadata = (context: Context) => context.json(resourceMetadata(publicUrl, authorizationServers, scopes));
  app.get(RESOURCE_METADATA_PATH, metadata);
  app.get(`${RESOURCE_METADATA_PATH}${MCP_PATH}`, metadata);
  for (const path of [MCP_PATH, `${MCP_PATH}/`]) app.all(path, (context) => answerMcp(context, endpoint, proxies));
  app.get("/healthz", (context) => context.json({ status: "ok" }));
  app.get("/readyz", async (context) => {
    const { status, body } = await readiness();
    return context.json(body, status);
  });
  app.get(STYLE_PATH, (context) =>
    context.body(STYLE, 200, { "content-type": "text/css; charset=utf-8", "cache-control": "max-age=3600" }),
  );
  app.route("/", options.signals);
  const { status, headers, body } = tooLong();
  app.use(bodyLimit({ maxSize: MAX_FORM_BYTES, onError: () => Response.json(body, { status, headers }) }));
  if (pages === undefined) addDisabledSso(app);
  else app.route("/", pages);
  app.all("/sse", (context) => context.json(elsewhere(publicUrl), 410));
  app.notFound((context) => context.json(elsewhere(publicUrl), 404));
  app.onError((error, context) => {
    log.error("a request failed", { error, path: new URL(context.req.url).pathname });
    if (error instanceof OktaMcpError && error.code === "store_unavailable") {
      // Nothing is wrong with the request, and another instance may answer it at once.
      const error_description = "This server cannot reach what it keeps. Nothing was lost; try again.";
      return context.json({ error: "temporarily_unavailable", error_description }, 503, { "retry-after": "5" });
    }
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

import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Log } from "../log.js";

export interface MetricsServerOptions {
  listen: { host: string; port: number };
  /** All numbers as text. */
  metrics(): Promise<{ type: string; text: string }>;
  /** What `/readyz` answers. */
  readiness(): Promise<{ status: 200 | 503; body: object }>;
  log: Pick<Log, "error">;
}

/** A running server for whoever looks after this one. */
export interface MetricsServer {
  /** The address on this machine. */
  address: string;
  close(): Promise<void>;
}

const LIMITS = {
  maxHeaderSize: 8_192,
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  connectionsCheckingInterval: 2_000,
};
/** The most connections; a handful of programs ask here. */
const MAX_CONNECTIONS = 32;

/**
 * Serves the numbers of a server, and whether it can serve, at an address of their own: nothing here is for those whom
 * the server itself is for.
 * @throws the system's error where the address cannot be listened on
 */
export async function startMetricsServer({
  listen,
  metrics,
  readiness,
  log,
}: MetricsServerOptions): Promise<MetricsServer> {
  const send = (response: ServerResponse, status: number, type: string, text: string) => {
    response.writeHead(status, {
      "content-type": type,
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    });
    response.end(text);
  };
  const asJson = (response: ServerResponse, status: number, body: object) =>
    send(response, status, "application/json", JSON.stringify(body));
  const answer = async (path: string, response: ServerResponse) => {
    if (path === "/healthz") return asJson(response, 200, { status: "ok" });
    if (path === "/readyz") {
      const { status, body } = await readiness();
      return asJson(response, status, body);
    }
    if (path !== "/metrics") return asJson(response, 404, { error: "not_found" });
    const { type, text } = await metrics();
    send(response, 200, type, text);
  };
  const server = createServer(LIMITS, (request, response) => {
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.setHeader("allow", "GET, HEAD");
      asJson(response, 405, { error: "method_not_allowed" });
      return;
    }
    answer((request.url ?? "/").split("?", 1)[0] ?? "/", response).catch((error: unknown) => {
      log.error("the numbers of this server were not told", { error });
      if (response.headersSent) response.destroy();
      else asJson(response, 500, { error: "server_error" });
    });
  });
  server.maxConnections = MAX_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(listen.port, listen.host, resolve);
  });
  const { address, port, family } = server.address() as AddressInfo;
  return {
    address: `http://${family === "IPv6" ? `[${address}]` : address}:${port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

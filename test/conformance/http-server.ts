import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { toNodeHandler } from "@modelcontextprotocol/node";
import { WebStandardStreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import {
  hostHeaderValidationResponse,
  isLegacyRequest,
  localhostAllowedHostnames,
  localhostAllowedOrigins,
  type McpHttpHandler,
  originValidationResponse,
} from "@modelcontextprotocol/server";

/** The two protocol adapters, each for its era. */
export interface Adapters {
  /** Serves one session of the older era until its transport closes. */
  legacy: (transport: Transport) => Promise<void>;
  /** Serves the requests of MCP 2026-07-28. */
  modern: Pick<McpHttpHandler, "fetch" | "close">;
}

/** The sessions of the older era, each with a transport of its own. */
class Sessions {
  readonly #open = new Map<string, WebStandardStreamableHTTPServerTransport>();
  readonly #connect: Adapters["legacy"];

  constructor(connect: Adapters["legacy"]) {
    this.#connect = connect;
  }

  async answer(request: Request): Promise<Response> {
    const id = request.headers.get("mcp-session-id");
    if (id !== null) {
      return (await this.#open.get(id)?.handleRequest(request)) ?? new Response("No such session.", { status: 404 });
    }
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (opened) => void this.#open.set(opened, transport),
      onsessionclosed: (closed) => void this.#open.delete(closed),
    });
    await this.#connect(transport);
    return transport.handleRequest(request);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open.values()].map((transport) => transport.close()));
  }
}

/**
 * Serves both eras at one address of this machine. Requests that a web page of another host could have sent are
 * refused (MCP, "Streamable HTTP", Security Warning).
 * @returns the address of the endpoint, and a function that ends all
 */
export async function serveHttp({ legacy, modern }: Adapters): Promise<{ url: string; close(): Promise<void> }> {
  const sessions = new Sessions(legacy);
  const handler = toNodeHandler({
    fetch: async (request, options) => {
      const refused =
        hostHeaderValidationResponse(request, localhostAllowedHostnames()) ??
        originValidationResponse(request, localhostAllowedOrigins());
      if (refused) return refused;
      return (await isLegacyRequest(request)) ? sessions.answer(request) : modern.fetch(request, options);
    },
  });
  const server = createServer((request, response) => void handler(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    async close() {
      await Promise.all([sessions.close(), modern.close()]);
      server.closeAllConnections();
      server.close();
    },
  };
}

import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import { ErrorCode, type JSONRPCMessage, type JSONRPCRequest } from "@modelcontextprotocol/sdk/types.js";
import { discovered } from "./discover.js";
import { faultIn, isEnveloped } from "./envelope.js";
import type { McpService } from "./service.js";

/** One side of a connection that the two eras share: a transport for one of them. */
export class EraPort implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;
  readonly #steps: Pick<Transport, "start" | "send" | "close">;

  constructor(steps: Pick<Transport, "start" | "send" | "close">) {
    this.#steps = steps;
  }

  start(): Promise<void> {
    return this.#steps.start();
  }

  send(message: JSONRPCMessage): Promise<void> {
    return this.#steps.send(message);
  }

  close(): Promise<void> {
    return this.#steps.close();
  }
}

/** Serves MCP 2026-07-28 over a transport. Rejects where a part for it cannot be loaded, and has logged the reason. */
type ServeModern = (transport: EraPort) => Promise<{ close(): Promise<void> }>;

/**
 * Brings each message of one connection to the era that it belongs to: a request with an envelope to MCP 2026-07-28,
 * every other to the era that begins with `initialize`. Each message decides for itself, since clients look for the
 * revision and then begin with `initialize` all the same. `server/discover` is answered here.
 */
export class EraRouter {
  readonly legacy: EraPort;
  readonly #modern: EraPort;
  readonly #wire: Transport;
  readonly #service: Pick<McpService, "identity" | "instructions">;
  readonly #serveModern: ServeModern;
  #serving: ReturnType<ServeModern> | undefined;
  #isClosed = false;

  constructor(wire: Transport, service: Pick<McpService, "identity" | "instructions">, serveModern: ServeModern) {
    this.#wire = wire;
    this.#service = service;
    this.#serveModern = serveModern;
    this.legacy = new EraPort({
      start: () => this.#begin(),
      send: (message) => wire.send(message),
      close: () => this.close(),
    });
    const nothing = async () => {};
    this.#modern = new EraPort({
      start: nothing,
      // The last words of subscriptions must not keep the connection open for a client that does not read.
      send: async (message) => (this.#isClosed ? this.#send(message) : wire.send(message)),
      close: nothing,
    });
  }

  /** Ends both eras and the connection. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const serving = await this.#serving?.catch(() => undefined);
    await serving?.close();
    await this.#wire.close();
  }

  async #begin(): Promise<void> {
    this.#wire.onmessage = (message) => this.#route(message);
    this.#wire.onerror = (error) => this.legacy.onerror?.(error);
    this.#wire.onclose = () => {
      this.#isClosed = true;
      this.#modern.onclose?.();
      this.legacy.onclose?.();
    };
    await this.#wire.start();
  }

  #route(message: JSONRPCMessage): void {
    if (!("method" in message)) this.legacy.onmessage?.(message);
    else if (message.method === "notifications/cancelled" && !("id" in message)) {
      // Only the era that has the request knows it.
      if (this.#serving) void this.#toModern(message);
      this.legacy.onmessage?.(message);
    } else if (!isEnveloped(message)) this.legacy.onmessage?.(message);
    else if ("id" in message) this.#request(message);
    // A notification is about an earlier request. Where there was none, nothing has to be loaded for it.
    else if (this.#serving) void this.#toModern(message);
  }

  /** Takes a request of the stateless revision. Whether its envelope is right shows before anything is loaded. */
  #request(message: JSONRPCRequest): void {
    const { id, method } = message;
    const fault = faultIn(message);
    if (fault !== undefined) this.#send({ jsonrpc: "2.0", id, error: fault });
    else if (method === "server/discover") this.#send({ jsonrpc: "2.0", id, result: discovered(this.#service) });
    else void this.#toModern(message);
  }

  /** Never rejects. */
  async #toModern(message: JSONRPCMessage): Promise<void> {
    this.#serving ??= this.#serveModern(this.#modern);
    try {
      await this.#serving;
    } catch {
      // Loading may fail once, for example for want of open files, and succeed later.
      this.#serving = undefined;
      if ("id" in message && message.id !== undefined) this.#send(notServed(message.id));
      return;
    }
    if (!this.#isClosed) this.#modern.onmessage?.(message);
  }

  /** Sends a message that nobody waits for. */
  #send(message: JSONRPCMessage): void {
    this.#wire.send(message).catch((error: Error) => this.legacy.onerror?.(error));
  }
}

/** The answer to a request whose era could not be loaded (JSON-RPC 2.0, section 5.1). */
function notServed(id: string | number): JSONRPCMessage {
  const message =
    "Nothing was done: a part of okta-mcp could not be loaded. Send the request again; if it fails again, restart the server. Its log has the reason.";
  return { jsonrpc: "2.0", id, error: { code: ErrorCode.InternalError, message } };
}

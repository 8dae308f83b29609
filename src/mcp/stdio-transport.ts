import type { Readable, Writable } from "node:stream";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { JSONRPCMessage } from "@modelcontextprotocol/sdk/types.js";
import { stringifyJson } from "../json/exact-json.js";
import { type Refusal, readable, readMessage } from "./json-rpc.js";
import { MessageFault } from "./protocol-fault.js";

/** The two streams, and how long a line may be. */
export interface StdioOptions {
  stdin: Readable;
  stdout: Writable;
  /** A longer message closes the transport, since it cannot be told which call it was. */
  maxMessageBytes: number;
}

/**
 * MCP over stdin and stdout, a message a line. The MCP library's own transport is silent about what it
 * cannot read, and who sent it waits in vain; this one answers as JSON-RPC has it.
 */
export class StdioTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;
  readonly #options: StdioOptions;
  /** The chunks of a line that has not ended. */
  #begun: Buffer[] = [];
  #begunBytes = 0;
  readonly #onData = (chunk: Buffer) => this.#read(chunk);
  readonly #onError = (error: Error) => this.onerror?.(error);

  constructor(options: StdioOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    this.#options.stdin.on("data", this.#onData).on("error", this.#onError);
  }

  /** Resolves when the message is written or, while the client reads slowly, when there is room again. */
  send(message: JSONRPCMessage): Promise<void> {
    return this.#write(readable(message));
  }

  async close(): Promise<void> {
    const { stdin } = this.#options;
    stdin.off("data", this.#onData).off("error", this.#onError);
    if (stdin.listenerCount("data") === 0) stdin.pause();
    this.#begun = [];
    this.onclose?.();
  }

  #read(chunk: Buffer): void {
    let rest = chunk;
    for (let end = rest.indexOf("\n"); end !== -1; end = rest.indexOf("\n")) {
      const line = Buffer.concat([...this.#begun, rest.subarray(0, end)]).toString("utf8");
      this.#begun = [];
      this.#begunBytes = 0;
      rest = rest.subarray(end + 1);
      this.#receive(line.trim());
    }
    if (rest.length === 0) return;
    this.#begun.push(rest);
    this.#begunBytes += rest.length;
    if (this.#begunBytes <= this.#options.maxMessageBytes) return;
    this.onerror?.(new MessageFault(`a message has more than ${this.#options.maxMessageBytes} bytes`));
    void this.close();
  }

  #receive(line: string): void {
    if (line === "") return;
    const received = readMessage(line);
    try {
      if ("message" in received) {
        this.onmessage?.(received.message);
        return;
      }
      this.onerror?.(new MessageFault(`a line of the client was no message: ${received.problem}`));
      for (const refusal of received.refusals) void this.#write(refusal);
    } catch (error) {
      this.onerror?.(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #write(message: JSONRPCMessage | Refusal): Promise<void> {
    const { stdout } = this.#options;
    return new Promise((resolve) => {
      if (stdout.write(`${stringifyJson(message)}\n`)) resolve();
      else stdout.once("drain", resolve);
    });
  }
}

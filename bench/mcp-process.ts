import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";

type Result = { [key: string]: unknown };

/** The forms of MCP in which a client speaks: by handshake (2025-11-25), or with an envelope in each request (2026-07-28). */
export type Era = "legacy" | "modern";

/** The part of `params` with which a request of MCP 2026-07-28 tells who sends it. */
const ENVELOPE = {
  _meta: {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientCapabilities": {},
    "io.modelcontextprotocol/clientInfo": { name: "bench", version: "1" },
  },
};

/** The present and the largest resident size of a process, in MB. Undefined except on Linux. */
export function memoryOf(pid: number | undefined): { nowMb: number; peakMb: number } | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const read = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1024;
    return { nowMb: read("VmRSS"), peakMb: read("VmHWM") };
  } catch {
    return undefined;
  }
}

/** A server on stdio. Its client does as little as possible, so that the measured time is the server's. */
export class McpProcess {
  static readonly INITIALIZE = {
    protocolVersion: "2025-11-25",
    capabilities: {},
    clientInfo: { name: "bench", version: "1" },
  };
  readonly #era: Era;
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, { resolve: (line: string) => void; reject: (error: Error) => void }>();
  #chunks: Buffer[] = [];
  #lastId = 0;

  constructor(args: readonly string[], env: Record<string, string> = {}, era: Era = "legacy") {
    this.#era = era;
    this.#child = spawn(process.execPath, args, {
      env: { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "", ...env },
      stdio: ["pipe", "pipe", "ignore"],
    });
    this.#child.stdout?.on("data", (chunk: Buffer) => this.#read(chunk));
    this.#child.once("close", (code) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`The server ended with ${code}.`));
    });
  }

  #read(chunk: Buffer): void {
    let rest = chunk;
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      const line = Buffer.concat([...this.#chunks, rest.subarray(0, end)]).toString();
      this.#chunks = [];
      rest = rest.subarray(end + 1);
      // The SDKs write the id last, so the end of a long line is enough to find it. An answer of the server's own has
      // the id first, and no quotation mark in a text stands before it.
      const id = Number((/"id":(\d+)\}?$/.exec(line.slice(-40)) ?? /^\{"jsonrpc":"2.0","id":(\d+)/.exec(line))?.[1]);
      this.#waiting.get(id)?.resolve(line);
      this.#waiting.delete(id);
    }
    if (rest.length > 0) this.#chunks.push(rest);
  }

  #write(message: object): void {
    this.#child.stdin?.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
  }

  /**
   * Sends a request. Resolves with the line that answers it, as text that is not parsed.
   * @throws Error if the server ends before it answers
   */
  ask(method: string, params: object = {}): Promise<string> {
    this.#lastId += 1;
    const id = this.#lastId;
    this.#write({ id, method, params: this.#era === "modern" ? { ...params, ...ENVELOPE } : params });
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  /** Begins as a client of its form does that knows nothing of the server. */
  async begin(): Promise<void> {
    if (this.#era === "legacy") await this.initialize();
    else resultOf(await this.ask("server/discover"));
  }

  async initialize(): Promise<void> {
    await this.ask("initialize", McpProcess.INITIALIZE);
    this.#write({ method: "notifications/initialized" });
  }

  /**
   * Calls a tool. Resolves with the line that answers it, as text that is not parsed.
   * @throws Error if the call failed
   */
  async call(name: string, args: object): Promise<string> {
    const line = await this.ask("tools/call", { name, arguments: args });
    // A failure is short, so a long line is not searched. Quotes inside a result's text are escaped and never match.
    if (line.length < 20_000 && line.includes('"isError":true')) throw new Error(line);
    return line;
  }

  /** The present and the largest resident size of the process, in MB. Undefined except on Linux. */
  memory(): { nowMb: number; peakMb: number } | undefined {
    return memoryOf(this.#child.pid);
  }

  async end(): Promise<void> {
    const ended = once(this.#child, "close");
    this.#child.stdin?.end();
    await ended;
  }
}

/**
 * Returns the result in a line from `ask` or `call`.
 * @throws Error if the line holds an error
 */
export function resultOf(line: string): Result {
  const { result, error } = JSON.parse(line) as { result?: Result; error?: { message: string } };
  if (result === undefined) throw new Error(error?.message ?? "no result");
  return result;
}

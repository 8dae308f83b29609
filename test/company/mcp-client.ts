import { Agent, type IncomingMessage, request } from "node:http";
import { envelope } from "../support/stateless.js";

/** The end of a request, as its client sees it. */
export interface Told {
  /**
   * done: an answer with what was asked for. refused: an answer that says it did not work. cut: the connection ended
   * without an answer.
   */
  end: "done" | "refused" | "cut";
  /** The code of the refusal: a status, or that of a result. The code of the system for a connection that was cut. */
  code: string;
  text: string;
  status: number | undefined;
  headers: IncomingMessage["headers"];
  tookMs: number;
}

const LATE_MS = 150_000;

/** A client of MCP 2026-07-28 that does as little as possible, on connections that stay open. */
export class McpClient {
  readonly #url: string;
  readonly #agent: Agent;

  /** @param url the address of /mcp */
  constructor(url: string, connections = Number.POSITIVE_INFINITY) {
    this.#url = url;
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  /** Sends a request. Never rejects. */
  ask(token: string, method: string, params: object = {}, name?: string): Promise<Told> {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params: { ...params, _meta: envelope() } });
    const headers = {
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
      accept: "application/json, text/event-stream",
      "mcp-protocol-version": "2026-07-28",
      "mcp-method": method,
      ...(name !== undefined && { "mcp-name": name }),
    };
    const startedAtMs = performance.now();
    const told = (rest: Omit<Told, "tookMs">): Told => ({ ...rest, tookMs: performance.now() - startedAtMs });
    return new Promise((resolve) => {
      const cut = (error: NodeJS.ErrnoException) =>
        resolve(told({ end: "cut", code: error.code ?? error.message, text: "", status: undefined, headers: {} }));
      const options = { method: "POST", agent: this.#agent, headers, timeout: LATE_MS };
      const sent = request(this.#url, options, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (part: string) => {
          text += part;
        });
        response.on("error", cut);
        response.on("end", () => {
          if (response.complete) resolve(told(endOf(response, text)));
        });
      });
      sent.on("timeout", () => sent.destroy(Object.assign(new Error("late"), { code: "LATE" })));
      sent.on("error", cut).end(body);
    });
  }

  /** Calls a tool. */
  call(token: string, name: string, args: object = {}): Promise<Told> {
    return this.ask(token, "tools/call", { name, arguments: args }, name);
  }

  close(): void {
    this.#agent.destroy();
  }
}

function endOf({ statusCode: status = 0, headers }: IncomingMessage, text: string): Omit<Told, "tookMs"> {
  const read = { text, status, headers };
  if (status !== 200) {
    // A balancer's own page: nobody knows how far the request has come.
    const isOurs = String(headers["content-type"]).includes("json");
    const isUnknown = !isOurs && (status === 502 || status === 504);
    return { ...read, end: isUnknown ? "cut" : "refused", code: String(status) };
  }
  if (text.includes('"isError":true'))
    return { ...read, end: "refused", code: /"text":"(\w+): /.exec(text)?.[1] ?? "" };
  if (/"error":\{"code"/.test(text)) return { ...read, end: "refused", code: "protocol" };
  // A stream that ended before its result has told nothing.
  if (!text.includes('"result"')) return { ...read, end: "cut", code: "no result" };
  return { ...read, end: "done", code: "" };
}

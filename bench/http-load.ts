import { Agent, request } from "node:http";
import { timeOf } from "./subjects.js";

/** A call of `get_user` in the form of MCP 2026-07-28, which needs nothing before it. */
const BODY = JSON.stringify({
  jsonrpc: "2.0",
  id: 1,
  method: "tools/call",
  params: {
    name: "get_user",
    arguments: { user_id: "00u1" },
    _meta: {
      "io.modelcontextprotocol/protocolVersion": "2026-07-28",
      "io.modelcontextprotocol/clientCapabilities": {},
      "io.modelcontextprotocol/clientInfo": { name: "bench", version: "1" },
    },
  },
});

const HEADERS = {
  "content-type": "application/json",
  accept: "application/json, text/event-stream",
  "content-length": Buffer.byteLength(BODY),
  "mcp-protocol-version": "2026-07-28",
  "mcp-method": "tools/call",
  "mcp-name": "get_user",
};

/** Calls `get_user` over HTTP with connections that stay open. It does as little as possible besides. */
export class HttpLoad {
  readonly #url: string;
  readonly #tokens: readonly string[];
  readonly #agent: Agent;
  #next = 0;

  /** @param tokens each call uses the next one */
  constructor(url: string, tokens: readonly string[] = ["bench"]) {
    this.#url = url;
    this.#tokens = tokens;
    this.#agent = new Agent({ keepAlive: true });
  }

  /** @throws Error for every answer that is not the user */
  #call(): Promise<void> {
    this.#next += 1;
    const token = this.#tokens[this.#next % this.#tokens.length];
    const options = { method: "POST", agent: this.#agent, headers: { ...HEADERS, authorization: `Bearer ${token}` } };
    return new Promise((resolve, reject) => {
      const call = request(this.#url, options, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (part: string) => {
          text += part;
        });
        response.on("error", reject).on("end", () => {
          if (response.statusCode === 200 && text.includes("profile") && !text.includes('"isError":true')) resolve();
          else reject(new Error(`${response.statusCode} ${text.slice(0, 500)}`));
        });
      });
      call.on("error", reject).end(BODY);
    });
  }

  /** Makes calls, `width` of them at a time. Returns the time of each and of all, in milliseconds. */
  async run(count: number, width: number): Promise<{ eachMs: number[]; allMs: number }> {
    const eachMs: number[] = [];
    let left = count;
    const lane = async () => {
      while (left-- > 0) eachMs.push(await timeOf(() => this.#call()));
    };
    const allMs = await timeOf(() => Promise.all(Array.from({ length: width }, lane)));
    return { eachMs, allMs };
  }

  end(): void {
    this.#agent.destroy();
  }
}

import { request } from "node:http";
import { readAnswer } from "./company-client.js";
import { ASKS, type Brought, envelope, roundIn, STATELESS } from "./stateless.js";

export interface ModernOptions {
  /** The capabilities that the client declares; by default it shows forms and links. */
  capabilities?: object;
  /** The address to which requests go, where another instance than the first answers. */
  at?: string;
  signal?: AbortSignal;
}

/** What a client of MCP 2026-07-28 sends over HTTP with its token. */
export function modernClient(publicUrl: string, token: string, options: ModernOptions = {}) {
  const { capabilities = ASKS, at = publicUrl } = options;

  /** Sends a request; the answer is not read. */
  const send = (method: string, params: object = {}, name?: string, signal = options.signal) =>
    post(`${at}/mcp`, {
      headers: {
        host: new URL(publicUrl).host,
        authorization: `Bearer ${token}`,
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        "mcp-protocol-version": STATELESS,
        "mcp-method": method,
        ...(name === undefined ? {} : { "mcp-name": name }),
      },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params: { ...params, _meta: envelope(capabilities) } }),
      ...(signal === undefined ? {} : { signal }),
    });

  /** Sends a request and reads its answer. */
  const ask = async (method: string, params: object = {}, name?: string) =>
    readAnswer(await send(method, params, name));

  /** Calls a tool. Returns the end of the round. */
  const round = async (name: string, args: object = {}, brought: Brought = {}) =>
    roundIn((await ask("tools/call", { name, arguments: args, ...brought }, name)).message);

  return { send, ask, round };
}

interface Posted {
  headers: Record<string, string>;
  body: string;
  signal?: AbortSignal;
}

/** Sends a request under the host name of the server, whatever instance it goes to: `fetch` would name the instance. */
function post(url: string, { headers, body, signal }: Posted): Promise<Response> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: "POST", headers, signal }, (answer) => {
      const stream = new ReadableStream({
        start(controller) {
          answer.on("data", (chunk: Buffer) => controller.enqueue(chunk));
          answer.on("end", () => controller.close());
          answer.on("error", (error) => controller.error(error));
        },
        cancel: () => void sent.destroy(),
      });
      const told = Object.entries(answer.headers).map(([name, value]): [string, string] => [name, String(value)]);
      resolve(new Response(stream, { status: answer.statusCode ?? 500, headers: told }));
    });
    sent.on("error", reject).end(body);
  });
}

/** The result of a call by an older client, as the text says it. */
// biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects
export function resultIn({ message }: { message: any }): any {
  const { isError, content } = message.result;
  if (isError) throw new Error(content[0].text);
  return JSON.parse(content[0].text);
}

/** The error of a call by an older client: its code, its text, and the address of a page where it names one. */
// biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects
export function errorIn({ message }: { message: any }): { code: string; text: string; url: string } {
  const text: string = message.result.content[0].text;
  const code = message.result.isError ? (/^(\w+): /.exec(text)?.[1] ?? "") : "ok";
  return { code, text, url: /https?:\/\/[\w.:[\]-]+\/(?:approve\/[\w-]+|connect\/[\w-]+)/.exec(text)?.[0] ?? "" };
}

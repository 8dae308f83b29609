import { expect } from "vitest";
import { type RunningCli, startCli } from "./cli.js";

export interface Message {
  jsonrpc: "2.0";
  id?: number | null;
  method?: string;
  result?: ReturnType<typeof JSON.parse>;
  error?: { code: number; message: string; data?: unknown };
}

/** The parameters of a client's first message. The client has no capabilities. */
export const HELLO = {
  protocolVersion: "2025-11-25",
  capabilities: {},
  clientInfo: { name: "test", version: "0" },
} as const;

/** The first message of a client. */
export const INITIALIZE = { jsonrpc: "2.0", id: 1, method: "initialize", params: HELLO } as const;

/** Returns the message in a line. Fails if the line is not JSON-RPC. */
function read(line: string): Message {
  const message: Message = JSON.parse(line);
  expect(message.jsonrpc).toBe("2.0");
  return message;
}

/** Returns the client's end of a server on stdio. Its raw lines let a test send what no library would send. */
export function speakTo(cli: RunningCli) {
  let lastId = 0;
  const raw = (line: string) => void cli.child.stdin.write(`${line}\n`);
  const write = (message: object) => raw(JSON.stringify({ jsonrpc: "2.0", ...message }));
  const lines = () => cli.stdout().split("\n").slice(0, -1);
  /** Returns the messages in all complete lines on stdout. Fails if a line is not JSON-RPC. */
  const messages = () => lines().map(read);
  /**
   * Sends a request whose `params` are JSON text.
   * @returns the id of the request
   */
  const sendText = (method: string, params: string): number => {
    lastId += 1;
    raw(`{"jsonrpc":"2.0","id":${lastId},"method":${JSON.stringify(method)},"params":${params}}`);
    return lastId;
  };
  const send = (method: string, params: object = {}) => sendText(method, JSON.stringify(params));
  const answer = async (id: number): Promise<Message> => {
    await cli.seen("stdout", new RegExp(`^\\{(?=.*"id":${id}[,}]).*"(?:result|error)":.*\\}$`, "m"));
    const about = lines().filter((line) => line.includes(`"id":${id}`));
    return about.map(read).find((one) => one.id === id && one.method === undefined) ?? expect.fail("no answer");
  };
  const ask = (method: string, params: object = {}) => answer(send(method, params));
  const begin = async (capabilities: object = {}) => {
    const reply = await ask("initialize", { ...HELLO, capabilities });
    write({ method: "notifications/initialized" });
    return reply;
  };
  /**
   * Calls a tool.
   * @returns the id of the request
   */
  const call = (name: string, args: object = {}) => send("tools/call", { name, arguments: args });
  /** Calls a tool with arguments as JSON text. Returns the text of the answer, and the code if the call was refused. */
  const callText = async (tool: string, args: string): Promise<{ code: string | undefined; text: string }> => {
    const params = `{"name":${JSON.stringify(tool)},"arguments":${args}}`;
    const { result, error } = await answer(sendText("tools/call", params));
    const text: string = result?.content?.[0]?.text ?? error?.message ?? "";
    const code = error ? "protocol" : /^(\w+): /.exec(result?.isError ? text : "")?.[1];
    return { code, text };
  };
  return { raw, write, messages, send, sendText, answer, ask, begin, call, callText };
}

/** Starts the server on stdio, and a client that has begun its session. */
export async function startServer(env: Record<string, string>, args: readonly string[] = []) {
  const cli = startCli(["run", ...args], { env });
  const client = speakTo(cli);
  await client.begin();
  return { cli, ...client };
}

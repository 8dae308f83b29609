import { PassThrough } from "node:stream";
import { Client, type ClientCapabilities, type ElicitRequest, type ElicitResult } from "@modelcontextprotocol/client";
import { StdioServerTransport } from "@modelcontextprotocol/server/stdio";
import { expect, onTestFinished } from "vitest";
import type { RunningCli } from "./cli.js";
import type { Message, speakTo } from "./stdio.js";

/** The revision of MCP in which each request stands alone. */
export const STATELESS = "2026-07-28";

const PREFIX = "io.modelcontextprotocol";

/** The keys of an envelope, and of the server's name in a result. They are repeated here, because clients rely on them. */
export const KEYS = {
  version: `${PREFIX}/protocolVersion`,
  client: `${PREFIX}/clientInfo`,
  capabilities: `${PREFIX}/clientCapabilities`,
  server: `${PREFIX}/serverInfo`,
  subscription: `${PREFIX}/subscriptionId`,
} as const;

/** What a client can do that shows forms and links and has no folders. */
export const ASKS = { elicitation: { form: {}, url: {} } } as const;

/** Returns the envelope of a request by a client with these capabilities. */
export function envelope(capabilities: object = {}, more: object = {}): Record<string, unknown> {
  return {
    [KEYS.version]: STATELESS,
    [KEYS.client]: { name: "test", version: "0" },
    [KEYS.capabilities]: capabilities,
    ...more,
  };
}

/** What a repeated call brings. */
export interface Brought {
  inputResponses?: unknown;
  requestState?: unknown;
}

/** A yes to the question of a round. */
export const YES = { confirm: { action: "accept", content: { confirm: true } } } as const;

/** Returns the client's end of the stateless revision, beside the older one on the same streams. */
export function statelessly({ send, answer }: ReturnType<typeof speakTo>, capabilities: object = ASKS) {
  /**
   * Sends a request in an envelope.
   * @param meta more members of `_meta`
   * @returns the id of the request
   */
  const sendEnveloped = (method: string, params: object = {}, meta: object = {}) =>
    send(method, { ...params, _meta: envelope(capabilities, meta) });
  const ask = (method: string, params: object = {}, meta: object = {}) => answer(sendEnveloped(method, params, meta));
  /**
   * Calls a tool.
   * @returns the id of the request
   */
  const call = (name: string, args: object = {}, brought: Brought = {}, meta: object = {}) =>
    sendEnveloped("tools/call", { name, arguments: args, ...brought }, meta);
  /** Calls a tool. Returns the end of the round. */
  const round = async (name: string, args: object = {}, brought: Brought = {}, meta: object = {}) =>
    roundIn(await answer(call(name, args, brought, meta)));
  return { send: sendEnveloped, ask, call, round };
}

/** The end of a round, as a client sees it. */
export interface RoundEnd {
  /** "ok", the code of an error as a result, the number of an error of the protocol, or "asks". */
  sees: string | number;
  /** The text that a model reads, or the message of an error of the protocol. Empty for a question. */
  text: string;
  /** The words of each question by its id. Links follow theirs. */
  questions: Record<string, string>;
  state: string;
  message: Message;
}

/** Returns the end of a round. Fails if the answer lacks a member that every answer of the revision has. */
export function roundIn(message: Message): RoundEnd {
  const { result, error } = message;
  const end = { text: "", questions: {}, state: "", message };
  if (error !== undefined) return { ...end, sees: error.code, text: error.message };
  expect(result._meta[KEYS.server]).toMatchObject({ name: "okta-mcp", version: expect.any(String) });
  if (result.resultType === "input_required") {
    expect(Object.keys(result).sort()).toEqual(["_meta", "inputRequests", "requestState", "resultType"]);
    const asked = Object.entries(
      result.inputRequests as Record<string, { params?: { message: string; url?: string } }>,
    );
    const words = asked.map(([id, { params }]) => [id, [params?.message, params?.url].filter(Boolean).join("\n")]);
    return { ...end, sees: "asks", questions: Object.fromEntries(words), state: result.requestState };
  }
  expect(result.resultType).toBe("complete");
  const text: string = result.content[0].text;
  return { ...end, text, sees: result.isError ? (/^(\w+): /.exec(text)?.[1] ?? "") : "ok" };
}

/** Answers a question as the person behind the client does. */
export type Person = (question: ElicitRequest["params"]) => ElicitResult | Promise<ElicitResult>;

/** Connects the client of the MCP library, pinned to the stateless revision, to a running command. */
export async function connectPinned(cli: RunningCli, person: Person | undefined, capabilities?: ClientCapabilities) {
  const client = new Client(
    { name: "pinned", version: "1.0.0" },
    { capabilities: capabilities ?? (person ? ASKS : {}), versionNegotiation: { mode: { pin: STATELESS } } },
  );
  if (person) client.setRequestHandler("elicitation/create", ({ params }) => person(params));
  const strays: string[] = [];
  client.onerror = ({ message }) => void strays.push(message);
  onTestFinished(() => {
    expect(strays).toEqual([]);
    cli.child.stdin.end();
  });
  // The command's output is read as text. The library reads bytes.
  const bytes = cli.child.stdout.pipe(new PassThrough());
  await client.connect(new StdioServerTransport(bytes, cli.child.stdin));
  expect(client.getProtocolEra()).toBe("modern");
  return client;
}

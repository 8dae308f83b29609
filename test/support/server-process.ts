import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import type { RequestOptions } from "@modelcontextprotocol/sdk/shared/protocol.js";
import {
  type ElicitRequest,
  ElicitRequestSchema,
  type ElicitResult,
  ListRootsRequestSchema,
  ToolListChangedNotificationSchema,
} from "@modelcontextprotocol/sdk/types.js";
import { BUILT_ENTRY } from "./built.js";
import { withItems } from "./result-text.js";

export type Json = { [key: string]: unknown };

/** How a call ended, as the client sees it. */
export interface Outcome {
  /** "ok", the code of an error, or "gone" where the server ended before it answered. */
  sees: string;
  message: string;
  fix: string;
  retryAfterSeconds: number | undefined;
  data: Json;
  /** The text that a model reads; empty where no result came. */
  text: string;
  tookMs: number;
}

/** An outcome of which nothing is known but what the caller sees and what is given. */
export function outcome(sees: string, rest: Partial<Outcome> = {}): Outcome {
  return { sees, message: "", fix: "", retryAfterSeconds: undefined, data: {}, text: "", tookMs: 0, ...rest };
}

/** How the process ended. */
export interface End {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** The built server in a process of its own, with the official client at the other end. */
export interface ServerProcess {
  client: Client;
  child: ChildProcessWithoutNullStreams;
  stderr(): string;
  /** Every byte that came on stdout. */
  stdout(): string;
  /** What came on stdout that is no message of the protocol. */
  strays: string[];
  /** How often the server said that its list of tools has changed. */
  listChanges(): number;
  call(name: string, args?: Json, options?: RequestOptions): Promise<Outcome>;
  ended: Promise<End>;
  /** Leaves as a client does, by closing stdin; resolves with the end and how long it took. */
  leave(): Promise<End & { tookMs: number }>;
  /** Closes our ends of its streams, which a process that it left behind may hold open. */
  letGo(): void;
}

/** How the person behind the client answers a question, or the client in the person's place. */
export type Person = (question: ElicitRequest["params"]) => ElicitResult | Promise<ElicitResult>;

export interface ServerProcessOptions {
  env: Record<string, string>;
  cwd: string;
  /** Flags of the server. */
  args?: readonly string[] | undefined;
  /** By default says yes to everything; null for a client that cannot ask anybody. */
  person?: Person | null | undefined;
  /** The client's roots, as URIs; without it the client has none. */
  roots?: readonly string[] | undefined;
  /** Default true: results carry structured content besides their text. Without it outcomes are read from the text. */
  structuredContent?: boolean | undefined;
  /** Turns the command of the server into one that runs it in other surroundings. */
  wrap?: ((command: readonly string[]) => readonly string[]) | undefined;
  /** Opens a channel for messages between this process and the server's. */
  hasChannel?: boolean | undefined;
}

const saysYes: Person = ({ mode }) =>
  mode === "url" ? { action: "accept" } : { action: "accept", content: { confirm: true } };

/** Starts the built server and says hello to it. */
export async function startServer({
  env,
  cwd,
  args: flags = [],
  person = saysYes,
  roots,
  structuredContent = true,
  wrap = (command) => command,
  hasChannel = false,
}: ServerProcessOptions): Promise<ServerProcess> {
  const [program = "", ...args] = wrap([process.execPath, BUILT_ENTRY, ...flags]);
  const stdio = ["pipe", "pipe", "pipe", ...(hasChannel ? ["ipc" as const] : [])] as ["pipe", "pipe", "pipe"];
  const asked = structuredContent ? { OKTA_MCP_STRUCTURED_CONTENT: "1" } : {};
  const child = spawn(program, args, { env: { ...env, ...asked }, cwd, stdio });
  const stdoutParts: Buffer[] = [];
  child.stdout.on("data", (part: Buffer) => stdoutParts.push(part));
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  child.stdin.on("error", () => {});
  const ended = once(child, "exit").then(([code, signal]): End => ({ code, signal }));

  const client = new Client(
    { name: "faults", version: "1.0.0" },
    { capabilities: { ...(person && { elicitation: { form: {}, url: {} } }), ...(roots && { roots: {} }) } },
  );
  if (person) client.setRequestHandler(ElicitRequestSchema, ({ params }) => person(params));
  if (roots) client.setRequestHandler(ListRootsRequestSchema, () => ({ roots: roots.map((uri) => ({ uri })) }));
  let listChanges = 0;
  client.setNotificationHandler(ToolListChangedNotificationSchema, () => {
    listChanges += 1;
  });
  const strays: string[] = [];
  client.onerror = ({ message }) => {
    // An answer may cross its cancellation on the way.
    if (!message.startsWith("Received a response for an unknown message ID")) strays.push(message.slice(0, 500));
  };
  // The server's half of the SDK's stdio pair, turned round: the client's half starts the process
  // itself and keeps the process's end, its signals and its streams to itself.
  const transport = new StdioServerTransport(child.stdout, child.stdin);
  void ended.then(() => client.close());
  await client.connect(transport);

  const call = async (name: string, callArgs: Json = {}, options: RequestOptions = {}): Promise<Outcome> => {
    const startedAtMs = performance.now();
    const came = (sees: string, rest: Partial<Outcome>) =>
      outcome(sees, { ...rest, tookMs: performance.now() - startedAtMs });
    try {
      const result = await client.callTool({ name, arguments: callArgs }, undefined, { timeout: 150_000, ...options });
      const [{ text }] = result.content as [{ text: string }];
      const content = (result.structuredContent ?? readText(text, result.isError === true)) as Json & { error?: Json };
      if (result.isError !== true) return came("ok", { data: content, text });
      const { code, message, fix, data, retry_after_seconds: seconds } = content.error ?? {};
      return came(String(code), {
        text,
        message: String(message),
        fix: String(fix),
        retryAfterSeconds: typeof seconds === "number" ? seconds : undefined,
        data: (data ?? {}) as Json,
      });
    } catch (error) {
      return came(options.signal?.aborted ? "cancelled" : "gone", { message: String(error) });
    }
  };

  return {
    client,
    child,
    stderr: () => stderr,
    stdout: () => Buffer.concat(stdoutParts).toString("utf8"),
    strays,
    listChanges: () => listChanges,
    call,
    ended,
    async leave() {
      const startedAtMs = performance.now();
      child.stdin.end();
      const end = await ended;
      return { ...end, tookMs: performance.now() - startedAtMs };
    },
    letGo() {
      for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
    },
  };
}

/** What the text of a result says, as structured content would. */
function readText(text: string, isError: boolean): Json {
  if (!isError) return withItems(JSON.parse(text)) as Json;
  const line = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(text)?.[1] ?? "";
  const [, code = "", message = ""] = /^(\w+): (.*?)(?=\nFix: |$)/s.exec(text) ?? [];
  const data = line("Data");
  return { error: { code, message, fix: line("Fix"), ...(data === "" ? {} : { data: JSON.parse(data) }) } };
}

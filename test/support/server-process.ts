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

/** The end of a call, as the client sees it. */
export interface Outcome {
  /** "ok", the code of an error, "cancelled", or "gone" if the server ended before it answered. */
  sees: string;
  message: string;
  fix: string;
  retryAfterSeconds: number | undefined;
  data: Json;
  /** The text that a model reads. Empty if no result came. */
  text: string;
  tookMs: number;
}

/** Returns an outcome with the given parts. All other parts are empty. */
export function outcome(sees: string, rest: Partial<Outcome> = {}): Outcome {
  return { sees, message: "", fix: "", retryAfterSeconds: undefined, data: {}, text: "", tookMs: 0, ...rest };
}

/** The end of the process. */
export interface End {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** The built server in a process of its own, connected to the official client. */
export interface ServerProcess {
  client: Client;
  child: ChildProcessWithoutNullStreams;
  stderr(): string;
  /** Returns everything that came on stdout. */
  stdout(): string;
  /** The errors of the client about lines on stdout that are no messages of the protocol. */
  strays: string[];
  /** Returns how often the server has announced a change of its list of tools. */
  listChanges(): number;
  call(name: string, args?: Json, options?: RequestOptions): Promise<Outcome>;
  ended: Promise<End>;
  /**
   * Closes stdin, as a client does when it leaves. Resolves with the end of the process and its time in milliseconds.
   */
  leave(): Promise<End & { tookMs: number }>;
  /** Closes our ends of the streams. Otherwise a process that the server left behind could hold them open. */
  letGo(): void;
}

/** Answers a question as the person behind the client does, or as the client does in the person's place. */
export type Person = (question: ElicitRequest["params"]) => ElicitResult | Promise<ElicitResult>;

export interface ServerProcessOptions {
  env: Record<string, string>;
  cwd: string;
  /** The command-line flags of the server. */
  args?: readonly string[] | undefined;
  /** Answers questions. The default says yes to everything. With null the client cannot ask anybody. */
  person?: Person | null | undefined;
  /** The client's roots as URIs. Without it the client has no roots. */
  roots?: readonly string[] | undefined;
  /** By default results carry structured content besides their text. With false, outcomes are read from the text. */
  structuredContent?: boolean | undefined;
  /** Returns the command that runs the server in other surroundings. Takes the server's own command. */
  wrap?: ((command: readonly string[]) => readonly string[]) | undefined;
  /** Opens a channel for messages between this process and the server's process. */
  hasChannel?: boolean | undefined;
}

const saysYes: Person = ({ mode }) =>
  mode === "url" ? { action: "accept" } : { action: "accept", content: { confirm: true } };

/** Starts the built server and connects a client to it. Resolves after the handshake. */
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
    // An answer and the cancellation of its call may cross on the way.
    if (!message.startsWith("Received a response for an unknown message ID")) strays.push(message.slice(0, 500));
  };
  // This is the server's half of the SDK's stdio pair, used in the other direction. The client's half would start the
  // process itself, and would hide its end, its signals and its streams.
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

/** Returns the content of a result's text in the form of structured content. */
function readText(text: string, isError: boolean): Json {
  if (!isError) return withItems(JSON.parse(text)) as Json;
  const line = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(text)?.[1] ?? "";
  const [, code = "", message = ""] = /^(\w+): (.*?)(?=\nFix: |$)/s.exec(text) ?? [];
  const data = line("Data");
  return { error: { code, message, fix: line("Fix"), ...(data === "" ? {} : { data: JSON.parse(data) }) } };
}

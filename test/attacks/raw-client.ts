import { spawn } from "node:child_process";
import { once } from "node:events";
import { BUILT_ENTRY } from "../support/built.js";
import { type Outcome, outcome } from "../support/server-process.js";
import type { Stage } from "../support/stage.js";

export interface RawMessage {
  jsonrpc?: string;
  id?: unknown;
  method?: string;
  // biome-ignore lint/suspicious/noExplicitAny: a message may be of any form, and the tests check what they use.
  params?: any;
  // biome-ignore lint/suspicious/noExplicitAny: see above
  result?: any;
  error?: { code: number; message: string };
}

/** A client that sends any text as a line, because client libraries refuse to send malformed messages. */
export interface RawClient {
  line(text: string): void;
  /** Sends a request with these parameters as JSON text, and resolves with its answer. */
  ask(method: string, params: string): Promise<RawMessage>;
  /** Calls a tool. The outcome's `sees` is "ok", the code of the refusal, "protocol" or "ended". */
  call(tool: string, args: object): Promise<Outcome>;
  /** Resolves with the next request of this method that the server sends. */
  asked(method: string): Promise<RawMessage>;
  stderr(): string;
  /** Closes the server's input, and resolves with its exit code. */
  leave(): Promise<{ code: number | null }>;
}

/** Starts another built server with the settings of a stage, and initializes the connection with these capabilities. */
export async function startRaw(
  { env, folder }: Pick<Stage, "env" | "folder">,
  capabilities: object = {},
): Promise<RawClient> {
  const child = spawn(process.execPath, [BUILT_ENTRY], { env: { ...env }, cwd: folder, stdio: "pipe" });
  child.stdin.on("error", () => {});
  const answers = new Map<number, (message: RawMessage) => void>();
  let waiting: { method: string; tell: (message: RawMessage) => void }[] = [];
  let rest = "";
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const message of lines.map((line) => JSON.parse(line) as RawMessage)) {
      const answer = message.method === undefined ? answers.get(message.id as number) : undefined;
      if (answer) {
        answers.delete(message.id as number);
        answer(message);
        continue;
      }
      const met = waiting.filter(({ method }) => method === message.method);
      waiting = waiting.filter((one) => !met.includes(one));
      for (const { tell } of met) tell(message);
    }
  });
  const ended = once(child, "close").then(([code]) => ({ code: code as number | null }));
  void ended.then(() => {
    for (const tell of answers.values()) tell({ error: { code: 0, message: "ended" } });
  });
  let lastId = 0;
  const line = (text: string) => void child.stdin.write(`${text}\n`);
  const ask = (method: string, params: string) => {
    lastId += 1;
    const id = lastId;
    const answer = new Promise<RawMessage>((resolve) => answers.set(id, resolve));
    line(`{"jsonrpc":"2.0","id":${id},"method":${JSON.stringify(method)},"params":${params}}`);
    return answer;
  };
  const hello = { protocolVersion: "2025-11-25", capabilities, clientInfo: { name: "raw", version: "0" } };
  await ask("initialize", JSON.stringify(hello));
  line('{"jsonrpc":"2.0","method":"notifications/initialized"}');
  return {
    line,
    ask,
    stderr: () => stderr,
    asked: (method) => new Promise((tell) => waiting.push({ method, tell })),
    async call(tool, args) {
      const { result, error } = await ask("tools/call", JSON.stringify({ name: tool, arguments: args }));
      if (error) return outcome(error.message === "ended" ? "ended" : "protocol", { text: error.message });
      const text = String(result?.content?.[0]?.text);
      return outcome(result?.isError ? (/^(\w+):/.exec(text)?.[1] ?? "") : "ok", { text });
    },
    async leave() {
      const killer = setTimeout(() => child.kill("SIGKILL"), 5_000);
      child.stdin.end();
      const end = await ended;
      clearTimeout(killer);
      return end;
    },
  };
}

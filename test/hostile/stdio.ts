import { onTestFinished } from "vitest";
import { DEVICE_CLIENT_ID } from "../../src/sandbox/facts.js";
import { startSandbox } from "../../src/sandbox/server.js";
import { testAuthorization } from "../support/authorization.js";
import { type RunningCli, startCli } from "../support/cli.js";
import { ALL_SCOPES } from "../support/client.js";

export interface Reply {
  id?: number | null;
  result?: { isError?: boolean; content?: { text: string }[]; structuredContent?: { [key: string]: unknown } };
  error?: { code: number; message: string };
}

/** A sandbox, and the settings with which a command is signed in to it. */
export async function openOrg() {
  const sandbox = await startSandbox({ seed: null, authorization: testAuthorization({ deviceIntervalSeconds: 1 }) });
  onTestFinished(sandbox.close);
  const env = {
    OKTA_ORG_URL: sandbox.origin,
    OKTA_CLIENT_ID: DEVICE_CLIENT_ID,
    OKTA_SCOPES: ALL_SCOPES.join(" "),
    OKTA_ACCESS_TOKEN: await sandbox.authorization.control.issueAccessToken(ALL_SCOPES),
  };
  return { sandbox, org: sandbox.org, env };
}

/** The client's end of the server's stdio, in raw lines, so that what no library would send can be sent. */
export function speakTo(cli: RunningCli) {
  let lastId = 0;
  const raw = (line: string) => void cli.child.stdin.write(`${line}\n`);
  /** Sends a request whose `params` are given as JSON text. */
  const send = (method: string, params: string): number => {
    lastId += 1;
    raw(`{"jsonrpc":"2.0","id":${lastId},"method":${JSON.stringify(method)},"params":${params}}`);
    return lastId;
  };
  const answer = async (id: number): Promise<Reply> => {
    const [line] = await cli.seen("stdout", new RegExp(`^\\{.*"id":${id}[,}].*$`, "m"));
    return JSON.parse(line);
  };
  const begin = async () => {
    const hello = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "test", version: "0" } };
    await answer(send("initialize", JSON.stringify(hello)));
    raw('{"jsonrpc":"2.0","method":"notifications/initialized"}');
  };
  /** Calls a tool with arguments as JSON text. */
  const call = async (tool: string, args: string): Promise<{ code: string | undefined; text: string }> => {
    const { result, error } = await answer(send("tools/call", `{"name":${JSON.stringify(tool)},"arguments":${args}}`));
    const text = result?.content?.[0]?.text ?? error?.message ?? "";
    const code = error ? "protocol" : /^(\w+): /.exec(result?.isError ? text : "")?.[1];
    return { code, text };
  };
  return { raw, send, answer, begin, call };
}

/** The server on stdio, signed in, and its client. */
export async function startServer(env: Record<string, string>, args: readonly string[] = []) {
  const cli = startCli(["run", ...args], { env });
  const client = speakTo(cli);
  await client.begin();
  return { cli, ...client };
}

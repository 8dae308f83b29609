import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished } from "vitest";
import { BUILT_ENTRY } from "../support/built.js";
import { cleanEnv, spawnProcess, temporaryFolder } from "../support/cli.js";
import { addressesIn, type Connect, type Peer, textIn, told } from "./peer.js";

/** The server's own command, and its environment in the form of the Inspector's flags. */
const SERVER = [process.execPath, BUILT_ENTRY];
const flagsOf = (env: Record<string, string>) =>
  Object.entries(env).flatMap(([name, value]) => ["-e", `${name}=${value}`]);

/** Returns a function that runs a command of the Inspector and returns the JSON that it prints. */
function runner(command: readonly string[], env: Record<string, string>) {
  return async (args: readonly string[]) => {
    const run = spawnProcess([...command, ...args], { env });
    run.child.stdin.end();
    const { stdout, stderr } = await run.ended;
    return JSON.parse(stdout === "" ? expect.fail(stderr) : stdout);
  };
}

/**
 * Returns a function that connects the Inspector by the command that keeps connections: a process in the background
 * holds the connection, and each command of a person at the terminal goes through it.
 * @param command the Inspector's command `mcpdo`
 * @param era the era of the protocol that the Inspector is told to speak
 */
export const connectInspector =
  (command: readonly string[], era: Peer["era"]): Connect =>
  async (env, says) => {
    const folder = temporaryFolder();
    const daemon = join(folder, "daemon");
    mkdirSync(daemon, { mode: 0o700 });
    const mine = cleanEnv({
      HOME: folder,
      MCP_INSPECTOR_DAEMON_DIR: daemon,
      MCP_INSPECTOR_DAEMON_TOKEN: "of-this-test",
      MCP_INSPECTOR_SECRET_STORE: "file",
    });
    const run = runner([...command, "--format", "json", "--connection", "org"], mine);
    onTestFinished(async () => {
      await run(["daemon", "stop"]);
      // The process that held the connection ends a moment after its answer.
      while ((await run(["daemon", "status"])).running !== false);
    });
    const asks = ["--elicit", says === null ? "off" : "form"];
    const connection = await run(["connect", "--era", era, ...asks, ...flagsOf(cleanEnv(env)), "--", ...SERVER]);
    const asked: string[] = [];
    return {
      era: connection.protocolEra,
      asked,
      list: async () => (await run(["tools/list"])).tools.map(({ name }: { name: string }) => name),
      texts: async () => addressesIn(await run(["resources/list"]), await run(["resources/templates/list"])),
      read: async (uri) => textIn(await run(["resources/read", uri])),
      async call(name, args = {}) {
        const given = Object.entries(args).map(([argument, value]) => `${argument}:=${JSON.stringify(value)}`);
        const result = await run(["tools/call", name, ...given]);
        if (result.elicitationPending === undefined) return told(result);
        const { elicitationId, message } = result.elicitationPending;
        asked.push(message);
        const answer = says === "yes" ? ["confirm:=true"] : ["--decline"];
        return told(await run(["elicitation/respond", elicitationId, ...answer]));
      },
    };
  };

/**
 * Returns a function that runs one request with the Inspector's command line. Each request has a server of its own.
 * @param command the Inspector's command `mcp-inspector`
 */
export function inspectorRequests(command: readonly string[], env: Record<string, string>, era: "legacy" | "auto") {
  const mine = cleanEnv({ HOME: temporaryFolder() });
  const run = runner([...command, "--cli", "--format", "json", "--protocol-era", era, ...flagsOf(cleanEnv(env))], mine);
  const request = async (method: string, ...flags: string[]) =>
    (await run(["--method", method, ...flags, ...SERVER])).result;
  return {
    list: async () => (await request("tools/list")).tools.map(({ name }: { name: string }) => name),
    call: async (name: string, args: object) =>
      told(await request("tools/call", "--tool-name", name, "--tool-args-json", JSON.stringify(args))),
  };
}

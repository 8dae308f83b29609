import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as passMs } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import { startSandbox } from "../../sandbox/server.js";
import { testAuthorization } from "../support/authorization.js";
import { COMMAND, cleanEnv, ROOT } from "../support/cli.js";
import { INITIALIZE } from "../support/stdio.js";

/** Longer than a finished command waits for what is still open, in milliseconds. */
const PAUSE_MS = 1500;

/** Five million characters; a pipe holds 64 kB. */
const LONG_TEXT = "x".repeat(5_000_000);

/** Opens an org with a group of a very long description. `run` starts a command whose output the test reads. */
async function openOrg() {
  const sandbox = await startSandbox({ seed: null, authorization: testAuthorization() });
  onTestFinished(sandbox.close);
  const group = sandbox.org.addGroup({ profile: { name: "Long", description: LONG_TEXT } });
  const env = cleanEnv({
    OKTA_ORG_URL: sandbox.origin,
    OKTA_SCOPES: "okta.groups.read",
    OKTA_ACCESS_TOKEN: await sandbox.authorization.control.issueAccessToken(["okta.groups.read"]),
    OKTA_MCP_MAX_RESULT_CHARS: "10000000",
  });
  function run(args: string[]) {
    const [program, ...first] = COMMAND;
    const child = spawn(program, [...first, ...args], { cwd: ROOT, env, stdio: ["pipe", "pipe", "ignore"] });
    onTestFinished(() => void child.kill("SIGKILL"));
    return { child, ended: once(child, "exit") as Promise<[number | null, NodeJS.Signals | null]> };
  }
  return { group, run };
}

/** Reads the first part of a stream, waits for `PAUSE_MS`, and then reads the rest. */
async function readSlowly(stream: NodeJS.ReadableStream): Promise<string> {
  let text = "";
  for await (const chunk of stream) {
    if (text === "") await passMs(PAUSE_MS);
    text += String(chunk);
  }
  return text;
}

describe("a reader that takes its time", () => {
  test("gets the whole of a long result", async () => {
    const { group, run } = await openOrg();
    const { child, ended } = run(["call", "get_group", "--arg", `group_id=${group.id}`]);
    child.stdin.end();
    const text = await readSlowly(child.stdout);
    expect(text.length).toBeGreaterThan(LONG_TEXT.length);
    expect(JSON.parse(text).profile.description === LONG_TEXT).toBe(true);
    expect(await ended).toEqual([0, null]);
  });

  test("gets every answer of a server whose input has ended", async () => {
    const { group, run } = await openOrg();
    const { child, ended } = run([]);
    const send = (message: object) => child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
    send(INITIALIZE);
    send({ method: "notifications/initialized" });
    await once(child.stdout, "readable");
    send({ id: 2, method: "tools/call", params: { name: "get_group", arguments: { group_id: group.id } } });
    let text = String(child.stdout.read());
    while (!text.includes('"id":2') && text.length < 100_000) {
      await once(child.stdout, "readable");
      text += String(child.stdout.read() ?? "");
    }
    child.stdin.end();
    text += await readSlowly(child.stdout);
    const lines = text.trimEnd().split("\n");
    expect(JSON.parse(lines.at(-1) ?? "").result.content[0].text.length).toBeGreaterThan(LONG_TEXT.length);
    expect(await ended).toEqual([0, null]);
  });

  test("and leaves in the middle ends the command at once", async () => {
    const { group, run } = await openOrg();
    const { child, ended } = run(["call", "get_group", "--arg", `group_id=${group.id}`]);
    child.stdin.end();
    await once(child.stdout, "readable");
    child.stdout.destroy();
    expect(await ended).toEqual([0, null]);
  });

  test.for(["call", "server"] as const)("holds nobody up who sends a signal (%s)", async (kind) => {
    const { group, run } = await openOrg();
    const { child, ended } = run(kind === "call" ? ["call", "get_group", "--arg", `group_id=${group.id}`] : []);
    if (kind === "server") {
      const messages = [
        INITIALIZE,
        { method: "notifications/initialized" },
        { id: 2, method: "tools/call", params: { name: "get_group", arguments: { group_id: group.id } } },
      ];
      for (const message of messages) child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
    } else {
      child.stdin.end();
    }
    // The first part of the output has arrived, and the next part fills the pipe.
    await once(child.stdout, "readable");
    child.kill("SIGTERM");
    const [code, signal] = await ended;
    expect(kind === "call" ? signal : code).toBe(kind === "call" ? "SIGTERM" : 0);
  });
});

import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { BUILT_ENTRY } from "../support/built.js";
import { requireOrSkip } from "../support/programs.js";
import { startInTerminal } from "../support/pty.js";
import { startServeCommand, startServeProcess } from "../support/serve-process.js";

/** Runs `serve keys` beside a server. Resolves with its exit code and what it wrote. */
async function keys(file: string, ...words: string[]) {
  const cli = startServeCommand(["keys", ...words, "--config", file]);
  const { code, stdout: out, stderr: err } = await cli.ended;
  return { code, out, err };
}

test("keys are rotated beside the running server, which takes them at SIGHUP and goes on serving", async () => {
  const serve = await startServeProcess();
  const { call } = await serve.signIn();
  expect((await keys(serve.file, "rotate", "data")).code).toBe(0);
  expect(await keys(serve.file, "rewrap")).toMatchObject({ code: 1, err: expect.stringContaining("not in use yet") });
  serve.cli.child.kill("SIGHUP");
  await serve.cli.seen("stderr", /the authorization server has other keys now/);
  expect(await keys(serve.file, "rewrap")).toMatchObject({ code: 0, out: expect.stringContaining("encrypted anew") });
  expect((await call("tools/list")).status).toBe(200);
  const { data, instances } = JSON.parse((await keys(serve.file, "--json")).out);
  expect(data).toMatchObject([{ state: "encrypts" }, { state: "reads", values: 0 }]);
  expect(instances).toMatchObject([{ lacks: [] }]);
  expect(await keys(serve.file, "drop", data[1].id, "--now")).toMatchObject({ code: 0 });
  expect(JSON.parse(readFileSync(join(serve.folder, "data", "data-keys.json"), "utf8")).keys).toHaveLength(1);
});

test("lost keys are given up after a question, never while a server runs and never without an answer", async (context) => {
  requireOrSkip(context, "python3");
  const serve = await startServeProcess();
  const { call } = await serve.signIn();
  expect((await call("tools/list")).status).toBe(200);
  const command = [process.execPath, BUILT_ENTRY, "serve", "keys", "start-over", "--config", serve.file];
  const answer = async (text: string) => {
    const terminal = startInTerminal(command);
    await terminal.seen("stdout", /cannot be undone\./);
    terminal.press(`${text}\r`);
    const { code } = await terminal.ended;
    return { code, screen: terminal.screen() };
  };
  expect(await answer("y")).toMatchObject({ code: 2, screen: expect.stringContaining("Another okta-mcp server") });
  serve.cli.child.kill("SIGTERM");
  await serve.cli.ended;
  rmSync(join(serve.folder, "data", "data-keys.json"));
  expect(await answer("n")).toMatchObject({ code: 1, screen: expect.stringContaining("Nothing was changed") });
  expect(await answer("y")).toMatchObject({ code: 0, screen: expect.stringMatching(/rows were given up/) });
});

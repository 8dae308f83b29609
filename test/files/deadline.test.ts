import { execFileSync } from "node:child_process";
import { closeSync, constants, existsSync, openSync, readdirSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, type TestContext, test } from "vitest";
import { Locks } from "../../src/auth/lock.js";
import { TokenFile } from "../../src/auth/token-file.js";
import { readAllowedFile } from "../../src/files/allowed-file.js";
import { Deadline } from "../../src/files/deadline.js";
import { FileJournal } from "../../src/journal/file-journal.js";
import { failure } from "../auth/support.js";
import { runCli, spawnProcess, startCli, temporaryFolder } from "../support/cli.js";
import { requireOrSkip, skipUnless } from "../support/programs.js";

/** The number of threads with which Node.js opens files. While all are taken, every other file operation waits. */
const THREADS = Number(process.env.UV_THREADPOOL_SIZE ?? 4);

/**
 * Keeps every file operation of this process waiting, as a lost network folder does. The test is skipped where the
 * system has no named pipes.
 * @returns a function that lets the operations go on
 */
function holdFiles(context: TestContext): () => Promise<void> {
  requireOrSkip(context, "mkfifo");
  const folder = temporaryFolder();
  const pipes = Array.from({ length: THREADS }, (_, index) => join(folder, `pipe-${index}`));
  execFileSync("mkfifo", pipes);
  // To open a pipe for reading waits until somebody opens it for writing.
  const waiting = pipes.map((pipe) => open(pipe, "r"));
  let held = true;
  const release = async () => {
    if (!held) return;
    held = false;
    const writers = pipes.map((pipe) => openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK));
    for (const handle of await Promise.all(waiting)) await handle.close();
    for (const writer of writers) closeSync(writer);
  };
  onTestFinished(release);
  return release;
}

/** Repeats an operation until it succeeds. */
const eventually = (tried: () => Promise<unknown>) =>
  expect
    .poll(() =>
      tried().then(
        () => true,
        () => false,
      ),
    )
    .toBe(true);

test("what keeps things in files gives up on a folder that never answers, and goes on once it does", async (context) => {
  const folder = temporaryFolder();
  const journal = new FileJournal({
    dir: async () => join(folder, "j"),
    maxFileBytes: 1_000,
    maxFiles: 2,
    stepLimitMs: 50,
  });
  const tokens = new TokenFile({ orgUrl: "https://acme.okta.com", clientId: "0oa1" }, async () => folder, 50);
  const files = { roots: [folder], maxBytes: 10, deadline: new Deadline(50) };
  const release = holdFiles(context);
  for (const step of [
    () => journal.check(),
    () => tokens.prepare(),
    () => tokens.read(),
    () => readAllowedFile("logo.png", files),
    // The journal refuses at once, because repeated calls must not take one thread after the other.
    () => journal.append({ id: "chg1", outcome: "done" }),
  ]) {
    const error = await failure(step());
    expect(error).toMatchObject({ code: "bad_config", exitCode: 2 });
    expect(error.message).toContain("no answer within 0.05 s");
  }
  await release();
  await eventually(() => journal.check());
  await eventually(() => tokens.prepare());
});

/** Settings of an org that receives no request. */
const ORG = { OKTA_ORG_URL: "http://127.0.0.1:9", OKTA_CLIENT_ID: "0oa1", OKTA_SCOPES: "okta.groups.manage" };

test("a lock is given up in a folder that never answers, and can be had once it does", async (context) => {
  const folder = join(temporaryFolder(), "locks");
  const locks = new Locks(50);
  const release = await locks.take(folder, "first");
  const letGo = holdFiles(context);
  for (const step of [() => locks.take(folder, "second"), () => locks.take(folder, "third")]) {
    await expect(step()).rejects.toMatchObject({ code: "no answer within 0.05 s" });
  }
  // The release of a lock never rejects, even where the folder does not answer.
  await release();
  await letGo();
  await eventually(async () => (await locks.take(folder, "second"))());
});

test("a process ends although a file never answers", async (context) => {
  requireOrSkip(context, "mkfifo");
  const pipe = join(temporaryFolder(), "pipe");
  execFileSync("mkfifo", [pipe]);
  const exit = new URL("../../src/cli/exit.ts", import.meta.url).href;
  const code = `import { open } from "node:fs/promises"; import { endProcess } from "${exit}"; void open("${pipe}"); console.log("out"); await endProcess(2);`;
  const { ended } = spawnProcess([process.execPath, "--import", "tsx", "--input-type=module", "-e", code], {});
  expect(await ended).toMatchObject({ signal: "SIGKILL", stdout: "out\n" });
});

test("a folder below one in which none can be made is refused at once", async (context) => {
  skipUnless(context, existsSync("/proc/self"), "no folder can be made in /proc, which is of Linux");
  const journal = await runCli(["call", "create_group", '{"profile":{"name":"x"}}'], {
    env: { ...ORG, OKTA_ACCESS_TOKEN: "eyJh.eyJi.c2ln", OKTA_MCP_JOURNAL: "/proc/j" },
  });
  expect(journal.code).toBe(2);
  expect(journal.stderr).toMatch(/^bad_config: The journal of changes in \/proc\/j\/.* cannot be written \(E[A-Z]+\)/m);
  const login = await runCli(["login"], { env: { ...ORG, OKTA_MCP_TOKEN_STORE: "file", XDG_DATA_HOME: "/proc/t" } });
  expect(login.code).toBe(2);
  expect(login.stderr).toMatch(/bad_config: The token file \/proc\/t\/.* cannot be written \(E[A-Z]+\)/);
});

test.for<[string, Record<string, string>]>([
  ["an empty HOME", { HOME: "", XDG_DATA_HOME: "" }],
  ["a relative HOME", { HOME: "here", XDG_DATA_HOME: "" }],
  ["a relative XDG_DATA_HOME", { XDG_DATA_HOME: "here" }],
  ["a relative TMPDIR", { TMPDIR: "here" }],
])("%s is none: nothing is kept in the current folder", { timeout: 60_000 }, async ([_, env], context) => {
  skipUnless(context, process.platform !== "win32", "Windows names a user's folders by other variables");
  const cwd = temporaryFolder();
  const { stdout } = await runCli(["status", "--json"], {
    env: { ...ORG, OKTA_MCP_TOKEN_STORE: "file", ...env },
    cwd,
  });
  expect(JSON.parse(stdout).token_kept).toMatch(/^file \/.*\/okta-mcp\/tokens\/\w+\.json$/);
  expect(JSON.parse(stdout).token_kept).not.toContain(cwd);
  const sandbox = startCli(["sandbox"], { env, cwd });
  const [, key = ""] = await sandbox.seen("stdout", /OKTA_PRIVATE_KEY_FILE="(.*)"/);
  expect(key).toMatch(/^\//);
  sandbox.child.kill("SIGTERM");
  await sandbox.ended;
  expect(readdirSync(cwd)).toEqual([]);
});

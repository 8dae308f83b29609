import { execFileSync } from "node:child_process";
import { appendFileSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { runCli, temporaryFolder } from "../support/cli.js";
import { APPROVED, openCliOrg } from "../support/cli-org.js";
import { requireOrSkip, skipUnless } from "../support/programs.js";

async function openOrg() {
  const opened = await openCliOrg({ scopes: ["okta.groups.manage", "okta.users.read"], ...APPROVED });
  const home = temporaryFolder();
  const log = join(home, "logs", "okta-mcp.log");
  mkdirSync(join(home, "logs"), { mode: 0o700 });
  const env = {
    ...opened.env,
    HOME: home,
    OKTA_MCP_TOKEN_STORE: "file",
    OKTA_LOG_LEVEL: "trace",
    OKTA_LOG_FILE: log,
  };
  const run = (args: string[], more: Record<string, string> = {}) => runCli(args, { env: { ...env, ...more } });
  return { home, log, run };
}

const CREATE = ["call", "create_group", '{"profile":{"name":"Written"}}'];

test("every file and folder that commands write is this user's alone, whatever the umask", async (context) => {
  skipUnless(context, process.platform !== "win32", "Windows has no modes of files");
  const { home, log, run } = await openOrg();
  const before = process.umask(0);
  onTestFinished(() => void process.umask(before));
  expect((await run(["login"])).code).toBe(0);
  expect((await run(CREATE)).code).toBe(0);
  const paths = readdirSync(home, { recursive: true }).map((name) => join(home, String(name)));
  const files = paths.filter((path) => statSync(path).isFile());
  expect(files).toContain(log);
  // At least a token, a journal and a log were written.
  expect(files.length).toBeGreaterThanOrEqual(3);
  // The folders above cannot be entered by other users either.
  for (const path of files) expect((statSync(path).mode & 0o777).toString(8), path).toBe("600");
  for (const path of paths.filter((one) => /okta-mcp$/.test(one) && statSync(one).isDirectory())) {
    expect((statSync(path).mode & 0o077).toString(8), path).toBe("0");
  }
});

test("a log and a journal are added to and never written over", async () => {
  const { home, log, run } = await openOrg();
  writeFileSync(log, "what was there\n", { mode: 0o600 });
  expect((await run(["login"])).code).toBe(0);
  expect((await run(CREATE)).code).toBe(0);
  const journals = () =>
    readdirSync(home, { recursive: true })
      .map((name) => join(home, String(name)))
      .filter((path) => path.includes("journal") && path.endsWith("l") && statSync(path).isFile());
  const [journal = ""] = journals();
  const first = readFileSync(journal, "utf8");
  appendFileSync(log, "and then\n");
  expect((await run(CREATE)).code).not.toBe(2);
  expect(readFileSync(journal, "utf8").startsWith(first)).toBe(true);
  expect(readFileSync(journal, "utf8").length).toBeGreaterThan(first.length);
  expect(readFileSync(log, "utf8")).toMatch(/^what was there\n[\s\S]*\nand then\n[\s\S]+/);
});

test("a log file that is a pipe, a device or a folder is refused at once, with how to mend it", async (context) => {
  requireOrSkip(context, "mkfifo");
  const { home, run } = await openOrg();
  const pipe = join(home, "pipe");
  execFileSync("mkfifo", [pipe]);
  symlinkSync(pipe, join(home, "link"));
  for (const file of [pipe, join(home, "link"), "/dev/null", home]) {
    const { code, stdout, stderr } = await run(["call", "list_groups"], { OKTA_LOG_FILE: file });
    expect({ code, stdout }, file).toEqual({ code: 2, stdout: "" });
    expect(stderr, file).toMatch(/^bad_config: The log file .* \(OKTA_LOG_FILE\) cannot be opened: /);
  }
});

test("a private key is not read from a device", async (context) => {
  skipUnless(context, process.platform !== "win32", "Windows has no devices in folders");
  const { run } = await openOrg();
  const key = { OKTA_PRIVATE_KEY_FILE: "/dev/zero", OKTA_KEY_ID: "k", OKTA_LOG_FILE: "" };
  const { code, stderr } = await run(["call", "list_groups"], key);
  expect(code).toBe(2);
  expect(stderr).toContain("OKTA_PRIVATE_KEY_FILE names a device: /dev/zero");
});

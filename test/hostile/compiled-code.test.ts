import { chmodSync, chownSync, existsSync, lstatSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import * as nodeModule from "node:module";
import { join } from "node:path";
import { describe, expect, onTestFinished, type TestContext, test } from "vitest";
import { BUILT_ENTRY, requireBuild } from "../support/built.js";
import { spawnProcess, temporaryFolder } from "../support/cli.js";
import { skipUnless } from "../support/programs.js";

/** Runs the built command in a home folder; where its compiled code would be kept. */
async function home(context: TestContext) {
  requireBuild(context);
  skipUnless(context, process.platform === "linux", "the folders are those of Linux");
  const { enableCompileCache } = nodeModule as { enableCompileCache?: unknown };
  skipUnless(context, enableCompileCache !== undefined, "Node.js keeps compiled code from version 22.8 on");
  const folder = temporaryFolder();
  async function run(args: string[], env: Record<string, string> = {}) {
    const command = spawnProcess([process.execPath, BUILT_ENTRY, ...args], {
      env: { HOME: folder, ...env },
      cwd: folder,
    });
    command.child.stdin.end();
    const { code, stderr } = await command.ended;
    expect({ code, stderr }).toMatchObject({ code: 0 });
  }
  return { folder, run, cache: join(folder, ".cache/okta-mcp") };
}

const START = ["--version"];

describe("the folder of compiled code", () => {
  test("is made for this user alone, whatever the umask, and is used", async (context) => {
    const { run, cache } = await home(context);
    const before = process.umask(0);
    onTestFinished(() => void process.umask(before));
    await run(START);
    expect((lstatSync(cache).mode & 0o777).toString(8)).toBe("700");
    expect(readdirSync(cache).length).toBeGreaterThan(0);
  });

  test.for(["755", "770", "702"])("is left alone where others may enter it (%s)", async (mode, context) => {
    const { run, cache } = await home(context);
    mkdirSync(cache, { recursive: true });
    chmodSync(cache, Number.parseInt(mode, 8));
    await run(START);
    expect(readdirSync(cache)).toEqual([]);
  });

  test("is left alone where it is a link", async (context) => {
    const { folder, run, cache } = await home(context);
    const elsewhere = join(folder, "elsewhere");
    mkdirSync(elsewhere, { mode: 0o700 });
    mkdirSync(join(folder, ".cache"));
    symlinkSync(elsewhere, cache);
    await run(START);
    expect(readdirSync(elsewhere)).toEqual([]);
  });

  test("is left alone where it belongs to somebody else", async (context) => {
    const { run, cache } = await home(context);
    skipUnless(context, process.getuid?.() === 0, "only root can give a folder away");
    mkdirSync(cache, { recursive: true, mode: 0o700 });
    chownSync(cache, 65534, 65534);
    await run(START);
    expect(readdirSync(cache)).toEqual([]);
  });

  test("is not in the current folder where a variable names none that is absolute", async (context) => {
    const { folder, run } = await home(context);
    await run(START, { XDG_CACHE_HOME: "here" });
    expect(existsSync(join(folder, "here"))).toBe(false);
    expect(existsSync(join(folder, ".cache/okta-mcp"))).toBe(true);
  });

  test.for(["", "here"])("is not in the current folder where HOME is %o", async (HOME, context) => {
    const { folder, run } = await home(context);
    await run(START, { HOME });
    expect(readdirSync(folder)).toEqual([]);
  });

  test.for(["/proc/nope", "/proc/nope/deeper", "/dev/null"])(
    "is done without where none can be made (%s)",
    async (XDG_CACHE_HOME, context) => {
      const { folder, run } = await home(context);
      await run(START, { XDG_CACHE_HOME });
      expect(readdirSync(folder)).toEqual([]);
    },
  );

  test("is made with those above it that are missing", async (context) => {
    const { folder, run } = await home(context);
    await run(START, { XDG_CACHE_HOME: join(folder, "one/two") });
    expect(readdirSync(join(folder, "one/two/okta-mcp")).length).toBeGreaterThan(0);
  });

  test("is that of Windows without a LOCALAPPDATA that is absolute", async (context) => {
    const { folder, run } = await home(context);
    const asWindows = `data:text/javascript,${encodeURIComponent('Object.defineProperty(process, "platform", { value: "win32" });')}`;
    await run(START, { LOCALAPPDATA: "here", NODE_OPTIONS: `--import=${asWindows}` });
    expect(readdirSync(folder)).toEqual(["AppData"]);
    expect(readdirSync(join(folder, "AppData/Local/okta-mcp")).length).toBeGreaterThan(0);
  });

  test("is not made for a sandbox", async (context) => {
    const { folder, run } = await home(context);
    await run(["tools", "--sandbox"]);
    expect(readdirSync(folder)).toEqual([]);
  });
});

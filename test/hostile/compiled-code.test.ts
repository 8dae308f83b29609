import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, type TestContext, test } from "vitest";
import { BUILT_ENTRY, requireBuild } from "../support/built.js";
import { findNode, NODE_VERSIONS } from "../support/ci-tools.js";
import { spawnProcess, temporaryFolder } from "../support/cli.js";
import { lacksCompiledCode, skipUnless } from "../support/programs.js";

/** The name of this Node.js, and of each promised version that may keep compiled code. */
const NODES: readonly (readonly [name: string, program: string])[] = [
  ["this Node.js", process.execPath],
  ...NODE_VERSIONS.filter((version) => lacksCompiledCode(`${version}.99`) === undefined).map(
    (version) => [`Node.js ${version}`, findNode(version) ?? "none"] as const,
  ),
];

const readVersion = (program: string) => execFileSync(program, ["--version"], { encoding: "utf8" });

/** The version of each of these programs that is installed. */
const VERSIONS: ReadonlyMap<string, string> = new Map(
  NODES.filter(([, program]) => existsSync(program)).map(([, program]) => [program, readVersion(program)]),
);

/** Returns a home folder, a function that runs the built command in it, and the path of the compiled code. */
async function home(context: TestContext, program: string) {
  requireBuild(context);
  skipUnless(context, process.platform === "linux", "the folders are those of Linux");
  const version = VERSIONS.get(program);
  skipUnless(context, version !== undefined, "this version of Node.js is not kept on this machine");
  const lacks = lacksCompiledCode(version ?? "");
  skipUnless(context, lacks === undefined, lacks ?? "");
  const folder = temporaryFolder();
  async function run(args: string[], env: Record<string, string> = {}, cwd = folder) {
    const command = spawnProcess([program, BUILT_ENTRY, ...args], { env: { HOME: folder, ...env }, cwd });
    command.child.stdin.end();
    const { code, stderr } = await command.ended;
    expect({ code, stderr }).toMatchObject({ code: 0 });
  }
  return { folder, run, cache: join(folder, ".cache/okta-mcp") };
}

const asRoot = (context: TestContext) =>
  skipUnless(context, process.getuid?.() === 0, "only root can give a folder away");

/** The numeric id of another user and group. */
const NOBODY = 65534;

const START = ["--version"];

describe.each(NODES)("the folder of compiled code of %s", (_, program) => {
  test("is made for this user alone, whatever the umask, and is used", async (context) => {
    const { run, cache } = await home(context, program);
    const before = process.umask(0);
    onTestFinished(() => void process.umask(before));
    await run(START);
    expect((lstatSync(cache).mode & 0o777).toString(8)).toBe("700");
    expect(readdirSync(cache).length).toBeGreaterThan(0);
  });

  test.for(["755", "770", "702"])("is left alone where others may enter it (%s)", async (mode, context) => {
    const { run, cache } = await home(context, program);
    mkdirSync(cache, { recursive: true });
    chmodSync(cache, Number.parseInt(mode, 8));
    await run(START);
    expect(readdirSync(cache)).toEqual([]);
  });

  test("is left alone where it is a link", async (context) => {
    const { folder, run, cache } = await home(context, program);
    const elsewhere = join(folder, "elsewhere");
    mkdirSync(elsewhere, { mode: 0o700 });
    mkdirSync(join(folder, ".cache"));
    symlinkSync(elsewhere, cache);
    await run(START);
    expect(readdirSync(elsewhere)).toEqual([]);
  });

  test("is left alone where it belongs to somebody else", async (context) => {
    const { run, cache } = await home(context, program);
    asRoot(context);
    mkdirSync(cache, { recursive: true, mode: 0o700 });
    chownSync(cache, NOBODY, NOBODY);
    await run(START);
    expect(readdirSync(cache)).toEqual([]);
  });

  test("is used again by the next start", async (context) => {
    const { run, cache } = await home(context, program);
    await run(START);
    const [version = ""] = readdirSync(cache);
    const times = () => readdirSync(join(cache, version)).map((name) => statSync(join(cache, version, name)).mtimeMs);
    const before = times();
    expect(before.length).toBeGreaterThan(0);
    await run(START);
    expect(times()).toEqual(before);
  });

  test.for(["777", "707", "775"])(
    "is left alone where others may move it away (%s above it)",
    async (mode, context) => {
      const { folder, run, cache } = await home(context, program);
      mkdirSync(cache, { recursive: true, mode: 0o700 });
      // A group with another number than the user's may have several members.
      if (mode === "775" && process.getuid?.() === 0) chownSync(join(folder, ".cache"), 0, NOBODY);
      else skipUnless(context, mode !== "775", "only root can give a folder to another group");
      chmodSync(join(folder, ".cache"), Number.parseInt(mode, 8));
      await run(START);
      expect(readdirSync(cache)).toEqual([]);
    },
  );

  test("is used in a folder that all may write to and nobody take from, as /tmp is", async (context) => {
    const { folder, run, cache } = await home(context, program);
    mkdirSync(join(folder, ".cache"));
    chmodSync(join(folder, ".cache"), 0o1777);
    await run(START);
    expect(readdirSync(cache)).toHaveLength(1);
  });

  test("is left alone where a folder above it belongs to somebody else, as the home of who calls sudo", async (context) => {
    const { folder, run, cache } = await home(context, program);
    asRoot(context);
    mkdirSync(cache, { recursive: true, mode: 0o700 });
    chownSync(folder, NOBODY, NOBODY);
    await run(START, {}, "/");
    expect(readdirSync(cache)).toEqual([]);
  });

  test.for(["a folder of somebody else's", "a link"])(
    "is left alone where %s lies in it from when it was open",
    async (what, context) => {
      const { folder, run, cache } = await home(context, program);
      await run(START);
      const [version = ""] = readdirSync(cache);
      rmSync(join(cache, version), { recursive: true });
      const elsewhere = join(folder, "elsewhere");
      mkdirSync(elsewhere);
      if (what === "a link") symlinkSync(elsewhere, join(cache, version));
      else {
        asRoot(context);
        mkdirSync(join(cache, version));
        chownSync(join(cache, version), NOBODY, NOBODY);
      }
      await run(START);
      expect(readdirSync(join(cache, version))).toEqual([]);
    },
  );

  test("is behind a link above it only where that link cannot be turned elsewhere meanwhile", async (context) => {
    const { folder, run, cache } = await home(context, program);
    const real = join(folder, "real");
    mkdirSync(real);
    symlinkSync(real, join(folder, ".cache"));
    await run(START);
    expect(readdirSync(join(real, "okta-mcp"))).toHaveLength(1);
    chmodSync(real, 0o777);
    rmSync(cache, { recursive: true });
    await run(START);
    expect(readdirSync(join(real, "okta-mcp"))).toEqual([]);
  });

  test("is never the folder for temporary files", async (context) => {
    const { folder, run, cache } = await home(context, program);
    const TMPDIR = join(folder, "tmp");
    mkdirSync(TMPDIR);
    await run(START, { TMPDIR });
    mkdirSync(join(folder, "open"));
    chmodSync(join(folder, "open"), 0o777);
    await run(START, { TMPDIR, XDG_CACHE_HOME: join(folder, "open") });
    expect(readdirSync(TMPDIR)).toEqual([]);
    expect(readdirSync(cache)).toHaveLength(1);
  });

  test("is that of Node.js itself where the environment names it one, and ours is then empty", async (context) => {
    const { folder, run, cache } = await home(context, program);
    const own = join(folder, "own");
    await run(START, { NODE_COMPILE_CACHE: own });
    expect(readdirSync(own).length).toBeGreaterThan(0);
    expect(readdirSync(cache)).toEqual([]);
    rmSync(own, { recursive: true });
    await run(START, { NODE_DISABLE_COMPILE_CACHE: "1", NODE_COMPILE_CACHE: own });
    expect(existsSync(own)).toBe(false);
    expect(readdirSync(cache)).toEqual([]);
  });

  test("is not in the current folder where a variable names none that is absolute", async (context) => {
    const { folder, run } = await home(context, program);
    await run(START, { XDG_CACHE_HOME: "here" });
    expect(existsSync(join(folder, "here"))).toBe(false);
    expect(existsSync(join(folder, ".cache/okta-mcp"))).toBe(true);
  });

  test.for(["", "here"])("is not in the current folder where HOME is %o", async (HOME, context) => {
    const { folder, run } = await home(context, program);
    await run(START, { HOME });
    expect(readdirSync(folder)).toEqual([]);
  });

  test.for(["/proc/nope", "/proc/nope/deeper", "/dev/null"])(
    "is done without where none can be made (%s)",
    async (XDG_CACHE_HOME, context) => {
      const { folder, run } = await home(context, program);
      await run(START, { XDG_CACHE_HOME });
      expect(readdirSync(folder)).toEqual([]);
    },
  );

  test("is made with those above it that are missing", async (context) => {
    const { folder, run } = await home(context, program);
    await run(START, { XDG_CACHE_HOME: join(folder, "one/two") });
    expect(readdirSync(join(folder, "one/two/okta-mcp")).length).toBeGreaterThan(0);
  });

  test("is that of Windows without a LOCALAPPDATA that is absolute", async (context) => {
    const { folder, run } = await home(context, program);
    const asWindows = `data:text/javascript,${encodeURIComponent('Object.defineProperty(process, "platform", { value: "win32" });')}`;
    await run(START, { LOCALAPPDATA: "here", NODE_OPTIONS: `--import=${asWindows}` });
    expect(readdirSync(folder)).toEqual(["AppData"]);
    expect(readdirSync(join(folder, "AppData/Local/okta-mcp")).length).toBeGreaterThan(0);
  });

  test("is not made for a sandbox", async (context) => {
    const { folder, run } = await home(context, program);
    await run(["tools", "--sandbox"]);
    expect(readdirSync(folder)).toEqual([]);
  });
});

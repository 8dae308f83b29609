import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, type TestContext, test } from "vitest";

/** Returns true if the run has to include every test. No test may then be skipped because a program is missing. */
export const mustTestAll = (): boolean => process.env.OKTA_MCP_TEST_ALL === "1";

/**
 * The start of the reason for a skip if the test needs another system, another user or Okta's documents. No
 * installation can avoid such a skip.
 */
const NOT_OF_THIS_MACHINE = "not tested here: ";

/** The packages of Debian and Ubuntu for programs and libraries that tests need and that may be missing. */
const PACKAGES: Readonly<Record<string, string>> = {
  bash: "bash",
  chromium: "chromium",
  curl: "curl",
  "dbus-run-session": "dbus",
  "dbus-send": "dbus",
  "gnome-keyring-daemon": "gnome-keyring",
  haproxy: "haproxy",
  "libsecret-1.so.0": "libsecret-1-0",
  jq: "jq",
  mkfifo: "coreutils",
  nginx: "nginx",
  python3: "python3",
};

/** The usual folders of system libraries on Linux. */
const LIBRARY_FOLDERS = ["/lib", "/usr/lib", "/usr/local/lib", "/lib64", "/usr/lib64"].flatMap((folder) => [
  folder,
  ...["x86_64-linux-gnu", "aarch64-linux-gnu"].map((machine) => join(folder, machine)),
]);

/**
 * Finds a program on the PATH.
 * @returns its absolute path, or undefined if there is none
 */
export function findProgram(name: string): string | undefined {
  return (process.env.PATH ?? "")
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

/** Returns the path of a system library by its file name. Undefined if none of the usual folders has it. */
function findLibrary(name: string): string | undefined {
  const own = (process.env.LD_LIBRARY_PATH ?? "").split(delimiter).filter(Boolean);
  return [...own, ...LIBRARY_FOLDERS].map((folder) => join(folder, name)).find(isFile);
}

const find = (name: string) => (/\.so(\.|$)/.test(name) ? findLibrary(name) : findProgram(name));

/** Returns a message with the missing programs and libraries and how to install them. Undefined if none is missing. */
export function missingHere(...names: string[]): string | undefined {
  const missing = names.filter((name) => find(name) === undefined);
  if (missing.length === 0) return undefined;
  const packages = [...new Set(missing.flatMap((name) => PACKAGES[name] ?? []))];
  const install = packages.length > 0 ? `; to install: apt-get install ${packages.join(" ")}` : "";
  return `not on this machine: ${missing.join(", ")}${install}`;
}

/**
 * Returns the paths of the programs and libraries that a test needs, in the order of `names`. If one is missing, the
 * test is skipped with a message. With `OKTA_MCP_TEST_ALL=1` the test fails instead, so that such a run leaves nothing
 * out.
 */
export function requireOrSkip(context: Pick<TestContext, "skip">, ...names: string[]): string[] {
  const missing = missingHere(...names);
  if (missing !== undefined) skipOrFail(context, missing);
  return names.flatMap((name) => find(name) ?? []);
}

/** Skips a test, with a message that names what is missing. Throws instead with `OKTA_MCP_TEST_ALL=1`. */
export function skipOrFail(context: Pick<TestContext, "skip">, missing: string): never {
  if (mustTestAll()) throw new Error(`OKTA_MCP_TEST_ALL=1, but ${missing}`);
  return context.skip(missing);
}

/** Returns the reason for the skip of a test that needs another system, another user or Okta's documents. */
export const notOfThisMachine = (need: string): string => NOT_OF_THIS_MACHINE + need;

/** Skips a test that needs another system, another user or Okta's documents, unless `holds` is true. */
export function skipUnless(context: Pick<TestContext, "skip">, holds: boolean, need: string): void {
  if (!holds) context.skip(notOfThisMachine(need));
}

/** Returns `describe`, or a function that defines a skipped suite if `holds` is false. */
export function describeWhere(holds: boolean, need: string): (name: string, suite: () => void) => void {
  return (name, suite) => (holds ? describe(name, suite) : skippedSuite(name, need));
}

/** Defines one skipped test in place of a suite. The suite needs another system, another user or Okta's documents. */
export function skippedSuite(name: string, need: string): void {
  describe(name, () => {
    test("is skipped", (context) => context.skip(notOfThisMachine(need)));
  });
}

/** Returns true if a run that has to include every test may still leave out a test for this reason. */
export function mayBeLeftOut(reason: string | undefined): boolean {
  return reason?.startsWith(NOT_OF_THIS_MACHINE) ?? false;
}

/** Returns the reason why this version of Node.js keeps no compiled code. Undefined if it keeps it. */
export function lacksCompiledCode(version: string): string | undefined {
  const [major = 0, minor = 0] = version.replace(/^v/, "").split(".").map(Number);
  return major > 22 || (major === 22 && minor >= 8) ? undefined : "Node.js keeps compiled code from version 22.8 on";
}

/**
 * Returns true for a file. A run that hides a library mounts something else over its path, and then this returns false.
 */
function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

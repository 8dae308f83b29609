import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, type TestContext, test } from "vitest";

/** True where a run has to prove everything, so that nothing may be left out for want of a program. */
export const mustTestAll = (): boolean => process.env.OKTA_MCP_TEST_ALL === "1";

/** How skips begin that no installation can mend: what they need is another system, another user, or Okta's documents. */
const NOT_OF_THIS_MACHINE = "not tested here: ";

/** The packages of Debian and Ubuntu that bring what tests need and not every machine has. */
const PACKAGES: Readonly<Record<string, string>> = {
  bash: "bash",
  chromium: "chromium",
  "dbus-run-session": "dbus",
  "dbus-send": "dbus",
  "gnome-keyring-daemon": "gnome-keyring",
  "libsecret-1.so.0": "libsecret-1-0",
  jq: "jq",
  mkfifo: "coreutils",
  python3: "python3",
};

/** Where Linux keeps libraries, as far as a library of the system's own is looked for there. */
const LIBRARY_FOLDERS = ["/lib", "/usr/lib", "/usr/local/lib", "/lib64", "/usr/lib64"].flatMap((folder) => [
  folder,
  ...["x86_64-linux-gnu", "aarch64-linux-gnu"].map((machine) => join(folder, machine)),
]);

/**
 * Where a program is on this machine that some tests need and not every machine has.
 * @returns its absolute path; undefined where it is not on the PATH
 */
export function findProgram(name: string): string | undefined {
  return (process.env.PATH ?? "")
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

/** Where a library of the system is, by the name of its file; undefined where it is in none of the usual folders. */
function findLibrary(name: string): string | undefined {
  const own = (process.env.LD_LIBRARY_PATH ?? "").split(delimiter).filter(Boolean);
  return [...own, ...LIBRARY_FOLDERS].map((folder) => join(folder, name)).find(isFile);
}

const find = (name: string) => (/\.so(\.|$)/.test(name) ? findLibrary(name) : findProgram(name));

/** What is said of programs and libraries that are not here: their names, and how they are installed. */
export function missingHere(...names: string[]): string | undefined {
  const missing = names.filter((name) => find(name) === undefined);
  if (missing.length === 0) return undefined;
  const packages = [...new Set(missing.flatMap((name) => PACKAGES[name] ?? []))];
  const install = packages.length > 0 ? `; to install: apt-get install ${packages.join(" ")}` : "";
  return `not on this machine: ${missing.join(", ")}${install}`;
}

/**
 * The paths of the programs and libraries a test needs, in the order of `names`. Where one is missing
 * the test is skipped and says so; with `OKTA_MCP_TEST_ALL=1` it fails, so that a run that should
 * prove everything cannot leave something out.
 */
export function requireOrSkip(context: Pick<TestContext, "skip">, ...names: string[]): string[] {
  const missing = missingHere(...names);
  if (missing !== undefined) {
    if (mustTestAll()) throw new Error(`OKTA_MCP_TEST_ALL=1, but ${missing}`);
    context.skip(missing);
  }
  return names.flatMap((name) => find(name) ?? []);
}

/** The reason that is given for what needs another system, another user or Okta's documents. */
export const notOfThisMachine = (need: string): string => NOT_OF_THIS_MACHINE + need;

/** Skips a test that needs another system, another user or Okta's documents, and says so. */
export function skipUnless(context: Pick<TestContext, "skip">, holds: boolean, need: string): void {
  if (!holds) context.skip(notOfThisMachine(need));
}

/** A suite that is skipped as above. */
export function describeWhere(holds: boolean, need: string): (name: string, suite: () => void) => void {
  return (name, suite) => (holds ? describe(name, suite) : skippedSuite(name, need));
}

/** Stands in the report for a suite that needs another system, another user or Okta's documents. */
export function skippedSuite(name: string, need: string): void {
  describe(name, () => {
    test("is skipped", (context) => context.skip(notOfThisMachine(need)));
  });
}

/** Whether a run that has to prove everything may have left a test out for this reason. */
export function mayBeLeftOut(reason: string | undefined): boolean {
  return reason?.startsWith(NOT_OF_THIS_MACHINE) ?? false;
}

/** What a Node.js of another version lacks of one that keeps compiled code; undefined where it does keep it. */
export function lacksCompiledCode(version: string): string | undefined {
  const [major = 0, minor = 0] = version.replace(/^v/, "").split(".").map(Number);
  return major > 22 || (major === 22 && minor >= 8) ? undefined : "Node.js keeps compiled code from version 22.8 on";
}

/** False too for a place over which nothing was mounted, as a run does that hides what a machine has. */
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

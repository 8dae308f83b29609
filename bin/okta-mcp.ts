#!/usr/bin/env node
// Of our own it imports nothing before it knows the version of Node.js: older ones cannot even read
// it, and a second module here would become a file of its own that every start has to read.
import { existsSync, lstatSync, mkdirSync } from "node:fs";
import * as nodeModule from "node:module";
import { homedir, userInfo } from "node:os";
import { dirname, isAbsolute, join } from "node:path";

/** A folder that is not absolute would be looked for in the current one, so it counts as none (XDG Base Directory Specification). */
function absolute(folder: string | undefined): string | undefined {
  return folder !== undefined && isAbsolute(folder) ? folder : undefined;
}

/**
 * Where this user's programs keep what they can make again.
 * @throws the system's error when it knows no home folder of this user
 */
function cacheFolder(): string {
  const { LOCALAPPDATA, XDG_CACHE_HOME } = process.env;
  // Where HOME names no folder, the system's list of users does.
  const home = absolute(homedir()) ?? userInfo().homedir;
  if (process.platform === "win32") return absolute(LOCALAPPDATA) ?? join(home, "AppData", "Local");
  if (process.platform === "darwin") return join(home, "Library", "Caches");
  return absolute(XDG_CACHE_HOME) ?? join(home, ".cache");
}

/**
 * Makes a folder and those above it that are missing, one by one: below `/proc`, where a folder can neither be made
 * nor is missing, Node.js tries without end when it is to make them all.
 * @throws the system's error when one cannot be made, also when another start made it at the same moment
 */
function makeFolders(path: string): void {
  if (existsSync(path)) return;
  // The root is above itself.
  if (dirname(path) !== path) makeFolders(dirname(path));
  mkdirSync(path, { mode: 0o700 });
}

/**
 * Makes a folder of mode 0700, or looks at the one that is there.
 * @returns whether it is a folder and not a link to one, belongs to this user, and is closed to all others
 * @throws the system's error when it cannot be made
 */
function isPrivateFolder(path: string): boolean {
  makeFolders(path);
  const stats = lstatSync(path);
  // On Windows the user's profile folder keeps others out, and there are no such bits.
  if (process.platform === "win32") return stats.isDirectory();
  return stats.isDirectory() && stats.uid === process.getuid?.() && (stats.mode & 0o077) === 0;
}

/** Whether the command line asks for a pretend org, which leaves nothing in the person's folders. */
function isForPractice(argv: readonly string[]): boolean {
  return argv[0] === "sandbox" || argv.includes("--sandbox");
}

/**
 * Lets Node.js 22.8 and later keep the compiled code, so that every further start is quicker. What
 * lies in the folder is run, so nobody but this user may write there: where that is not so, and for
 * a sandbox, nothing is kept. Never throws.
 * @param argv the arguments, without node and the script
 */
function keepCompiledCode(argv: readonly string[]): void {
  const { enableCompileCache } = nodeModule as { enableCompileCache?: (folder: string) => unknown };
  if (enableCompileCache === undefined || isForPractice(argv)) return;
  try {
    const folder = join(cacheFolder(), "okta-mcp");
    if (isAbsolute(folder) && isPrivateFolder(folder)) enableCompileCache(folder);
  } catch {
    // Where no folder can be made the start is as slow as before.
  }
}

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`okta-mcp needs Node.js 20.19 or later; this is ${process.versions.node}.\n`);
  process.exitCode = 2;
} else {
  const argv = process.argv.slice(2);
  keepCompiledCode(argv);
  void import("../src/cli/start.js").then(({ start }) => start(argv));
}

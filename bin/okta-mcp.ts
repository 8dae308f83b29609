#!/usr/bin/env node
// Of our own it imports nothing before it knows the version of Node.js: older ones cannot even read
// it, and a second module here would become a file of its own that every start has to read.
import { existsSync, lstatSync, mkdirSync, readdirSync, realpathSync, type Stats } from "node:fs";
import * as nodeModule from "node:module";
import { homedir, userInfo } from "node:os";
import { basename, dirname, isAbsolute, join } from "node:path";

/** A folder that is not absolute would be looked for in the current one, so it counts as none (XDG Base Directory Specification). */
function absolute(folder: string | undefined): string | undefined {
  return folder !== undefined && isAbsolute(folder) ? folder : undefined;
}

/**
 * The user's folder for files that programs can make again. @throws the system's error when this user has no home
 * folder
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
 * True where only this user and root can replace the content of a folder. In a folder that all may write to, such as
 * `/tmp`, the sticky bit protects it. A group with the user's own number counts as the user's own, by convention.
 */
function isOutOfReach({ uid, gid, mode }: Stats, user: number | undefined): boolean {
  const byGroup = (mode & 0o020) !== 0 && (uid !== user || gid !== user);
  const byAll = (mode & 0o002) !== 0;
  return (uid === 0 || uid === user) && ((!byGroup && !byAll) || (mode & 0o1000) !== 0);
}

/**
 * Makes a folder of mode 0700, or looks at the one that is there.
 * @param path an absolute path
 * @returns its real path, on which nobody else can put another folder; undefined where it is a link, belongs to
 * somebody else, is open to others, holds what somebody else or a link has put there, or lies where others may
 * move it away
 * @throws the system's error when it cannot be made
 */
function privateFolder(path: string): string | undefined {
  makeFolders(path);
  // On Windows the user's profile folder keeps others out, and there are no such bits.
  if (process.platform === "win32") return lstatSync(path).isDirectory() ? path : undefined;
  const user = process.getuid?.();
  const parent = realpathSync.native(dirname(path));
  const folder = join(parent, basename(path));
  const stats = lstatSync(folder);
  if (!stats.isDirectory() || stats.uid !== user || (stats.mode & 0o077) !== 0) return undefined;
  for (let above = parent; ; above = dirname(above)) {
    if (!isOutOfReach(lstatSync(above), user)) return undefined;
    if (dirname(above) === above) break;
  }
  // It may have been open once.
  const isOwn = (name: string) => {
    const entry = lstatSync(join(folder, name));
    return entry.uid === user && !entry.isSymbolicLink();
  };
  return readdirSync(folder).every(isOwn) ? folder : undefined;
}

/** True where the command line asks for the sandbox. It leaves nothing in the person's folders. */
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
    const path = join(cacheFolder(), "okta-mcp");
    const folder = isAbsolute(path) ? privateFolder(path) : undefined;
    if (folder !== undefined) enableCompileCache(folder);
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

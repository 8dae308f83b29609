#!/usr/bin/env node
import * as nodeModule from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";

/** Where this user's programs keep what they can make again. */
function cacheFolder(): string {
  const { LOCALAPPDATA, XDG_CACHE_HOME } = process.env;
  if (process.platform === "win32") return LOCALAPPDATA || join(homedir(), "AppData", "Local");
  if (process.platform === "darwin") return join(homedir(), "Library", "Caches");
  return XDG_CACHE_HOME || join(homedir(), ".cache");
}

/**
 * Lets Node.js 22.8 and later keep the compiled code, so that every further start is quicker. It goes
 * into a folder of this user alone: Node's own choice is one that others may write to.
 */
function keepCompiledCode(): void {
  const { enableCompileCache } = nodeModule as { enableCompileCache?: (folder: string) => unknown };
  try {
    enableCompileCache?.(join(cacheFolder(), "okta-mcp"));
  } catch {
    // Who has no home folder starts as slowly as before.
  }
}

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`okta-mcp needs Node.js 20.19 or later; this is ${process.versions.node}.\n`);
  process.exitCode = 2;
} else {
  // Not before the check: older versions cannot even read what these import.
  keepCompiledCode();
  void import("../src/cli/start.js").then(({ start }) => start(process.argv.slice(2)));
}

import { homedir, tmpdir, userInfo } from "node:os";
import { isAbsolute, join } from "node:path";

type Env = Readonly<Record<string, string | undefined>>;

/** An absolute folder as it is; undefined for a relative one, which would depend on the current folder. */
function absolute(folder: string | undefined): string | undefined {
  return folder !== undefined && isAbsolute(folder) ? folder : undefined;
}

/**
 * A folder that Node.js looks up. Node.js throws where neither a variable nor the system's list of users has it; then
 * undefined.
 */
function folderOf(ask: () => string): string | undefined {
  try {
    return absolute(ask());
  } catch {
    return undefined;
  }
}

/** This user's home folder, from HOME or from the system's list of users. Undefined where neither has one. */
function homeDir(): string | undefined {
  return folderOf(homedir) ?? folderOf(() => userInfo().homedir);
}

/**
 * A path in which a leading `~` stands for the home folder. MCP clients start servers without a shell, which would
 * replace it.
 */
export function withoutTilde(path: string): string {
  const home = homeDir();
  return home !== undefined && /^~(?=[/\\]|$)/.test(path) ? join(home, path.slice(1)) : path;
}

/** The folder that a variable names, where it is absolute; otherwise the usual folder below the home folder. */
function place(env: Env, variable: string | undefined, inHome: readonly string[], last: readonly string[]) {
  const given = variable === undefined ? undefined : absolute(env[variable]);
  const home = homeDir();
  const folder = given ?? (home === undefined ? undefined : join(home, ...inHome));
  return folder === undefined ? undefined : join(folder, ...last);
}

/**
 * The folder for data that must not get lost (XDG Base Directory Specification; on macOS and Windows the usual place).
 * Undefined where this user has no home folder.
 */
export function dataDir(env: Env = process.env, platform = process.platform): string | undefined {
  if (platform === "darwin") return place(env, undefined, ["Library", "Application Support"], ["okta-mcp"]);
  if (platform === "win32") return place(env, "LOCALAPPDATA", ["AppData", "Local"], ["okta-mcp", "Data"]);
  return place(env, "XDG_DATA_HOME", [".local", "share"], ["okta-mcp"]);
}

/** The folder for files that a process needs only while it runs. */
export function temporaryDir(): string {
  return absolute(tmpdir()) ?? "/tmp";
}

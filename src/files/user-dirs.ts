import { homedir, tmpdir, userInfo } from "node:os";
import { isAbsolute, join } from "node:path";

type Env = Readonly<Record<string, string | undefined>>;

/** A folder that is not absolute would be looked for in the current one, which is anybody's; it counts as none. */
function absolute(folder: string | undefined): string | undefined {
  return folder !== undefined && isAbsolute(folder) ? folder : undefined;
}

/** Where there is neither a variable nor an entry for this user, Node.js throws. */
function folderOf(ask: () => string): string | undefined {
  try {
    return absolute(ask());
  } catch {
    return undefined;
  }
}

/** This user's home folder; where HOME names none, that of the system's list of users. Undefined where there is none. */
function homeDir(): string | undefined {
  return folderOf(homedir) ?? folderOf(() => userInfo().homedir);
}

/** A path in which `~` at the beginning stands for the home folder, since MCP clients start servers without a shell. */
export function withoutTilde(path: string): string {
  const home = homeDir();
  return home !== undefined && /^~(?=[/\\]|$)/.test(path) ? join(home, path.slice(1)) : path;
}

/** The folder in a home folder and, where it names an absolute one, the variable that stands for it. */
function place(env: Env, variable: string | undefined, inHome: readonly string[], last: readonly string[]) {
  const given = variable === undefined ? undefined : absolute(env[variable]);
  const home = homeDir();
  const folder = given ?? (home === undefined ? undefined : join(home, ...inHome));
  return folder === undefined ? undefined : join(folder, ...last);
}

/**
 * Where okta-mcp keeps what it must not lose (XDG Base Directory Specification; on macOS and Windows what is usual
 * there). Undefined where this user has no home folder.
 */
export function dataDir(env: Env = process.env, platform = process.platform): string | undefined {
  if (platform === "darwin") return place(env, undefined, ["Library", "Application Support"], ["okta-mcp"]);
  if (platform === "win32") return place(env, "LOCALAPPDATA", ["AppData", "Local"], ["okta-mcp", "Data"]);
  return place(env, "XDG_DATA_HOME", [".local", "share"], ["okta-mcp"]);
}

/** The folder for what a process needs as long as it runs. */
export function temporaryDir(): string {
  return absolute(tmpdir()) ?? "/tmp";
}

import { constants } from "node:fs";
import { lstat, mkdir, open, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { OktaMcpError } from "../errors/index.js";
import { codeOf } from "../errors/system-code.js";

const TOKENS = "tokens";
const POSIX = process.platform !== "win32";

/**
 * Makes a folder that only this user can read (mode 0700), or checks that an existing folder is private. On Windows the
 * user's profile folder protects it.
 * @param keeps names the content of the folder, for messages
 * @throws OktaMcpError bad_config when it is a link, belongs to somebody else, or is open to others; the system's error
 * when it cannot be made
 */
export async function ensurePrivateDir(path: string, keeps: string = TOKENS): Promise<void> {
  await makeFolders(path);
  refuseIfShared(path, "folder", await lstat(path), 0o700, keeps);
}

/**
 * Makes a folder and its missing parents one by one. Node.js's own recursive call never ends below `/proc`, where a
 * missing folder cannot be made.
 */
async function makeFolders(path: string): Promise<void> {
  if (await isMade(path)) return;
  const above = dirname(path);
  if (above !== path) await makeFolders(above);
  if (!(await isMade(path))) throw Object.assign(new Error("no folder can be made there"), { code: "ENOENT" });
}

/** True where the folder is there now; false where its parent is missing. */
async function isMade(path: string): Promise<boolean> {
  try {
    await mkdir(path, { mode: 0o700 });
    return true;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    // Some systems report another code than EEXIST for a folder that is there, and the existing name may be no folder.
    if (
      await stat(path).then(
        (stats) => stats.isDirectory(),
        () => false,
      )
    )
      return true;
    throw error;
  }
}

/**
 * Refuses a file or folder that others can read.
 * @param stats its state, read without following links
 * @throws OktaMcpError bad_config as `ensurePrivateDir`
 */
export function refuseIfShared(
  path: string,
  sort: "file" | "folder",
  stats: { isFile(): boolean; isDirectory(): boolean; mode: number; uid: number; nlink: number },
  mode: number,
  keeps: string = TOKENS,
): void {
  const shared = (what: string, fix: string) =>
    new OktaMcpError("bad_config", `${path}, the place for ${keeps}, ${what}; it is not used.`, { fix });
  const rightSort = sort === "file" ? stats.isFile() && stats.nlink === 1 : stats.isDirectory();
  if (!rightSort) {
    throw shared(`is not a plain ${sort}`, `Remove it or move it away (a link there could lead ${keeps} elsewhere).`);
  }
  if (!POSIX) return;
  if (stats.uid !== process.getuid?.()) {
    throw shared("belongs to another user", "Remove it, or give it to the user who runs okta-mcp (chown).");
  }
  if ((stats.mode & 0o077) !== 0) {
    const then = keeps === TOKENS ? " Then sign in again." : "";
    throw shared("can be read by other users", `Close it: chmod ${mode.toString(8)} '${path}'.${then}`);
  }
}

/** Makes sure that a new name in a folder survives a power cut. Not every system can do it. Never rejects. */
export async function syncDir(path: string): Promise<void> {
  try {
    const dir = await open(path, constants.O_RDONLY);
    await dir.sync().finally(() => dir.close());
  } catch {
    // The name is there; only its survival is uncertain.
  }
}

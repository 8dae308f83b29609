import { constants } from "node:fs";
import { type FileHandle, lstat, open } from "node:fs/promises";
import { dirname } from "node:path";
import { codeOf } from "../errors/system-code.js";
import { refuseIfShared, syncDir } from "./private-dir.js";

/** Flags that follow no link and do not wait for the other end of a pipe. */
const NO_LINK = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * Opens a file that only this user may read (mode 0600), and makes it where `flags` say so. No link is followed.
 * @param flags those of `fs.constants`
 * @param keeps names the content of the file, for messages
 * @throws OktaMcpError bad_config when it is a link, belongs to somebody else, or is open to others; the system's error
 * when it cannot be opened
 */
export async function openPrivateFile(path: string, flags: number, keeps?: string): Promise<FileHandle> {
  const file = await open(path, flags | NO_LINK, 0o600).catch(async (error: unknown) => {
    // The system's answer to O_NOFOLLOW on a link, and, on a system without that flag, on a folder.
    if (["ELOOP", "EISDIR"].includes(codeOf(error))) refuseIfShared(path, "file", await lstat(path), 0o600, keeps);
    throw error;
  });
  try {
    refuseIfShared(path, "file", await file.stat(), 0o600, keeps);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** The text of a private file; undefined where there is none. @throws as `openPrivateFile` */
export async function readPrivateFile(path: string, keeps?: string): Promise<string | undefined> {
  let file: FileHandle;
  try {
    file = await openPrivateFile(path, constants.O_RDONLY, keeps);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
  try {
    return await file.readFile("utf8");
  } finally {
    await file.close();
  }
}

/**
 * Writes a private file that must not be there yet, to the disk to its last byte.
 * @throws the system's error, EEXIST where it is there
 */
export async function writeNewPrivateFile(path: string, text: string): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await syncDir(dirname(path));
}

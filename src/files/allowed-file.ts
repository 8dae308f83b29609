import type { BigIntStats } from "node:fs";
import { constants, type FileHandle, lstat, open, readlink, realpath } from "node:fs/promises";
import { basename, delimiter, isAbsolute, join, normalize, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { OktaMcpError } from "../errors/index.js";
import { visible } from "../text/quote.js";
import type { Deadline } from "./deadline.js";

/** A file of this machine, read to its end. */
export interface LocalFile {
  data: Uint8Array;
  /** The file's name without its folder. */
  name: string;
}

export interface ReadLimits {
  /** Folders from which files may be read, as absolute paths. Folders that do not exist are ignored. */
  roots: readonly string[];
  maxBytes: number;
  /** The time limit for the folders and the file. */
  deadline?: Deadline;
}

const SETTING = `OKTA_MCP_FILE_ROOTS (absolute paths separated by "${delimiter}", read at start)`;
const WHERE_TO_ALLOW = `${SETTING} or to the client's roots`;

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "this user may not read it",
  EPERM: "this user may not read it",
};

/** The one answer for a missing file and for a file outside. A caller must not learn whether a file outside exists. */
const NOT_THERE = "there is no such file inside an allowed folder";

/**
 * The longest name of a file. No common file system takes a longer one, in bytes (Linux) or in UTF-16 units (Windows
 * and macOS). The length is checked before any folder is read.
 */
const MAX_NAME_UNITS = 255;

/**
 * Reads a file that lies inside one of the allowed folders when all links are resolved. It looks for a relative path in
 * each of them. The place of the opened file decides, so that nobody gains anything by swapping in a link or a folder.
 * Devices, pipes and folders are never opened.
 * @throws OktaMcpError bad_input with the allowed folders and how to add one
 */
export async function readAllowedFile(path: string, limits: ReadLimits): Promise<LocalFile> {
  const { deadline } = limits;
  if (deadline === undefined) return read(path, limits);
  try {
    return await deadline.run(() => read(path, limits));
  } catch (error) {
    if (error instanceof OktaMcpError) throw error;
    throw new OktaMcpError(
      "bad_config",
      `The file "${visible(path)}" was not read: an allowed folder gives ${(error as NodeJS.ErrnoException).code ?? "no reason"}.`,
      {
        fix: "Take folders of a network that does not answer out of OKTA_MCP_FILE_ROOTS and out of the client's roots.",
        atTerminal: { fix: "Take folders of a network that does not answer out of OKTA_MCP_FILE_ROOTS." },
      },
    );
  }
}

/** True for a path that leads into one of the allowed folders. The file itself is not opened. Never rejects. */
export async function isAllowedFile(path: string, { roots, deadline }: Omit<ReadLimits, "maxBytes">): Promise<boolean> {
  const look = async () => find(path, await existing(roots), roots, (why) => new OktaMcpError("bad_input", why));
  try {
    await (deadline === undefined ? look() : deadline.run(look));
    return true;
  } catch {
    return false;
  }
}

async function read(path: string, { roots, maxBytes }: ReadLimits): Promise<LocalFile> {
  const folders = await existing(roots);
  if (folders.length === 0) throw nothingAllowed(roots);
  const refuse = (why: string): OktaMcpError => {
    const list = folders.map((folder) => `"${visible(folder)}"`).join(", ");
    return new OktaMcpError("bad_input", `The file "${visible(path)}" was not read: ${why}.`, {
      fix: `Give a file inside an allowed folder (${list}), or add its folder to ${WHERE_TO_ALLOW}.`,
      atTerminal: { fix: `Give a file inside an allowed folder (${list}), or add its folder to ${SETTING}.` },
      data: { allowed_folders: folders },
    });
  };
  const real = await find(path, folders, roots, refuse);
  if (!(await lstat(real).catch(failed(refuse))).isFile()) throw refuse("it is no regular file");
  // A pipe in the file's place must not block the process, and a link must not be followed.
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;
  const file = await open(real, flags).catch(failed(refuse));
  try {
    const stat = await file.stat({ bigint: true });
    if (!stat.isFile()) throw refuse("it is no regular file");
    const place = await placeOf(file, stat, real);
    if (place === undefined || !isInside(place, folders)) throw refuse("it changed its place while it was opened");
    return { data: await readAtMost(file, maxBytes, refuse), name: basename(real) };
  } finally {
    await file.close();
  }
}

/**
 * The folders that a client's roots name (MCP, "Roots"). Only local `file://` addresses count.
 * @param uris as the client listed them
 */
export function foldersOf(uris: readonly string[]): string[] {
  return uris.flatMap((uri) => {
    try {
      return [fileURLToPath(uri)];
    } catch {
      return [];
    }
  });
}

type Refuse = (why: string) => OktaMcpError;

function nothingAllowed(roots: readonly string[]): OktaMcpError {
  const missing = roots.map((root) => `"${visible(root)}"`).join(", ");
  const why = roots.length === 0 ? "no folder is allowed" : `no allowed folder exists: ${missing}`;
  return new OktaMcpError("bad_input", `The file was not read: ${why}. Files are read from allowed folders only.`, {
    fix: `Ask the person which folder to allow, and add it to ${WHERE_TO_ALLOW}.`,
    atTerminal: { fix: `Decide which folder to allow, and add it to ${SETTING}.` },
    data: { allowed_folders: [] },
  });
}

function failed(refuse: Refuse): (error: NodeJS.ErrnoException) => never {
  return (error) => {
    throw refuse(REASONS[error.code ?? ""] ?? NOT_THERE);
  };
}

/** The real paths of those folders that exist, each once. */
async function existing(folders: readonly string[]): Promise<string[]> {
  const real = await Promise.all(folders.map((folder) => realpath(folder).catch(() => undefined)));
  return [...new Set(real.filter((folder) => folder !== undefined))];
}

function isInside(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => path.startsWith(folder.endsWith(sep) ? folder : folder + sep));
}

/**
 * True for two names that the operating system takes for one. Windows and macOS ignore case and the encoding of
 * accents. On a disk that does not ignore them, the other folder is an allowed one as well.
 */
function isSameName(one: string, other: string): boolean {
  if (one === other) return true;
  if (process.platform !== "win32" && process.platform !== "darwin") return false;
  return one.normalize("NFC").toLowerCase() === other.normalize("NFC").toLowerCase();
}

function namesOf(path: string): string[] {
  return resolve(path)
    .split(sep)
    .filter((name) => name !== "");
}

/** The names that lead from a folder to a path below it; undefined for any other path. */
function namesBelow(folder: string, path: string): string[] | undefined {
  const [above, names] = [namesOf(folder), namesOf(path)];
  const isBelow = names.length > above.length && above.every((name, index) => isSameName(name, names[index] ?? ""));
  return isBelow ? names.slice(above.length) : undefined;
}

/**
 * The real path of the file. It goes down from an allowed folder name by name, and stops at the first link that leads
 * out. No name that the caller chose is ever looked up outside, so neither words nor time tell whether it exists.
 */
async function find(
  path: string,
  folders: readonly string[],
  roots: readonly string[],
  refuse: Refuse,
): Promise<string> {
  if (path.includes("\0")) throw refuse("its path holds a NUL character");
  if (
    normalize(path)
      .split(sep)
      .some((name) => name.length > MAX_NAME_UNITS)
  )
    throw refuse("its path is too long");
  let why = NOT_THERE;
  for (const folder of new Set([...folders, ...roots])) {
    const names = namesBelow(folder, isAbsolute(path) ? path : join(folder, path));
    if (names === undefined) continue;
    const start = await realpath(folder).catch(() => undefined);
    if (start === undefined || !folders.includes(start)) continue;
    const found = await goDown(start, names, folders);
    if ("real" in found) return found.real;
    if (found.why !== NOT_THERE) why = found.why;
  }
  throw refuse(why);
}

/** Follows names from a real folder on. The answer is the same whatever keeps a link from leading inside. */
async function goDown(
  start: string,
  names: readonly string[],
  folders: readonly string[],
): Promise<{ real: string } | { why: string }> {
  let real = start;
  for (const name of names) {
    const next = join(real, name);
    try {
      real = (await lstat(next)).isSymbolicLink() ? await realpath(next).catch(() => "") : next;
    } catch (error) {
      return { why: REASONS[(error as NodeJS.ErrnoException).code ?? ""] ?? NOT_THERE };
    }
    if (!isInside(real, folders) && !folders.includes(real)) return { why: NOT_THERE };
  }
  return isInside(real, folders) ? { real } : { why: NOT_THERE };
}

/** The path of an open file. Undefined where the path now leads to another file. */
async function placeOf(file: FileHandle, opened: BigIntStats, path: string): Promise<string | undefined> {
  if (process.platform === "linux") {
    // The kernel knows the place of an open file, even after the path has changed.
    const place = await readlink(`/proc/self/fd/${file.fd}`).catch(() => undefined);
    if (place !== undefined) return place;
  }
  try {
    const real = await realpath(path);
    const { dev, ino } = await lstat(real, { bigint: true });
    return dev === opened.dev && ino === opened.ino ? real : undefined;
  } catch {
    return undefined;
  }
}

async function readAtMost(file: FileHandle, maxBytes: number, refuse: Refuse): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // One byte more than allowed shows that a file is too large, or grows meanwhile.
  while (bytes <= maxBytes) {
    const { bytesRead, buffer } = await file.read({ buffer: new Uint8Array(maxBytes + 1 - bytes) });
    if (bytesRead === 0) return Buffer.concat(chunks);
    chunks.push(buffer.subarray(0, bytesRead));
    bytes += bytesRead;
  }
  throw refuse(`it is larger than ${maxBytes} bytes, the most that is taken here`);
}

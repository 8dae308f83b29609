import type { BigIntStats } from "node:fs";
import { constants, type FileHandle, lstat, open, readlink, realpath } from "node:fs/promises";
import { basename, delimiter, isAbsolute, join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { Deadline } from "./deadline.js";
import { OktaMcpError } from "./errors/index.js";
import { visible } from "./errors/quote.js";

/** A file of this machine, read to its end. */
export interface LocalFile {
  data: Uint8Array;
  /** Without a folder. */
  name: string;
}

export interface ReadLimits {
  /** Folders from which files may be read, as absolute paths; those that do not exist count for nothing. */
  roots: readonly string[];
  maxBytes: number;
  /** How long the folders and the file may take to answer. */
  deadline?: Deadline;
}

const WHERE_TO_ALLOW = `OKTA_MCP_FILE_ROOTS (absolute paths separated by "${delimiter}", read at start) or to the client's roots`;

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "this user may not read it",
  EPERM: "this user may not read it",
  ELOOP: "its links lead in a circle",
  ENAMETOOLONG: "its path is too long",
};

/**
 * Reads a file that lies, all links resolved, inside one of the allowed folders. A relative path is
 * looked for in each of them. What decides is where the opened file really is, so that a link or a
 * folder swapped in meanwhile gains nothing; devices, pipes and folders are never opened.
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
      },
    );
  }
}

async function read(path: string, { roots, maxBytes }: ReadLimits): Promise<LocalFile> {
  const folders = await existing(roots);
  if (folders.length === 0) throw nothingAllowed(roots);
  const refuse = (why: string): OktaMcpError => {
    const list = folders.map((folder) => `"${visible(folder)}"`).join(", ");
    return new OktaMcpError("bad_input", `The file "${visible(path)}" was not read: ${why}.`, {
      fix: `Give a file inside an allowed folder (${list}), or add its folder to ${WHERE_TO_ALLOW}.`,
      data: { allowed_folders: folders },
    });
  };
  const real = await find(path, folders, roots, refuse);
  if (!(await lstat(real).catch(failed(refuse))).isFile()) throw refuse("it is no regular file");
  // A pipe that took the file's place meanwhile must not block, a link not be followed.
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
 * The folders that a client's roots name (MCP, "Roots"): local `file://` addresses; others give nothing.
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
    data: { allowed_folders: [] },
  });
}

function failed(refuse: Refuse): (error: NodeJS.ErrnoException) => never {
  return (error) => {
    throw refuse(REASONS[error.code ?? ""] ?? "there is no such file");
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

/** The real path of the file. Of a path outside the allowed folders nobody learns whether it exists. */
async function find(
  path: string,
  folders: readonly string[],
  roots: readonly string[],
  refuse: Refuse,
): Promise<string> {
  if (path.includes("\0")) throw refuse("its path holds a NUL character");
  const candidates = isAbsolute(path) ? [path] : folders.map((folder) => join(folder, path));
  let why = "it is not inside an allowed folder";
  for (const candidate of candidates) {
    try {
      const real = await realpath(candidate);
      if (isInside(real, folders)) return real;
    } catch (error) {
      const { code = "" } = error as NodeJS.ErrnoException;
      if (isInside(join(candidate), [...folders, ...roots])) why = REASONS[code] ?? "there is no such file";
    }
  }
  throw refuse(why);
}

/** Where an open file is. Undefined where its path leads to another file by now. */
async function placeOf(file: FileHandle, opened: BigIntStats, path: string): Promise<string | undefined> {
  if (process.platform === "linux") {
    // The kernel knows the place of an open file, whatever became of its path.
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
  // One byte more than allowed tells a file that is too large, also one that grows meanwhile.
  while (bytes <= maxBytes) {
    const { bytesRead, buffer } = await file.read({ buffer: new Uint8Array(maxBytes + 1 - bytes) });
    if (bytesRead === 0) return Buffer.concat(chunks);
    chunks.push(buffer.subarray(0, bytesRead));
    bytes += bytesRead;
  }
  throw refuse(`it is larger than ${maxBytes} bytes, the most that is taken here`);
}

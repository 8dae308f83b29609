import { randomBytes } from "node:crypto";
import { chmod, chown, readFile, realpath, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { OktaMcpError } from "../errors/index.js";
import { codeOf } from "../errors/system-code.js";
import { syncDir } from "../files/private-dir.js";
import { readPrivateFile, writeNewPrivateFile } from "../files/private-file.js";
import { whyUnreadable } from "../files/unreadable.js";

const KEEPS = "keys";

/**
 * Puts another text in the place of a file with keys, in one step: whoever reads it has the one or the other. Behind a
 * link it is the file that the link leads to.
 * @throws OktaMcpError bad_config
 */
export async function replaceKeys(path: string, text: string): Promise<void> {
  try {
    const target = await realpath(path);
    const draft = `${target}.${randomBytes(6).toString("hex")}`;
    const { mode, uid, gid } = await stat(target);
    await writeNewPrivateFile(draft, text);
    try {
      await chmod(draft, mode & 0o777);
      // Only the superuser can give a file away, and has to leave it to whom it belongs.
      if (process.getuid?.() === 0) await chown(draft, uid, gid);
      await rename(draft, target);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
    await syncDir(dirname(target));
  } catch (error) {
    throw new OktaMcpError("bad_config", `The key file ${path} cannot be written (${codeOf(error)}).`, {
      fix: "Run this where the file can be written, or name another with --out and put its content where all instances have their keys from.",
    });
  }
}

/** Writes a file with keys that must not be there yet, for this user alone. @throws OktaMcpError bad_config */
export async function writeNewKeys(path: string, text: string): Promise<void> {
  try {
    await writeNewPrivateFile(path, text);
  } catch (error) {
    const why = codeOf(error) === "EEXIST" ? "it is there already" : codeOf(error);
    throw new OktaMcpError("bad_config", `The file ${path} was not written: ${why}.`, {
      fix: "Name a file that is not there yet, in a folder that you may write to.",
    });
  }
}

/**
 * The text of a file with keys that an operator gives, e.g. a mounted secret. It may be a link, and its modes are the
 * operator's.
 * @throws OktaMcpError bad_config
 */
export async function readGivenKeys(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new OktaMcpError("bad_config", `The key file ${path} was not read: ${whyUnreadable(codeOf(error))}.`, {
      fix: "Give the path of a file that the user who runs okta-mcp may read.",
    });
  }
}

/**
 * The text of a file with keys of this server's own (mode 0600). It is made where it is not there.
 * @param make the text of a new file; undefined where a missing one must not be replaced
 * @returns undefined where it is missing and not made
 * @throws OktaMcpError bad_config where others can read it, or it cannot be read or made
 */
export async function ownKeys(
  path: string,
  make: (() => string | Promise<string>) | undefined,
): Promise<string | undefined> {
  try {
    const text = await readPrivateFile(path, KEEPS);
    if (text !== undefined || make === undefined) return text;
    const made = await make();
    await writeNewPrivateFile(path, made);
    return made;
  } catch (error) {
    if (error instanceof OktaMcpError) throw error;
    throw new OktaMcpError("bad_config", `The key file ${path} cannot be read or made (${codeOf(error)}).`, {
      fix: "Make room, or give the user who runs okta-mcp access to the folder.",
    });
  }
}

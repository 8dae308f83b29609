import { readFile } from "node:fs/promises";
import { OktaMcpError } from "../errors/index.js";
import { codeOf } from "../errors/system-code.js";
import { readPrivateFile, writeNewPrivateFile } from "../files/private-file.js";
import { whyUnreadable } from "../files/unreadable.js";

const KEEPS = "keys";

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

import { readFileSync, statSync } from "node:fs";
import { textOfFile } from "../files/file-text.js";
import { whyUnreadable } from "../files/unreadable.js";
import { withoutTilde } from "../files/user-dirs.js";
import { visible } from "../text/quote.js";

/** The text of a private key, or the reason why there is none. */
export type KeyText = { text: string; notice?: string } | { problem: string };

/** No private key is larger. A larger text was not meant to be one. */
const MAX_KEY_BYTES = 100_000;

/** A PEM or a JWK in place of a file name. */
const KEY_ITSELF = /-----BEGIN|\n|^\{.*["']|^(?![/~])[\w+/=-]{200,}$/;

/** A path in place of the key itself. */
const PATH_OF_KEY = /^(?:~|\.{1,2}|[A-Za-z]:)?[/\\][^\n"]{1,200}$|^[\w {}.-]{1,200}\.(?:pem|key|jwk|json|p8)$/i;

/** Reads `OKTA_PRIVATE_KEY`. */
export function readKeyText(text: string): KeyText {
  return PATH_OF_KEY.test(text)
    ? { problem: "holds a path instead of a key. Set OKTA_PRIVATE_KEY_FILE to it." }
    : { text };
}

/** Reads `OKTA_PRIVATE_KEY_FILE`; `~/` stands for the home folder, since MCP clients start servers without a shell. */
export function readKeyFile(file: string): KeyText {
  // The messages below show the path, and a key must not be shown.
  if (KEY_ITSELF.test(file)) return { problem: "holds a key instead of the path of one. Set OKTA_PRIVATE_KEY to it." };
  const path = withoutTilde(file);
  let text: string;
  let mode: number | undefined;
  try {
    const stat = statSync(path);
    if (stat.isFile()) mode = stat.mode & 0o777;
    // A shell makes a pipe of `<(…)`, which is fine. A device may never end.
    if (stat.isCharacterDevice() || stat.isBlockDevice())
      return { problem: `names a device: ${visible(file)}. Give the key's own file.` };
    if (stat.size > MAX_KEY_BYTES)
      return { problem: `names a file too large for a key: ${visible(file)}. Give the key's own file.` };
    text = textOfFile(readFileSync(path));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    return { problem: `cannot be read: ${visible(file)}: ${whyUnreadable(code)}. Give the path of the private key.` };
  }
  if (text.trim() === "")
    return { problem: `names an empty file: ${visible(file)}. Give the path of the private key.` };
  const open = process.platform !== "win32" && mode !== undefined && (mode & 0o077) !== 0;
  return open
    ? {
        text,
        notice: `The private key in ${visible(file)} can be read by other users of this machine; run: chmod 600 ${visible(file)}`,
      }
    : { text };
}

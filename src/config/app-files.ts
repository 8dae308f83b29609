import { existsSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { AppCredentials } from "../auth/client-authentication.js";
import { type PrivateKey, parsePrivateKey } from "../auth/private-key.js";
import { withoutTilde } from "../files/user-dirs.js";
import { visible } from "../text/quote.js";
import { readKeyFile } from "./key-text.js";

/** An app in Okta, as a file of settings names it. */
export interface AppEntry {
  client_id?: string | undefined;
  client_secret_file?: string | undefined;
  private_key_file?: string | undefined;
  key_id?: string | undefined;
}

/** Receives a mistake of one member, as the rest of a sentence that begins with the member's name. */
export type MemberMistake = (member: string, problem: string) => void;

/** Takes the place of a missing key id, so that it is told apart from a key that is not right. */
const NO_KEY_ID = "missing";

const KEY_ADVICE =
  "Give a private key as PEM or JWK (RSA from 2048 bits, or EC on P-256, P-384 or P-521) whose public half is at the app in Okta (General > Client Credentials > Public keys).";

/** What others may do with a file of these modes that they must not. */
function openTo(path: string): string | undefined {
  if (process.platform === "win32") return undefined;
  const { mode } = statSync(path);
  if ((mode & 0o007) !== 0) return "can be read by every user of this machine";
  return (mode & 0o020) === 0 ? undefined : "can be changed by other users of this machine";
}

/** The path that a file of settings means: a relative one begins at the folder of that file. */
export function pathBeside(settingsFile: string, path: string): string {
  return resolve(dirname(settingsFile), withoutTilde(path));
}

/** A secret in place of the path of its file. It must not be shown. */
const SECRET_ITSELF = /-----BEGIN|[\n{"]|^[\w+/=-]{32,}$/;

/** The text of a file that may be open to everybody; undefined, and a mistake, where it cannot be read. */
export function plainText(given: string, settingsFile: string, mistake: (problem: string) => void): string | undefined {
  return readText(pathBeside(settingsFile, given), mistake);
}

function readText(path: string, mistake: (problem: string) => void): string | undefined {
  const read = readKeyFile(path);
  if ("text" in read) return read.text;
  mistake(read.problem.replace("the private key", "the file").replace("too large for a key", "too large for it"));
  return undefined;
}

/** The text of a file with a secret; undefined, and a mistake, where it cannot be used. */
export function secretText(
  given: string,
  settingsFile: string,
  mistake: (problem: string) => void,
): string | undefined {
  const path = pathBeside(settingsFile, given);
  if (SECRET_ITSELF.test(given) && !existsSync(path)) {
    mistake(
      "holds what looks like the secret itself in place of the path of its file. Put it into a file that only this user may read (chmod 600), and name that.",
    );
    return undefined;
  }
  const text = readText(path, mistake);
  if (text === undefined) return undefined;
  const open = openTo(path);
  if (open === undefined) return text;
  mistake(`names ${visible(path)}, which ${open}. Run: chmod 600 ${visible(path)}`);
  return undefined;
}

/** A private key from a file; undefined, and a mistake, where it cannot be used. */
function privateKey(
  { file, keyId }: { file: string; keyId: string | undefined },
  settingsFile: string,
  mistake: MemberMistake,
): PrivateKey | undefined {
  const text = secretText(file, settingsFile, (problem) => mistake("private_key_file", problem));
  if (text === undefined) return undefined;
  try {
    // The id of a JWK counts where none is named.
    const key = parsePrivateKey(text, keyId ?? (/"kid"\s*:/.test(text) ? undefined : NO_KEY_ID));
    if (key.kid !== NO_KEY_ID || keyId === NO_KEY_ID) return key;
    mistake("key_id", "is missing: the key file does not tell it. Okta shows it beside the public key.");
  } catch (error) {
    const why = error instanceof Error ? error.message : "It is no private key.";
    mistake("private_key_file", `names ${visible(file)}, which cannot be used: ${why} ${KEY_ADVICE}`);
  }
  return undefined;
}

/**
 * Reads the secret or the key of an app. Every mistake is told; what is returned is right.
 * @param settingsFile the path of the file of settings
 * @returns undefined where no app is named, or its secret or key cannot be used
 */
export function readApp(entry: AppEntry, settingsFile: string, mistake: MemberMistake): AppCredentials | undefined {
  const { client_id: clientId, client_secret_file: secret, private_key_file: key, key_id } = entry;
  const clientSecret =
    secret && secretText(secret, settingsFile, (problem) => mistake("client_secret_file", problem))?.trim();
  const read = key === undefined ? undefined : privateKey({ file: key, keyId: key_id }, settingsFile, mistake);
  if (clientId === undefined) return undefined;
  if (read !== undefined) return { clientId, privateKey: read };
  return secret !== undefined && clientSecret === undefined ? undefined : { clientId, clientSecret };
}

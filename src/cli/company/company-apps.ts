import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { AppCredentials } from "../../auth/client-authentication.js";
import { parsePrivateKey } from "../../auth/private-key.js";

/** An app in Okta, as serve.json names it in several places. */
interface AppMembers {
  client_id?: string | undefined;
  client_secret_file?: string | undefined;
  private_key_file?: string | undefined;
  key_id?: string | undefined;
}

/** An app in Okta, with its secret or key; undefined where serve.json names none. @param file the path of serve.json */
export async function appOf(members: AppMembers | undefined, file: string): Promise<AppCredentials | undefined> {
  const { client_id: clientId, client_secret_file: secret, private_key_file: key, key_id } = members ?? {};
  if (clientId === undefined) return undefined;
  const read = async (path: string) => (await readFile(resolve(dirname(file), path), "utf8")).trim();
  if (key !== undefined) return { clientId, privateKey: parsePrivateKey(await read(key), key_id) };
  return { clientId, clientSecret: secret === undefined ? undefined : await read(secret) };
}

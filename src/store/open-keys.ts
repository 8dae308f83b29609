import { existsSync } from "node:fs";
import { join } from "node:path";
import { OktaMcpError } from "../errors/index.js";
import type { Log } from "../log.js";
import { newDataKeySet, parseDataKeys } from "./data-keys.js";
import { ownKeys, readGivenKeys, writeNewKeys } from "./key-files.js";
import type { KeyRegistry } from "./key-registry.js";
import { changeOf, commonKey, KeyRing, type KeySet, refuseOthers, refuseStrangers } from "./key-ring.js";
import { Vault } from "./vault.js";

/** The file of the data keys that a server makes for itself. */
const OWN_KEYS = "data-keys.json";

/** Where the data keys are, and how they are opened. */
export interface OpenKeysOptions {
  /** The folder of the server's data, only for this user. */
  dir: string;
  /** `server`: one that serves from this folder. `beside`: a command that looks at the same data meanwhile. */
  as?: "server" | "beside";
  /** A file with the data keys (JWKS). Without it the server makes its own in its folder. */
  keysFile?: string | undefined;
  /** True where keys are lost for good: what they encrypted is given up. Nobody may serve meanwhile. */
  startsOver?: boolean;
  log: Pick<Log, "warn" | "error">;
}

/**
 * Opens the data keys of a store.
 * @param isAlone true where only one server can use the database
 * @throws OktaMcpError bad_config where they are not those of the database
 */
export async function openKeys(
  options: OpenKeysOptions,
  { place, registry, isAlone }: { place: string; registry: KeyRegistry; isAlone: boolean },
) {
  const { as = "server", startsOver = false, log } = options;
  // Its lock says that no other server is there, also where one has ended without a word.
  if (as === "server" && isAlone) await registry.leaveAll();
  if (startsOver) await refuseWhileServed(registry, place);
  const registered = await registry.all();
  const set = await dataKeys(options, place, startsOver ? [] : registered);
  // A command beside the server may be there to give a lost key up.
  if (!startsOver) (as === "server" ? refuseOthers : refuseStrangers)(set, registered, place);
  const first = commonKey(set.keys, await registry.holders(), registered);
  const vault: Vault = new Vault({
    keys: [first, ...set.keys.filter((key) => key !== first)],
    onUnreadable: ({ table, column }, why) =>
      log.warn("a value of the database cannot be read", { table, column, why }),
    missingKey: (id) => keys.missingKey(id),
  });
  const read = async () => dataKeys(options, place, await registry.all());
  const keys = new KeyRing({ registry, place, read, log }, vault, set);
  if (as === "server") await keys.begin();
  return { vault, keys, keyChange: changeOf(set, registered) };
}

async function refuseWhileServed(registry: KeyRegistry, place: string): Promise<void> {
  const running = (await registry.holders()).map(({ instance }) => instance);
  if (running.length === 0) return;
  throw new OktaMcpError("bad_config", `${place} is in use by ${running.join(", ")}.`, {
    fix: "Stop all servers first. One that ended without a word counts as running for three minutes.",
  });
}

async function dataKeys(
  { dir, keysFile, startsOver = false }: OpenKeysOptions,
  place: string,
  registered: readonly { fingerprint: string }[],
): Promise<KeySet> {
  if (keysFile !== undefined) {
    if (startsOver && !existsSync(keysFile)) await writeNewKeys(keysFile, newDataKeySet());
    return { keys: parseDataKeys(await readGivenKeys(keysFile), keysFile), file: keysFile };
  }
  const file = join(dir, OWN_KEYS);
  // New keys could not read what is there, and would look as if they were the right ones.
  const text = await ownKeys(file, registered.length === 0 ? newDataKeySet : undefined);
  if (text !== undefined) return { keys: parseDataKeys(text, file), file };
  const known = registered.map(({ fingerprint }) => fingerprint).join(", ");
  throw new OktaMcpError("bad_config", `${place} was written with data keys, and ${file} is not there.`, {
    fix: `Restore the file from a backup (keys with the fingerprints ${known}), or name the file that has them as data_keys_file. Where it is lost for good, run: okta-mcp serve keys start-over`,
  });
}

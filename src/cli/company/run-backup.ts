import { storePlaceOf } from "../../people/store-place.js";
import { inertJson } from "../../text/inert-json.js";
import type { Io } from "../io.js";
import { eraseReturned, markUse } from "./after-restore.js";
import { besideServer, whileStopped } from "./beside-store.js";

export interface BackupFlags {
  /** The path of serve.json. */
  config: string;
  json?: true;
}

/**
 * Copies the database of a company's server to a new file.
 * @returns the exit code: 0
 * @throws OktaMcpError bad_config, store_unavailable
 */
export function runServeBackup(io: Io, file: string, { config }: Pick<BackupFlags, "config">): Promise<number> {
  return besideServer(io, config, async (store, loaded) => {
    await store.copyTo(file);
    io.out(file);
    const { dir, keysFile } = storePlaceOf(loaded);
    const keys = keysFile ?? `data-keys.json in ${dir}`;
    io.note(
      `The copy is of no use without the data keys (${keys}). Keep them too, and elsewhere: both together read it.`,
    );
    return 0;
  });
}

/**
 * Makes a database safe that was put back from a backup.
 * @returns the exit code: 0
 * @throws OktaMcpError bad_config, also while a server runs on SQLite; store_unavailable
 */
export function runServeRestored(io: Io, { config, json }: BackupFlags): Promise<number> {
  return whileStopped(io, config, async (store, loaded) => {
    const { dir } = storePlaceOf(loaded);
    const { tokens, sessions, orgTokens, approvals } = await store.restore.endAll("operator");
    const people = await eraseReturned(store, dir);
    await markUse(store, dir);
    if (json)
      io.out(
        inertJson({ tokens, sessions, people_with_org_tokens: orgTokens, approvals, people_erased_again: people }),
      );
    else {
      io.out(
        `Ended: ${tokens} codes, tokens and grants of clients, ${sessions} sessions of browsers, ${approvals} approvals, and tokens of ${orgTokens} people at Okta, which the server revokes once it runs.`,
      );
      io.out(`Erased again: ${people} people.`);
      io.note(
        "Everybody signs in anew. Who was blocked since the backup has to be blocked again, and what was recorded since is in no record.",
      );
    }
    return 0;
  });
}

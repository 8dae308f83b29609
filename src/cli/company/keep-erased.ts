import type { Log } from "../../log.js";
import type { Store } from "../../store/open-store.js";
import { TombstoneFile } from "../../store/tombstone-file.js";
import { Departures } from "../../upstream/departures.js";
import { Erasure } from "../../upstream/erasure.js";

/**
 * Erases again, before the server serves, whom a backup of the database has brought back.
 * @param dir the folder of the server's data
 * @throws OktaMcpError bad_config where the file of tombstones cannot be used
 */
export async function keepErased(store: Store, dir: string, log: Log): Promise<void> {
  const departures = new Departures({ store, revocations: { kick: () => {} } });
  const people = await new Erasure({ store, departures, file: new TombstoneFile(dir) }).eraseReturned();
  if (people > 0) log.warn("people whose data were erased were in the database again, and are erased", { people });
}

import type { Log } from "../../log.js";
import { MarkFile } from "../../store/mark-file.js";
import type { Store } from "../../store/open-store.js";
import { TombstoneFile } from "../../store/tombstone-file.js";
import { Departures } from "../../upstream/departures.js";
import { Erasure } from "../../upstream/erasure.js";

/**
 * Finds out, before the server serves, whether the database was put back from a backup, and makes it safe then: all
 * access in it ends, and whose data were erased since is erased again.
 * @param dir the folder of the server's data
 * @throws OktaMcpError bad_config where a file of the folder cannot be used
 */
export async function lookForRestore(store: Store, dir: string, log: Log): Promise<void> {
  const [made, found] = [await new MarkFile(dir).read(), await store.restore.lastMark()];
  // A backup of a version that made no marks has none. One without people is new, and nothing in it could end.
  if (found < made && (found > 0 || (await store.restore.knowsSomebody()))) {
    const [last, own] = [found, made].map((mark) => (mark === 0 ? "not known" : new Date(mark).toISOString()));
    const ended = await store.restore.endAll("server", { last_used: last, used_here_until: own });
    log.warn("the database is older than what this server has seen of it, so that all access in it has ended", {
      last_used: last,
      used_here_until: own,
      ...ended,
    });
  }
  const people = await eraseReturned(store, dir);
  if (people > 0) log.warn("people whose data were erased were in the database again, and are erased", { people });
  await markUse(store, dir);
}

/** Erases again whom a backup has brought back. @returns the number of people */
export function eraseReturned(store: Store, dir: string): Promise<number> {
  const departures = new Departures({ store, revocations: { kick: () => {} } });
  return new Erasure({ store, departures, file: new TombstoneFile(dir) }).eraseReturned();
}

/** Makes a mark in the database and then beside it, by which an older copy of the database is known. */
export async function markUse(store: Store, dir: string): Promise<void> {
  await new MarkFile(dir).write(await store.restore.mark());
}

import type { Log } from "../../log.js";
import type { ServeFile } from "../../people/serve-fields.js";
import type { Store } from "../../store/open-store.js";
import { markUse } from "./after-restore.js";

/** How often what has ended is dropped from the store. */
const DROP_EVERY_MS = 10 * 60_000;
/** The time after which a person's tokens at the org end where no client of theirs has anything. */
const UNUSED_MS = 60 * 60_000;

export interface DropOptions {
  store: Store;
  /** The folder of the server's data. */
  dir: string;
  /** The settings at this moment. */
  current(): Pick<ServeFile, "sign_in" | "retention">;
  log: Log;
}

/**
 * Drops what has ended and what is older than it is kept, at once and every few minutes.
 * @returns the way to stop, which waits for what runs
 */
export function dropNowAndThen({ store, dir, current, log }: DropOptions): () => Promise<void> {
  const stopped = new AbortController();
  const drop = async () => {
    const { sign_in, retention } = current();
    const rows = await store.dropEnded();
    // With other ways to sign in, people's tokens at the org serve more than the clients that have signed in here.
    const people = sign_in === "proxy" ? await store.endings.endUnused(UNUSED_MS) : 0;
    log.debug("dropped what has ended", { rows, people_without_clients: people });
    const kept = { journal: retention.journal_days, audit: retention.audit_days };
    for (const { table, rows: old, fromMs, toMs } of await store.dropOldRecords(kept, stopped.signal)) {
      const [from, to] = [fromMs, toMs].map((ms) => new Date(ms).toISOString());
      log.info("dropped old records", { record: table, rows: old, from, to });
    }
    await markUse(store, dir);
  };
  let running = Promise.resolve();
  const begin = () => {
    running = running.then(drop).catch((error: unknown) => log.warn("what has ended was not dropped", { error }));
  };
  begin();
  const timer = setInterval(begin, DROP_EVERY_MS).unref();
  return () => {
    clearInterval(timer);
    stopped.abort();
    return running.then(() => markUse(store, dir)).catch(() => {});
  };
}

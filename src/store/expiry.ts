import { DAY_MS } from "../guard/limit-store.js";
import type { StoreParts } from "./store-parts.js";

/** The rows that are dropped in one statement, so that nobody waits long for it. */
const BATCH = 500;

const ENDING = [
  ["oidc", "id_hash"],
  ["clients", "id"],
  ["web_sessions", "id_hash"],
  ["transactions", "state_hash"],
  ["approvals", "id"],
  ["exchanged_tokens", "id"],
  ["used_once", "value_hash"],
  ["signing_keys", "number"],
  ["invitations", "id"],
] as const;

/**
 * Drops the rows that have ended, in batches, so that calls come through in between. Nothing depends on it but the size
 * of the database: whoever reads a row looks at its end.
 * @returns the number of rows that were dropped
 */
export async function dropEnded({ db, variant, now }: Pick<StoreParts, "db" | "variant" | "now">): Promise<number> {
  const nowMs = now();
  // Several instances drop at once. Each leaves out what another one is just dropping, so that none waits for it.
  const free = <Query extends Lockable<Query>>(query: Query) =>
    variant.locksRows ? query.forUpdate().skipLocked() : query;
  let dropped = 0;
  for (const [table, key] of ENDING) {
    dropped += await inBatches(() => {
      const { ref } = db.dynamic;
      const ended = db.selectFrom(table).select(ref<string>(key)).where("ends_at", "<=", nowMs).limit(BATCH);
      return db.deleteFrom(table).where(ref<string>(key), "in", free(ended)).executeTakeFirst();
    });
  }
  return (
    dropped +
    (await inBatches(() => {
      const old = db
        .selectFrom("limit_uses")
        .select("id")
        .where("used_at", "<=", nowMs - DAY_MS)
        .limit(BATCH);
      return db.deleteFrom("limit_uses").where("id", "in", free(old)).executeTakeFirst();
    }))
  );
}

interface Lockable<Query> {
  forUpdate(): Lockable<Query>;
  skipLocked(): Query;
}

async function inBatches(drop: () => Promise<{ numDeletedRows: bigint }>): Promise<number> {
  let dropped = 0;
  for (;;) {
    const { numDeletedRows } = await drop();
    dropped += Number(numDeletedRows);
    if (numDeletedRows < BATCH) return dropped;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

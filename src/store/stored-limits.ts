import type { Kysely } from "kysely";
import { DAY_MS, hasRoom, type LimitStore, type Used, type Wanted } from "../guard/limit-store.js";
import type { StoreParts } from "./store-parts.js";
import type { Tables } from "./tables.js";

/** The counts of writes of all who share the database. */
export class StoredLimits implements LimitStore {
  readonly #parts: Pick<StoreParts, "db" | "variant">;

  constructor(parts: Pick<StoreParts, "db" | "variant">) {
    this.#parts = parts;
  }

  /** Begins the session of a server that has just started: what counts by the session counts from here on. */
  async beginSession(): Promise<void> {
    await this.#parts.db.deleteFrom("limits").execute();
  }

  used(key: string, nowMs: number): Promise<Used> {
    return usedOf(this.#parts.db, key, nowMs);
  }

  take(wanted: readonly Wanted[], nowMs: number): Promise<{ key: string; used: Used } | undefined> {
    const { db, variant } = this.#parts;
    const keys = [...new Set(wanted.map(({ key }) => key))].sort();
    if (keys.length === 0) return Promise.resolve(undefined);
    return db.transaction().execute(async (transaction) => {
      await transaction
        .insertInto("limits")
        .values(keys.map((key) => ({ key, total: 0 })))
        .onConflict((conflict) => conflict.column("key").doNothing())
        .execute();
      const rows = transaction.selectFrom("limits").select("key").where("key", "in", keys).orderBy("key");
      // In one order everywhere, so that no two wait for each other.
      if (variant.locksRows) await rows.forUpdate().execute();
      for (const { key, allowance } of wanted) {
        const used = await usedOf(transaction, key, nowMs);
        if (!hasRoom(allowance, used, 1, nowMs)) return { key, used };
      }
      for (const { key } of wanted) {
        await transaction
          .updateTable("limits")
          .set(({ eb }) => ({ total: eb("total", "+", 1) }))
          .where("key", "=", key)
          .execute();
        await transaction.insertInto("limit_uses").values({ key, used_at: nowMs }).execute();
      }
      return undefined;
    });
  }
}

async function usedOf(db: Kysely<Tables>, key: string, nowMs: number): Promise<Used> {
  const row = await db.selectFrom("limits").select("total").where("key", "=", key).executeTakeFirst();
  const uses = await db
    .selectFrom("limit_uses")
    .select("used_at")
    .where("key", "=", key)
    .where("used_at", ">", nowMs - DAY_MS)
    .orderBy("used_at")
    .execute();
  return { total: row?.total ?? 0, times: uses.map(({ used_at }) => used_at) };
}

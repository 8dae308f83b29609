import type { SealStore } from "../call/seals.js";
import { hashOf, type StoreParts } from "./store-parts.js";

/** Remembers what counts once, e.g. the `jti` of a token (RFC 7519, section 4.1.7), among all who share the database. */
export class UsedOnce {
  readonly #db: StoreParts["db"];

  constructor({ db }: Pick<StoreParts, "db">) {
    this.#db = db;
  }

  /**
   * Uses a value up. True for the one who did, false for everybody who comes later.
   * @param kind names the use
   * @param endsAtMs when the value counts no more in any case, in epoch milliseconds
   */
  async claim(kind: string, value: string, endsAtMs: number): Promise<boolean> {
    const { numInsertedOrUpdatedRows } = await this.#db
      .insertInto("used_once")
      .values({ value_hash: hashOf(`once ${kind}`, value), kind, ends_at: endsAtMs })
      .onConflict((conflict) => conflict.column("value_hash").doNothing())
      .executeTakeFirst();
    return numInsertedOrUpdatedRows === 1n;
  }

  /** True for a value that was used up. Where only one may go on, `claim` alone tells who. */
  async isUsed(kind: string, value: string): Promise<boolean> {
    const used = this.#db
      .selectFrom("used_once")
      .select("kind")
      .where("value_hash", "=", hashOf(`once ${kind}`, value));
    return (await used.executeTakeFirst()) !== undefined;
  }
}

/** Where the database says when it was last put back from a backup, in epoch milliseconds. */
export const RESTORED = "restored_at";

/** The used seals of all who share the database, and the keys that they have in common. */
export class StoredSeals implements SealStore {
  readonly #used: UsedOnce;
  readonly #db: StoreParts["db"];
  readonly #vault: StoreParts["vault"];

  constructor({ db, vault }: Pick<StoreParts, "db" | "vault">) {
    this.#used = new UsedOnce({ db });
    this.#db = db;
    this.#vault = vault;
  }

  async keys(): Promise<readonly Uint8Array[]> {
    // A backup does not know which seals were used since, so those of before count no more.
    const row = await this.#db.selectFrom("meta").select("value").where("key", "=", RESTORED).executeTakeFirst();
    return this.#vault.subKeys(row === undefined ? "seals" : `seals ${row.value}`);
  }

  claim(nonce: string, endsAtMs: number): Promise<boolean> {
    return this.#used.claim("seal", nonce, endsAtMs);
  }
}

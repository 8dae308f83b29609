import { sql } from "kysely";
import { Audit } from "./audit.js";
import { endTokens } from "./end-tokens.js";
import type { StoreParts } from "./store-parts.js";
import { StoredRevocations } from "./stored-revocations.js";
import { RESTORED } from "./used-once.js";

/** Where the database has the last mark of a server. */
const MARK = "marked_at";

/** What was ended after a database was put back. */
export interface EndedAfterRestore {
  /** Codes, tokens, grants and sessions of clients. */
  tokens: number;
  /** Sessions of browsers. */
  sessions: number;
  /** People whose own tokens at the org are to be revoked there. */
  orgTokens: number;
  approvals: number;
}

/**
 * Makes a database that was put back from a backup safe: what was used up, ended or revoked since the backup is unused in
 * it, so everything ends that could be used once more.
 */
export class StoredRestore {
  readonly #parts: StoreParts;

  constructor(parts: StoreParts) {
    this.#parts = parts;
  }

  /** The last mark that a server has made in this database; 0 where none has. */
  async lastMark(): Promise<number> {
    const row = await this.#parts.db.selectFrom("meta").select("value").where("key", "=", MARK).executeTakeFirst();
    return Number(row?.value ?? 0);
  }

  /** True where the database knows anybody, so that somebody may have access in it. */
  async knowsSomebody(): Promise<boolean> {
    return (await this.#parts.db.selectFrom("people").select("id").limit(1).executeTakeFirst()) !== undefined;
  }

  /** Makes a new mark, which is later than every one before, whatever the clock says. @returns the mark */
  async mark(): Promise<number> {
    const { db, now } = this.#parts;
    const value = String(now());
    const last = sql<number>`cast(meta.value as bigint)`;
    const next = sql<string>`case when ${last} < ${now()} then ${value} else cast(${last} + 1 as text) end`;
    const row = await db
      .insertInto("meta")
      .values({ key: MARK, value })
      .onConflict((conflict) => conflict.column("key").doUpdateSet({ value: next }))
      .returning("value")
      .executeTakeFirstOrThrow();
    return Number(row.value);
  }

  /**
   * Ends all access that the database knows of, in one transaction: whoever had access signs in anew. Questions that
   * were open are asked again.
   * @param by who did it, for the record
   * @param detail what led to it, for the record
   */
  endAll(by: string, detail: Record<string, unknown> = {}): Promise<EndedAfterRestore> {
    const { db, now } = this.#parts;
    return db.transaction().execute(async (transaction) => {
      const nowMs = now();
      const drop = async (table: "oidc" | "web_sessions" | "transactions" | "approvals" | "exchanged_tokens") =>
        Number((await transaction.deleteFrom(table).executeTakeFirst()).numDeletedRows);
      const tokens = await drop("oidc");
      const sessions = await drop("web_sessions");
      await drop("transactions");
      await drop("exchanged_tokens");
      const approvals = await drop("approvals");
      const holders = await transaction
        .selectFrom("upstream_grants")
        .select("person")
        .distinct()
        .where("state", "=", "active")
        .execute();
      const revocations = new StoredRevocations(this.#parts);
      for (const { person } of holders) {
        await endTokens(transaction, this.#parts, { person, why: "restored", revocations });
      }
      await transaction.updateTable("people").set({ ended_at: nowMs, ended_why: "restored" }).execute();
      const value = String(nowMs);
      await transaction
        .insertInto("meta")
        .values({ key: RESTORED, value })
        .onConflict((conflict) => conflict.column("key").doUpdateSet({ value }))
        .execute();
      const ended = { tokens, sessions, orgTokens: holders.length, approvals };
      await new Audit({ db: transaction, now }).add({
        actor: by,
        action: "database_restored",
        outcome: "done",
        detail: { tokens, sessions, people_with_org_tokens: holders.length, approvals, ...detail },
      });
      return ended;
    });
  }
}

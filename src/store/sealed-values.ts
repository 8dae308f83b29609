import { type RawBuilder, sql } from "kysely";
import type { DataKey } from "./data-keys.js";
import type { StoreParts } from "./store-parts.js";
import type { Tables } from "./tables.js";
import { sealedPrefix } from "./vault.js";

/** A column with values that the vault has encrypted. */
interface SealedColumn {
  table: keyof Tables;
  column: string;
  /** The column by which each row is known. */
  id: string;
  /** True where a row ends at `ends_at`, and nothing in it is needed after that. */
  ends: boolean;
}

/** All columns of all tables whose name ends in `_sealed`. */
export const SEALED_COLUMNS: readonly SealedColumn[] = [
  { table: "oidc", column: "payload_sealed", id: "id_hash", ends: true },
  { table: "upstream_grants", column: "access_sealed", id: "id", ends: false },
  { table: "upstream_grants", column: "refresh_sealed", id: "id", ends: false },
  { table: "upstream_grants", column: "dpop_key_sealed", id: "id", ends: false },
  { table: "exchanged_tokens", column: "token_sealed", id: "id", ends: true },
  { table: "clients", column: "metadata_sealed", id: "id", ends: true },
  { table: "transactions", column: "data_sealed", id: "state_hash", ends: true },
  { table: "web_sessions", column: "data_sealed", id: "id_hash", ends: true },
  { table: "approvals", column: "shown_sealed", id: "id", ends: true },
  { table: "revocations", column: "token_sealed", id: "id", ends: false },
  { table: "signing_keys", column: "key_sealed", id: "id", ends: true },
];

/** The rows that are encrypted anew between two pauses, in which whoever serves comes through. */
const BATCH = 100;

/** What came of encrypting anew. */
export interface Rewrapped {
  /** The values that are encrypted with the first key now. */
  rewrapped: number;
  /** The values that nobody can read: somebody or something has changed them. They stay as they are. */
  unreadable: number;
}

type Raw = RawBuilder<unknown>;
type KeyId = Pick<DataKey, "id">;

/** The encrypted values of all tables, whatever they are for. */
export class SealedValues {
  readonly #parts: StoreParts;

  constructor(parts: StoreParts) {
    this.#parts = parts;
  }

  /** The number of values that need a key. What has ended needs none. */
  async needing(key: KeyId): Promise<number> {
    let count = 0;
    for (const place of SEALED_COLUMNS) {
      const { rows } = await sql<{ n: number | string | bigint }>`
        select count(*) as n from ${sql.table(place.table)}
        where ${isOf(place, [key])} and ${this.#lives(place)}`.execute(this.#parts.db);
      count += Number(rows[0]?.n ?? 0);
    }
    return count;
  }

  /**
   * Encrypts every value with the first key, in small steps beside those who serve. It can be ended at any time and
   * begun again.
   * @param onStep told of the values that were encrypted anew so far
   * @throws OktaMcpError store_unavailable where a key is missing
   */
  async rewrap(signal?: AbortSignal, onStep?: (soFar: Rewrapped) => void): Promise<Rewrapped> {
    const done: Rewrapped = { rewrapped: 0, unreadable: 0 };
    for (const place of SEALED_COLUMNS) {
      let after: string | undefined = "";
      while (after !== undefined && signal?.aborted !== true) {
        after = await this.#rewrapStep(place, after, done);
        onStep?.(done);
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    return done;
  }

  /** @returns the id of the last row of this step; undefined where no row is left */
  async #rewrapStep(place: SealedColumn, after: string, done: Rewrapped): Promise<string | undefined> {
    const { db, vault } = this.#parts;
    const { table, column } = place;
    const [first] = vault.keys;
    if (first === undefined) return undefined;
    const { rows } = await sql<{ id: string; sealed: string }>`
      select ${sql.ref(place.id)} as id, ${sql.ref(column)} as sealed from ${sql.table(table)}
      where ${sql.ref(column)} is not null and not ${isOf(place, [first])} and ${sql.ref(place.id)} > ${after}
      order by ${sql.ref(place.id)} limit ${BATCH}`.execute(db);
    for (const { id, sealed } of rows) {
      const anew = await vault.rewrap(sealed);
      if (anew === undefined) {
        done.unreadable += 1;
        continue;
      }
      // Whoever has changed the row meanwhile has encrypted it anew.
      const { numAffectedRows } = await sql`
        update ${sql.table(table)} set ${sql.ref(column)} = ${anew}
        where ${sql.ref(place.id)} = ${id} and ${sql.ref(column)} = ${sealed}`.execute(db);
      if (numAffectedRows === 1n) done.rewrapped += 1;
    }
    return rows.length < BATCH ? undefined : rows.at(-1)?.id;
  }

  /**
   * Gives up what no key of the vault reads: rows are dropped, and a blocked client stays blocked.
   * @returns the number of rows that were given up
   */
  async giveUpUnreadable(): Promise<number> {
    const { db, vault } = this.#parts;
    await this.#keepBlockedClients();
    let dropped = 0;
    for (const place of SEALED_COLUMNS) {
      const { numAffectedRows } = await sql`
        delete from ${sql.table(place.table)}
        where ${sql.ref(place.column)} is not null and not ${isOf(place, vault.keys)}`.execute(db);
      dropped += Number(numAffectedRows ?? 0n);
    }
    return dropped;
  }

  /** Gives blocked clients whose metadata are lost none, so that their rows, which say that they are blocked, stay. */
  async #keepBlockedClients(): Promise<void> {
    const { db, vault } = this.#parts;
    const blocked = await db.selectFrom("clients").selectAll().where("blocked_at", "is not", null).execute();
    for (const { id, metadata_sealed: sealed } of blocked) {
      if (vault.keys.some((key) => sealed.startsWith(sealedPrefix(key)))) continue;
      const metadata_sealed = await vault.seal("{}", { table: "clients", column: "metadata_sealed", id, person: null });
      await db.updateTable("clients").set({ metadata_sealed }).where("id", "=", id).execute();
    }
  }

  #lives({ ends }: SealedColumn): Raw {
    return ends ? sql`(ends_at is null or ends_at > ${this.#parts.now()})` : sql`1 = 1`;
  }
}

/** True for a value that one of the keys has encrypted. */
function isOf({ column }: SealedColumn, keys: readonly KeyId[]): Raw {
  const each = keys.map((key) => {
    const prefix = sealedPrefix(key);
    return sql`substr(${sql.ref(column)}, 1, ${sql.lit(prefix.length)}) = ${prefix}`;
  });
  return sql`(${sql.join(each, sql` or `)})`;
}

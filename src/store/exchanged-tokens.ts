import { createHash } from "node:crypto";
import { DecryptedRows } from "./decrypted-rows.js";
import type { StoreParts } from "./store-parts.js";
import type { RowIdentity } from "./vault.js";

/** Whose token it is, for which API, and by which right. */
export interface ExchangedTokenKey {
  /** Our own id of the person. */
  person: string;
  api: string;
  scopes: readonly string[];
  /** The names of the person's roles. With others the token does not count. */
  roles: readonly string[];
}

/**
 * The tokens for APIs that were given out in exchange for those of people (RFC 8693), encrypted. All who share the
 * database share them. They end with the access of their person.
 */
export class ExchangedTokens {
  readonly #parts: StoreParts;
  readonly #decrypted = new DecryptedRows<string>();

  constructor(parts: StoreParts) {
    this.#parts = parts;
  }

  /** A token that has not ended; undefined where there is none. Those of other roles are forgotten. */
  async find(key: ExchangedTokenKey): Promise<string | undefined> {
    const { db, vault, now } = this.#parts;
    const id = idOf(key);
    const row = await db.selectFrom("exchanged_tokens").selectAll().where("id", "=", id).executeTakeFirst();
    if (row === undefined || row.ends_at <= now()) return undefined;
    if (row.roles !== rolesOf(key)) {
      await db
        .deleteFrom("exchanged_tokens")
        .where("person", "=", key.person)
        .where("roles", "!=", rolesOf(key))
        .execute();
      this.#decrypted.forget(id);
      return undefined;
    }
    const { token_sealed: sealed } = row;
    return this.#decrypted.of(id, sealed, () => vault.open(sealed, rowOf(id, key)));
  }

  /**
   * Keeps a token, unless the access of its person has ended meanwhile.
   * @param endsAtMs from then on it is not used any more, in epoch milliseconds
   */
  async put(key: ExchangedTokenKey, token: string, endsAtMs: number): Promise<void> {
    const { db, vault, variant, now } = this.#parts;
    const { person, api } = key;
    const id = idOf(key);
    const values = {
      roles: rolesOf(key),
      token_sealed: await vault.seal(token, rowOf(id, key)),
      created_at: now(),
      ends_at: endsAtMs,
    };
    await db.transaction().execute(async (transaction) => {
      // Whatever ends the access of the person locks this row too.
      const owner = transaction.selectFrom("people").select("status").where("id", "=", person);
      const found = await (variant.locksRows ? owner.forUpdate() : owner).executeTakeFirst();
      if (found?.status !== "active") return;
      await transaction
        .insertInto("exchanged_tokens")
        .values({ id, person, api, ...values })
        .onConflict((conflict) => conflict.column("id").doUpdateSet(values))
        .execute();
    });
  }

  /** Forgets a token that its API has refused, and none that has come meanwhile. */
  async forget(key: ExchangedTokenKey, token: string): Promise<void> {
    const { db, vault } = this.#parts;
    const id = idOf(key);
    const row = await db.selectFrom("exchanged_tokens").select("token_sealed").where("id", "=", id).executeTakeFirst();
    if (row === undefined || (await vault.open(row.token_sealed, rowOf(id, key))) !== token) return;
    await db.deleteFrom("exchanged_tokens").where("id", "=", id).where("token_sealed", "=", row.token_sealed).execute();
    this.#decrypted.forget(id);
  }
}

const rolesOf = ({ roles }: ExchangedTokenKey) => [...roles].sort().join(" ");

/** The id follows from whose it is and what for, so that two exchanges at once meet in one row. */
function idOf({ person, api, scopes }: ExchangedTokenKey): string {
  const hash = createHash("sha256")
    .update([...scopes].sort().join(" "))
    .digest("base64url");
  return `${person}/${api}/${hash}`;
}

function rowOf(id: string, { person }: ExchangedTokenKey): RowIdentity {
  return { table: "exchanged_tokens", column: "token_sealed", id, person };
}

import { randomBytes } from "node:crypto";
import { exportJWK, type JWK } from "jose";
import type { Selectable } from "kysely";
import { newKeyPair } from "../checks/key-pair.js";
import { OktaMcpError } from "../errors/index.js";
import type { StoreParts } from "./store-parts.js";
import type { Tables } from "./tables.js";

/** The longest life of what a signing key signs, in milliseconds: that of an ID token. */
export const MAX_SIGNED_LIFE_MS = 60 * 60_000;

/**
 * The time for which a key is published before it signs, in milliseconds: an hour for whoever keeps the published keys,
 * and some minutes until all instances publish it.
 */
export const PUBLISHED_BEFORE_MS = 65 * 60_000;

/** `next` is published and does not sign yet; `retired` signs no more, and counts until nothing of it is left. */
export type SigningKeyState = "next" | "active" | "retired";

export interface SigningKey {
  number: number;
  id: string;
  state: SigningKeyState;
  createdAtMs: number;
  signsAtMs: number;
  endsAtMs: number | undefined;
}

type Row = Selectable<Tables["signing_keys"]>;

/**
 * The keys that sign tokens, the same for all who share the database, which has them encrypted. What a key is at a time
 * follows from its times, so nobody has to change it.
 */
export class SigningKeys {
  readonly #parts: StoreParts;

  constructor(parts: StoreParts) {
    this.#parts = parts;
  }

  /** The keys that count now, the active one first; without their secrets. */
  async list(): Promise<SigningKey[]> {
    return inOrder(await this.#rows(), this.#parts.now()).map(({ row, state }) => ({
      number: row.number,
      id: row.id,
      state,
      createdAtMs: row.created_at,
      signsAtMs: row.signs_at,
      endsAtMs: row.ends_at ?? undefined,
    }));
  }

  /** The private keys that count now, the one that signs first. The first key is made here. */
  async keySet(): Promise<JWK[]> {
    const { vault, now } = this.#parts;
    const read = async () => {
      const rows = inOrder(await this.#rows(), now());
      const keys = await Promise.all(rows.map(({ row }) => vault.open(row.key_sealed, identityOf(row.id))));
      return { isThere: keys[0] !== undefined && rows[0]?.state === "active", keys };
    };
    const number = await this.#nextNumber();
    let { isThere, keys } = await read();
    if (!isThere) {
      // There is none yet, or somebody has damaged its row.
      await this.#add(number, now());
      ({ keys } = await read());
    }
    return keys.flatMap((key) => (key === undefined ? [] : [JSON.parse(key) as JWK]));
  }

  /**
   * Publishes a new key, which signs in an hour.
   * @param atOnce it signs at once, and nothing counts any more that the others have signed
   * @throws OktaMcpError conflict while another one is about to sign
   */
  async rotate({ atOnce = false } = {}): Promise<SigningKey> {
    const { now } = this.#parts;
    const number = await this.#nextNumber();
    const next = (await this.list()).find(({ state }) => state === "next");
    if (next !== undefined && !atOnce) {
      throw new OktaMcpError("conflict", `The signing key ${next.id} is published already and does not sign yet.`, {
        fix: `It signs from ${new Date(next.signsAtMs).toISOString()} on. Rotate again after that.`,
      });
    }
    await this.#add(number, now() + (atOnce ? 0 : PUBLISHED_BEFORE_MS), atOnce ? 0 : MAX_SIGNED_LIFE_MS);
    const added = (await this.list()).find((key) => key.number === number);
    if (added === undefined) throw new TypeError("the key was just added");
    return added;
  }

  /** The number of the next key. Whoever looks at it before the keys adds none that another has added meanwhile. */
  async #nextNumber(): Promise<number> {
    const { db } = this.#parts;
    const last = await db.selectFrom("signing_keys").select("number").orderBy("number", "desc").executeTakeFirst();
    return (last?.number ?? 0) + 1;
  }

  /** Adds a key, unless somebody else has added the one with its number. */
  async #add(number: number, signsAtMs: number, lifeMs: number = MAX_SIGNED_LIFE_MS): Promise<void> {
    const { db, vault, now } = this.#parts;
    const id = randomBytes(9).toString("base64url");
    const { privateKey } = newKeyPair({ type: "ec", namedCurve: "P-256" });
    const jwk = { ...(await exportJWK(privateKey)), use: "sig", alg: "ES256", kid: id };
    const key_sealed = await vault.seal(JSON.stringify(jwk), identityOf(id));
    await db.transaction().execute(async (transaction) => {
      const { numInsertedOrUpdatedRows } = await transaction
        .insertInto("signing_keys")
        .values({ number, id, key_sealed, created_at: now(), signs_at: signsAtMs, ends_at: null })
        .onConflict((conflict) => conflict.column("number").doNothing())
        .executeTakeFirst();
      if (numInsertedOrUpdatedRows !== 1n) return;
      await transaction
        .updateTable("signing_keys")
        .set({ ends_at: signsAtMs + lifeMs })
        .where("number", "<", number)
        .where(({ eb, or }) => or([eb("ends_at", "is", null), eb("ends_at", ">", signsAtMs + lifeMs)]))
        .execute();
    });
  }

  async #rows(): Promise<Row[]> {
    const { db, now } = this.#parts;
    const all = db.selectFrom("signing_keys").selectAll().orderBy("number", "desc");
    return all.where(({ eb, or }) => or([eb("ends_at", "is", null), eb("ends_at", ">", now())])).execute();
  }
}

/** The keys with their states, the active one first, then the one that signs next. @param rows the last one first */
function inOrder(rows: readonly Row[], nowMs: number): { row: Row; state: SigningKeyState }[] {
  const active = rows.find((row) => row.signs_at <= nowMs);
  const stateOf = (row: Row) => (row === active ? "active" : row.signs_at > nowMs ? "next" : "retired");
  const rank = { active: 0, next: 1, retired: 2 };
  return rows
    .map((row): { row: Row; state: SigningKeyState } => ({ row, state: stateOf(row) }))
    .sort((one, other) => rank[one.state] - rank[other.state]);
}

function identityOf(id: string) {
  return { table: "signing_keys", column: "key_sealed", id, person: null };
}

import type { Kysely } from "kysely";
import type { DataKey } from "./data-keys.js";
import type { Tables } from "./tables.js";
import { fingerprintOf } from "./vault.js";

/** A data key that the database was used with. */
export interface RegisteredKey {
  fingerprint: string;
  /** Its `kid`; an empty text where only the fingerprint is known. */
  id: string;
  addedAtMs: number;
  /** When an instance last encrypted with it; undefined for one that has only been added. */
  encryptedAtMs: number | undefined;
  /** When it was given up; undefined for one that counts. */
  droppedAtMs: number | undefined;
}

/** An instance that runs, and the data keys that it has. */
export interface KeyHolder {
  instance: string;
  fingerprints: readonly string[];
  /** The fingerprint of the one it encrypts with. */
  encryptsWith: string;
  seenAtMs: number;
}

/** An instance that has not said for so long that it runs does not run any more. Clocks differ by a minute and more. */
const ALIVE_MS = 3 * 60_000;
/** Instances that have not run for so long are forgotten. */
const FORGET_MS = 60 * 60_000;

/** Where older versions have written down the fingerprints of the keys that they were last started with. */
const META = "keys.data";

/** What the database says of the data keys: which there are, and which running instance has which. */
export class KeyRegistry {
  readonly #db: Kysely<Tables>;
  readonly #now: () => number;

  constructor({ db, now }: { db: Kysely<Tables>; now(): number }) {
    this.#db = db;
    this.#now = now;
  }

  /** All keys, those that were given up included. Databases of older versions know the fingerprints alone. */
  async all(): Promise<RegisteredKey[]> {
    const rows = await this.#db.selectFrom("data_keys").selectAll().orderBy("added_at").orderBy("id").execute();
    const known = rows.map(
      (row): RegisteredKey => ({
        fingerprint: row.fingerprint,
        id: row.id,
        addedAtMs: row.added_at,
        encryptedAtMs: row.encrypted_at ?? undefined,
        droppedAtMs: row.dropped_at ?? undefined,
      }),
    );
    const older = await this.#db.selectFrom("meta").select("value").where("key", "=", META).executeTakeFirst();
    const fromOlder = (older?.value.split(" ") ?? [])
      .filter((fingerprint) => fingerprint !== "")
      .filter((fingerprint) => !known.some((key) => key.fingerprint === fingerprint))
      .map(
        (fingerprint): RegisteredKey => ({
          fingerprint,
          id: "",
          addedAtMs: 0,
          encryptedAtMs: 0,
          droppedAtMs: undefined,
        }),
      );
    return [...known, ...fromOlder];
  }

  /** True for the id of a key that the database was used with. */
  async hasId(id: string): Promise<boolean> {
    const row = await this.#db.selectFrom("data_keys").select("id").where("id", "=", id).executeTakeFirst();
    return row !== undefined;
  }

  /** Writes down keys that are new, before anything is encrypted with them. */
  async add(keys: readonly DataKey[]): Promise<void> {
    const addedAt = this.#now();
    const rows = keys.map((key) => ({ fingerprint: fingerprintOf(key), id: key.id, added_at: addedAt }));
    for (const row of rows) {
      await this.#db
        .insertInto("data_keys")
        .values({ ...row, encrypted_at: null, dropped_at: null })
        .onConflict((conflict) => conflict.column("fingerprint").doNothing())
        .execute();
    }
    // An older version, which may run beside this one, looks here.
    const known = (await this.all()).filter(({ droppedAtMs }) => droppedAtMs === undefined);
    const value = known.map(({ fingerprint }) => fingerprint).join(" ");
    await this.#db
      .insertInto("meta")
      .values({ key: META, value })
      .onConflict((conflict) => conflict.column("key").doUpdateSet({ value }))
      .execute();
  }

  /** Writes down that a key is given up. Instances that still have it go on reading with it. */
  async drop(key: Pick<RegisteredKey, "fingerprint" | "id">): Promise<void> {
    await this.#db
      .insertInto("data_keys")
      .values({ ...key, added_at: 0, encrypted_at: null, dropped_at: this.#now() })
      .onConflict((conflict) => conflict.column("fingerprint").doUpdateSet({ dropped_at: this.#now() }))
      .execute();
    await this.add([]);
  }

  /** Says that an instance runs, with these keys. */
  async hold(instance: string, fingerprints: readonly string[], encryptsWith: string): Promise<void> {
    const nowMs = this.#now();
    const row = { fingerprints: fingerprints.join(" "), encrypts_with: encryptsWith, seen_at: nowMs };
    await this.#db
      .insertInto("key_holders")
      .values({ instance, ...row })
      .onConflict((conflict) => conflict.column("instance").doUpdateSet(row))
      .execute();
    await this.#db
      .updateTable("data_keys")
      .set({ encrypted_at: nowMs })
      .where("fingerprint", "=", encryptsWith)
      .execute();
    await this.#db
      .deleteFrom("key_holders")
      .where("seen_at", "<", nowMs - FORGET_MS)
      .execute();
  }

  /** The instances that run. */
  async holders(): Promise<KeyHolder[]> {
    const all = this.#db.selectFrom("key_holders").selectAll().orderBy("instance");
    const rows = await all.where("seen_at", ">=", this.#now() - ALIVE_MS).execute();
    return rows.map((row) => ({
      instance: row.instance,
      fingerprints: row.fingerprints.split(" "),
      encryptsWith: row.encrypts_with,
      seenAtMs: row.seen_at,
    }));
  }

  /** Says that no instance runs. */
  async leaveAll(): Promise<void> {
    await this.#db.deleteFrom("key_holders").execute();
  }

  /** Says that an instance has ended. */
  async leave(instance: string): Promise<void> {
    await this.#db.deleteFrom("key_holders").where("instance", "=", instance).execute();
  }
}

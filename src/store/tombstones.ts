import { createHmac } from "node:crypto";
import type { Kysely } from "kysely";
import type { StoreParts } from "./store-parts.js";
import type { Tables } from "./tables.js";

/** Who somebody was, as one org knew them. */
export interface ErasedSubject {
  /** `iss` of the ID token. */
  issuer: string;
  /** `sub` of the ID token. */
  subject: string;
}

/** What is left of somebody whose data were erased. It tells nobody who they were, unless they come again. */
export interface Tombstone {
  /** A hash of issuer and subject, keyed by a data key. */
  subjectHash: string;
  /** Epoch milliseconds. */
  erasedAtMs: number;
  wasBlocked: boolean;
}

/** The tombstones of people whose data were erased. They count as long as the data key of that time is kept. */
export class Tombstones {
  readonly #parts: Pick<StoreParts, "db" | "vault">;

  constructor(parts: Pick<StoreParts, "db" | "vault">) {
    this.#parts = parts;
  }

  /** The hashes of somebody, one for each data key; new tombstones have the first. */
  hashesOf({ issuer, subject }: ErasedSubject): string[] {
    return this.#parts.vault
      .subKeys("tombstones")
      .map((key) => createHmac("sha256", key).update(`${issuer}\n${subject}`).digest("base64url"));
  }

  /** Keeps a tombstone, in place of an earlier one of the same person. */
  async add({ subjectHash, erasedAtMs, wasBlocked }: Tombstone, db: Kysely<Tables> = this.#parts.db): Promise<void> {
    const row = { erased_at: erasedAtMs, was_blocked: wasBlocked ? 1 : 0 };
    await db
      .insertInto("erased_people")
      .values({ subject_hash: subjectHash, ...row })
      .onConflict((conflict) => conflict.column("subject_hash").doUpdateSet(row))
      .execute();
  }

  /** All tombstones, the latest last. */
  async all(): Promise<Tombstone[]> {
    const rows = await this.#parts.db.selectFrom("erased_people").selectAll().orderBy("erased_at").execute();
    return rows.map((row) => ({
      subjectHash: row.subject_hash,
      erasedAtMs: row.erased_at,
      wasBlocked: row.was_blocked === 1,
    }));
  }

  /** True for somebody who was blocked when their data were erased. Erasing lets nobody in again. */
  async wasBlocked(subject: ErasedSubject): Promise<boolean> {
    const found = await this.#parts.db
      .selectFrom("erased_people")
      .select("was_blocked")
      .where("subject_hash", "in", this.hashesOf(subject))
      .orderBy("erased_at", "desc")
      .executeTakeFirst();
    return found?.was_blocked === 1;
  }

  /** Keeps a tombstone that was kept elsewhere, unless there is one of the same person. */
  async keep({ subjectHash, erasedAtMs, wasBlocked }: Tombstone): Promise<void> {
    await this.#parts.db
      .insertInto("erased_people")
      .values({ subject_hash: subjectHash, erased_at: erasedAtMs, was_blocked: wasBlocked ? 1 : 0 })
      .onConflict((conflict) => conflict.column("subject_hash").doNothing())
      .execute();
  }

  /**
   * The people who are here although they were erased later than they came: a backup from before has brought them back.
   * @returns their ids
   */
  async returned(tombstones: readonly Tombstone[]): Promise<{ person: string; tombstone: Tombstone }[]> {
    const byHash = new Map(tombstones.map((tombstone) => [tombstone.subjectHash, tombstone]));
    if (byHash.size === 0) return [];
    const rows = await this.#parts.db.selectFrom("people").select(["id", "iss", "sub", "created_at"]).execute();
    return rows.flatMap(({ id, iss, sub, created_at }) => {
      const hashes = this.hashesOf({ issuer: iss, subject: sub });
      const tombstone = hashes.map((hash) => byHash.get(hash)).find((found) => found !== undefined);
      return tombstone !== undefined && created_at <= tombstone.erasedAtMs ? [{ person: id, tombstone }] : [];
    });
  }
}

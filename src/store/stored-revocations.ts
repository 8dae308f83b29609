import type { Kysely, Selectable } from "kysely";
import { OktaMcpError } from "../errors/index.js";
import { newId, type StoreParts } from "./store-parts.js";
import type { Tables } from "./tables.js";
import { apiOfGrant, rowOf, type UpstreamRow } from "./upstream-rows.js";

/** A token that is to be revoked where it was given out. */
export interface WantedRevocation {
  /** Our own id of the person, for the record; undefined where nobody is known. */
  person: string | undefined;
  kind: Tables["revocations"]["kind"];
  /** The API whose authorization server gave it out; undefined for the org. */
  api?: string | undefined;
  token: string;
}

export interface ClaimedRevocation extends WantedRevocation {
  id: string;
  /** The attempts so far, this one included. */
  attempts: number;
  createdAtMs: number;
}

/** The most tokens that one instance revokes in one go. */
const BATCH = 10;
/** The time after which the next instance may look at a token whose key this one lacks. */
const ELSEWHERE_MS = 5_000;

/** The tokens that are still to be revoked where they were given out. They outlast a stop of the server. */
export class StoredRevocations {
  readonly #parts: StoreParts;

  constructor(parts: StoreParts) {
    this.#parts = parts;
  }

  /** Keeps a token until it has been revoked. */
  async add({
    person = null,
    kind,
    api,
    token,
  }: Omit<WantedRevocation, "person"> & { person?: string | undefined | null }) {
    const { db, vault, now } = this.#parts;
    const id = newId("rev", now());
    const sealed = await vault.seal(token, { table: "revocations", column: "token_sealed", id, person });
    await this.#keep(db, { id, person, kind, api: api ?? null, grant_id: null, token_sealed: sealed });
  }

  /**
   * Keeps a token of a row of `upstream_grants`, as it was encrypted there: another instance may have the key that this
   * one lacks.
   * @param transaction the one in which the row ends
   */
  async addSealed(
    transaction: Kysely<Tables>,
    { id: grant_id, person, kind: of }: Pick<UpstreamRow, "id" | "person" | "kind">,
    token: { kind: WantedRevocation["kind"]; sealed: string },
  ): Promise<void> {
    const id = newId("rev", this.#parts.now());
    const api = apiOfGrant(of) ?? null;
    await this.#keep(transaction, { id, person, kind: token.kind, api, grant_id, token_sealed: token.sealed });
  }

  /**
   * Claims tokens whose time has come. Nobody else gets them before the claim ends.
   * @param forMs the time after which another may try, since this one must have died
   */
  async claim(forMs: number): Promise<ClaimedRevocation[]> {
    const { db, now } = this.#parts;
    const nowMs = now();
    const due = db.selectFrom("revocations").select("id").where("due_at", "<=", nowMs).orderBy("due_at").limit(BATCH);
    const rows = await db
      .updateTable("revocations")
      .set(({ eb }) => ({ due_at: nowMs + forMs, attempts: eb("attempts", "+", 1) }))
      .where("id", "in", due)
      // Of two claims at once the second one sees what the first has written.
      .where("due_at", "<=", nowMs)
      .returningAll()
      .execute();
    const claimed = await Promise.all(rows.map((row) => this.#opened(row)));
    return claimed.filter((one) => one !== undefined);
  }

  async #opened(row: Selectable<Tables["revocations"]>): Promise<ClaimedRevocation | undefined> {
    const { id, person, kind, api, grant_id, token_sealed, attempts, created_at: createdAtMs } = row;
    const identity =
      grant_id === null
        ? { table: "revocations", column: "token_sealed", id, person }
        : rowOf(grant_id, person ?? "", kind === "refresh_token" ? "refresh_sealed" : "access_sealed");
    try {
      const token = await this.#parts.vault.open(token_sealed, identity);
      if (token !== undefined) {
        return { id, person: person ?? undefined, kind, api: api ?? undefined, token, attempts, createdAtMs };
      }
      // Nobody can read it any more.
      await this.done(id);
    } catch (error) {
      // Another instance has the key.
      if (!(error instanceof OktaMcpError)) throw error;
      await this.later(id, ELSEWHERE_MS, "missing_key");
    }
    return undefined;
  }

  async #keep(
    db: Kysely<Tables>,
    row: Pick<Selectable<Tables["revocations"]>, "id" | "person" | "kind" | "api" | "grant_id" | "token_sealed">,
  ): Promise<void> {
    const nowMs = this.#parts.now();
    const values = { ...row, created_at: nowMs, attempts: 0, due_at: nowMs, last_error: null };
    await db.insertInto("revocations").values(values).execute();
  }

  /** Drops a token that was revoked, or that nobody will revoke any more. */
  async done(id: string): Promise<void> {
    await this.#parts.db.deleteFrom("revocations").where("id", "=", id).execute();
  }

  /** Has a token tried again later. @param why a code, never a token or the org's text */
  async later(id: string, pauseMs: number, why: string): Promise<void> {
    const { db, now } = this.#parts;
    const next = { due_at: now() + pauseMs, last_error: why };
    await db.updateTable("revocations").set(next).where("id", "=", id).execute();
  }

  /** The time by which tokens wait, in epoch milliseconds. */
  get nowMs(): number {
    return this.#parts.now();
  }

  /** The number of tokens that wait. */
  async waiting(): Promise<number> {
    const count = this.#parts.db.selectFrom("revocations").select(({ fn }) => fn.countAll<number>().as("rows"));
    return Number((await count.executeTakeFirst())?.rows ?? 0);
  }
}

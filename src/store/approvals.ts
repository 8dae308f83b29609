import type { Kysely, Selectable } from "kysely";
import { isBefore, type KeysetPage, pageOf, placeIn } from "./keyset.js";
import { newId, type StoreParts } from "./store-parts.js";
import type { Tables } from "./tables.js";

/** A call that a person is to allow on a page. */
export interface WantedApproval {
  person: string;
  client: string;
  tool: string;
  /** A digest of the tool, its arguments and the state of its target: what exactly is allowed. */
  digest: string;
  /** The same by keys that were in use before, under which an approval may have been asked for. */
  olderDigests?: readonly string[];
  /** What the page shows of the change. */
  shown: Record<string, unknown>;
  /** Epoch milliseconds. */
  endsAtMs: number;
}

type ApprovedCall = Pick<WantedApproval, "person" | "client" | "digest" | "olderDigests">;

export interface Approval extends Omit<WantedApproval, "olderDigests"> {
  id: string;
  state: Tables["approvals"]["state"];
  createdAtMs: number;
  decidedAtMs: number | undefined;
}

/** Calls that people are to allow, and those that they have allowed. Each allows one call, once. */
export class Approvals {
  readonly #parts: StoreParts;

  constructor(parts: StoreParts) {
    this.#parts = parts;
  }

  /** The open approval of a call; a new one where there is none. Of several calls at once all get the same. */
  async open(wanted: WantedApproval): Promise<Approval> {
    const { db, vault, variant, now } = this.#parts;
    const { person, client, tool, digest, shown, endsAtMs } = wanted;
    const nowMs = now();
    const id = newId("apr", nowMs);
    const shown_sealed = await vault.seal(JSON.stringify(shown), shownOf(id, person));
    const row = { id, person, client, tool, digest, shown_sealed, created_at: nowMs, ends_at: endsAtMs };
    const open = await db.transaction().execute(async (transaction) => {
      const owner = transaction.selectFrom("people").select("id").where("id", "=", person);
      if (variant.locksRows) await owner.forUpdate().execute();
      const found = await this.#ofCall(transaction, wanted, "open")
        .selectAll()
        .orderBy("created_at")
        .executeTakeFirst();
      if (found !== undefined) return found;
      const values = { ...row, state: "open" as const };
      return transaction.insertInto("approvals").values(values).returningAll().executeTakeFirstOrThrow();
    });
    const approval = await this.#approvalOf(open);
    if (approval !== undefined) return approval;
    // It was damaged, so nobody can see what it is about.
    await db.deleteFrom("approvals").where("id", "=", open.id).execute();
    return this.open(wanted);
  }

  /** An approval of a person's own; undefined where it is another's, or has ended. */
  async find(id: string, person: string): Promise<Approval | undefined> {
    const { db, now } = this.#parts;
    const row = await db
      .selectFrom("approvals")
      .selectAll()
      .where("id", "=", id)
      .where("person", "=", person)
      .where("ends_at", ">", now())
      .executeTakeFirst();
    return row && this.#approvalOf(row);
  }

  /**
   * Takes the answer of the person. True for the first answer, false for every later one, another's, and one that comes
   * too late.
   */
  async decide(id: string, person: string, answer: "approved" | "denied"): Promise<boolean> {
    const { db, now } = this.#parts;
    const nowMs = now();
    const { numUpdatedRows } = await db
      .updateTable("approvals")
      .set({ state: answer, decided_at: nowMs })
      .where("id", "=", id)
      .where("person", "=", person)
      .where("state", "=", "open")
      .where("ends_at", ">", nowMs)
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  }

  /** Uses the approval of a call up: `approved` for exactly one caller. Otherwise how it stands with the call. */
  async use(call: ApprovedCall): Promise<"approved" | "denied" | "open" | "none"> {
    const { db } = this.#parts;
    const { numUpdatedRows } = await db
      .updateTable("approvals")
      .set({ state: "used" })
      .where("id", "in", this.#ofCall(db, call, "approved").select("id").orderBy("created_at").limit(1))
      .where("state", "=", "approved")
      .executeTakeFirst();
    if (numUpdatedRows === 1n) return "approved";
    const last = await this.#ofCall(db, call, "denied", "open")
      .select("state")
      .orderBy("created_at", "desc")
      .executeTakeFirst();
    return last === undefined ? "none" : last.state === "denied" ? "denied" : "open";
  }

  /** The approvals that a person has not answered, the last one first. */
  async openOf(person: string): Promise<Approval[]> {
    const { db, now } = this.#parts;
    const all = db.selectFrom("approvals").selectAll().where("person", "=", person).where("state", "=", "open");
    const rows = await all.where("ends_at", ">", now()).orderBy("created_at", "desc").execute();
    const approvals = await Promise.all(rows.map((row) => this.#approvalOf(row)));
    return approvals.filter((approval) => approval !== undefined);
  }

  /** A page of the questions of everybody that have not been dropped yet, the last one first. */
  async page({ after, size }: { after?: string | undefined; size: number }): Promise<KeysetPage<Approval>> {
    let approvals = this.#parts.db.selectFrom("approvals").selectAll();
    const place = placeIn(after, ["number", "string"]);
    if (place !== undefined) approvals = approvals.where(isBefore(["created_at", "id"], place));
    const rows = await approvals
      .orderBy("created_at", "desc")
      .orderBy("id", "desc")
      .limit(size + 1)
      .execute();
    const page = pageOf(rows, size, ({ created_at, id }) => [created_at, id]);
    const read = await Promise.all(page.rows.map((row) => this.#approvalOf(row)));
    return { rows: read.filter((approval) => approval !== undefined), next: page.next };
  }

  #ofCall(
    db: Kysely<Tables>,
    { person, client, digest, olderDigests = [] }: ApprovedCall,
    ...states: Tables["approvals"]["state"][]
  ) {
    return db
      .selectFrom("approvals")
      .where("person", "=", person)
      .where("client", "=", client)
      .where("digest", "in", [digest, ...olderDigests])
      .where("state", "in", states)
      .where("ends_at", ">", this.#parts.now());
  }

  async #approvalOf(row: Selectable<Tables["approvals"]>): Promise<Approval | undefined> {
    const shown = await this.#parts.vault.open(row.shown_sealed, shownOf(row.id, row.person));
    if (shown === undefined) return undefined;
    return {
      id: row.id,
      person: row.person,
      client: row.client,
      tool: row.tool,
      digest: row.digest,
      shown: JSON.parse(shown) as Record<string, unknown>,
      state: row.state,
      createdAtMs: row.created_at,
      decidedAtMs: row.decided_at ?? undefined,
      endsAtMs: row.ends_at,
    };
  }
}

function shownOf(id: string, person: string) {
  return { table: "approvals", column: "shown_sealed", id, person };
}

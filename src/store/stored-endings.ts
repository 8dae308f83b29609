import type { Kysely } from "kysely";
import { Audit } from "./audit.js";
import { endTokens } from "./end-tokens.js";
import { liveGrants } from "./live-grants.js";
import { hasOthersIn } from "./people-lists.js";
import type { StoreParts } from "./store-parts.js";
import type { PersonStatus } from "./stored-people.js";
import { StoredRevocations } from "./stored-revocations.js";
import type { Tables } from "./tables.js";

/** The end of access, as it goes on record. */
export interface RecordedEnd {
  /** A code for the reason. */
  why: string;
  /** Who did it: the id of a person, or `okta`, or another name of ours. */
  by: string;
  ip?: string | undefined;
  requestId?: string | undefined;
  /** Further facts for the record. Never a secret. */
  detail?: Record<string, unknown> | undefined;
}

export interface PersonEnd extends RecordedEnd {
  /** Undefined for somebody who may come back by signing in anew. */
  status: Exclude<PersonStatus, "active"> | undefined;
  /** Groups in one of which somebody else has to be left, who is active; undefined where nobody has to. */
  othersIn?: readonly string[] | undefined;
}

/** Nobody else would be left in the groups in which somebody has to be. Nothing has ended. */
export class NobodyElseLeft extends Error {}

/** The row of `turns` that whoever ends an admin holds, so that two admins cannot end each other. */
const ADMINS_TURN = "end_of_admin";

/** Ends access, all of it in one transaction with its record. */
export class StoredEndings {
  readonly #parts: StoreParts;

  constructor(parts: StoreParts) {
    this.#parts = parts;
  }

  /**
   * Ends everything that a person has here: sessions of browsers, sign-ins under way, what clients have, approvals, and
   * their own tokens at the org, which wait to be revoked there.
   * @returns false where nothing has changed, so that nothing is on record either
   * @throws NobodyElseLeft as `othersIn` says
   */
  endPerson(person: string, { status, othersIn, ...end }: PersonEnd): Promise<boolean> {
    const { db, now } = this.#parts;
    return db.transaction().execute(async (transaction) => {
      const nowMs = now();
      if (othersIn !== undefined) await requireOthers(transaction, othersIn, person);
      const known = transaction.updateTable("people").where("id", "=", person);
      // Whoever is blocked stays blocked, whatever the org says.
      const changed =
        status === undefined
          ? undefined
          : await known
              .set({ status })
              .where("status", "not in", status === "gone" ? ["gone", "blocked"] : ["blocked"])
              .executeTakeFirst();
      let ended = Number(changed?.numUpdatedRows ?? 0);
      for (const table of ["web_sessions", "oidc", "transactions", "approvals", "exchanged_tokens"] as const) {
        ended += await drop(transaction, table, person);
      }
      ended += (await this.#endTokens(transaction, person, end.why)).length;
      if (ended === 0 && status !== undefined) return false;
      await transaction
        .updateTable("people")
        .set({ ended_at: nowMs, ended_why: end.why, check_due_at: null })
        .where("id", "=", person)
        .execute();
      await record(transaction, now, { ...end, action: "access_ended", target: person, status });
      return true;
    });
  }

  /**
   * Ends everything that a client has, of one person or of all. Whoever has nothing left here has no tokens at the org
   * left either.
   * @returns the people who had allowed it something
   */
  endClient(client: string, end: RecordedEnd, person?: string): Promise<string[]> {
    return this.#parts.db.transaction().execute((transaction) => this.#endClient(transaction, client, end, person));
  }

  /**
   * Blocks a client and ends everything that it has. Nobody can allow it something in between.
   * @returns as `endClient`
   */
  blockClient(client: string, end: RecordedEnd): Promise<string[]> {
    const { db, now } = this.#parts;
    return db.transaction().execute(async (transaction) => {
      // Its row stays for as long as it is blocked.
      const blocked = { blocked_at: now(), ends_at: null };
      await transaction.updateTable("clients").set(blocked).where("id", "=", client).execute();
      const people = await this.#endClient(transaction, client, end);
      const detail = { ...end.detail, people: people.length };
      await record(transaction, now, { ...end, detail, action: "block_client", client });
      return people;
    });
  }

  async #endClient(transaction: Kysely<Tables>, client: string, end: RecordedEnd, person?: string): Promise<string[]> {
    const { now } = this.#parts;
    const ofWhom = <Q extends { where(column: "person", operator: "=", value: string): Q }>(query: Q): Q =>
      person === undefined ? query : query.where("person", "=", person);
    const dropped = await ofWhom(transaction.deleteFrom("oidc").where("client", "=", client))
      .returning("person")
      .execute();
    await ofWhom(transaction.deleteFrom("consents").where("client", "=", client)).execute();
    await ofWhom(transaction.deleteFrom("approvals").where("client", "=", client)).execute();
    const people = [...new Set(dropped.flatMap((row) => row.person ?? []))].sort();
    for (const one of people) {
      await this.#endTokensOfNobody(transaction, one, end.why);
      await record(transaction, now, { ...end, action: "grant_ended", target: one, client });
    }
    return people;
  }

  /**
   * Ends one grant, with every code and token that stems from it.
   * @returns its person; undefined where it was none
   */
  endGrant(grantId: string, end: Omit<RecordedEnd, "by">, isTheft: boolean): Promise<string | undefined> {
    const { db, now } = this.#parts;
    return db.transaction().execute(async (transaction) => {
      const dropped = await transaction
        .deleteFrom("oidc")
        .where("grant_id", "=", grantId)
        .returning(["model", "person", "client"])
        .execute();
      const grant = dropped.find(({ model }) => model === "Grant");
      if (grant === undefined || grant.person === null) return undefined;
      const { person, client } = grant;
      const outcome = isTheft ? "refused" : "done";
      await record(transaction, now, {
        ...end,
        by: person,
        action: "grant_ended",
        client: client ?? undefined,
        outcome,
      });
      await this.#endTokensOfNobody(transaction, person, end.why);
      return person;
    });
  }

  /**
   * Ends the tokens at the org of people who have nothing here that would use them: whose sign-in was never finished, or
   * whose clients have let everything expire.
   * @param olderThanMs only tokens that have been as they are for that long
   * @returns the number of people
   */
  async endUnused(olderThanMs: number): Promise<number> {
    const { db, now } = this.#parts;
    const nowMs = now();
    const old = await db
      .selectFrom("upstream_grants")
      .select("person")
      .distinct()
      .where("state", "=", "active")
      .where("changed_at", "<=", nowMs - olderThanMs)
      .where(
        "person",
        "not in",
        liveGrants(db, nowMs)
          .select(({ ref }) => ref("person").$notNull().as("person"))
          .where("person", "is not", null),
      )
      .limit(500)
      .execute();
    for (const { person } of old) {
      await db.transaction().execute((transaction) => this.#endTokensOfNobody(transaction, person, "unused"));
    }
    return old.length;
  }

  async #endTokensOfNobody(transaction: Kysely<Tables>, person: string, why: string): Promise<void> {
    const live = liveGrants(transaction, this.#parts.now()).select("id_hash").where("person", "=", person).limit(1);
    if ((await live.executeTakeFirst()) === undefined) await this.#endTokens(transaction, person, why);
  }

  #endTokens(transaction: Kysely<Tables>, person: string, why: string): Promise<string[]> {
    const revocations = new StoredRevocations(this.#parts);
    return endTokens(transaction, this.#parts, { person, why, revocations });
  }
}

async function requireOthers(transaction: Kysely<Tables>, groups: readonly string[], person: string): Promise<void> {
  // One of two waits here for the other, and sees then whom it has ended.
  await transaction
    .insertInto("turns")
    .values({ name: ADMINS_TURN, holder: person, ends_at: 0 })
    .onConflict((conflict) => conflict.column("name").doUpdateSet({ holder: person }))
    .execute();
  if (!(await hasOthersIn(transaction, groups, person))) throw new NobodyElseLeft("Nobody else would be left.");
}

async function drop(
  transaction: Kysely<Tables>,
  table: "web_sessions" | "oidc" | "transactions" | "approvals" | "exchanged_tokens",
  person: string,
): Promise<number> {
  const { numDeletedRows } = await transaction.deleteFrom(table).where("person", "=", person).executeTakeFirst();
  return Number(numDeletedRows);
}

interface Recorded extends RecordedEnd {
  action: "access_ended" | "grant_ended" | "block_client";
  target?: string;
  client?: string | undefined;
  status?: PersonStatus | undefined;
  outcome?: "done" | "refused";
}

async function record(
  transaction: Kysely<Tables>,
  now: () => number,
  { why, by, detail, status, outcome = "done", ...event }: Recorded,
): Promise<void> {
  const facts = { why, ...(status !== undefined && { status }), ...detail };
  await new Audit({ db: transaction, now }).add({ ...event, actor: by, outcome, detail: facts });
}

import type { Selectable } from "kysely";
import { newId, type StoreParts } from "./store-parts.js";
import type { Tables } from "./tables.js";

/** Somebody who may sign in though they were never here. Issuer and subject say who it is. */
export interface Invitation {
  id: string;
  issuer: string;
  subject: string;
  /** For people, as it was when they were invited. */
  login: string | undefined;
  /** Who invited them: the id of a person, or the name of a command. */
  by: string;
  /** Epoch milliseconds. */
  atMs: number;
  endsAtMs: number;
}

/** The time within which somebody has to come. */
const INVITED_MS = 30 * 24 * 3_600_000;

/** The people who are let in before they were ever here, where people have to be invited. */
export class StoredInvitations {
  readonly #parts: Pick<StoreParts, "db" | "now">;

  constructor(parts: Pick<StoreParts, "db" | "now">) {
    this.#parts = parts;
  }

  /** Invites somebody for thirty days. A second invitation takes the place of the first. */
  async invite({ issuer, subject, login, by }: Omit<Invitation, "id" | "atMs" | "endsAtMs">): Promise<Invitation> {
    const { db, now } = this.#parts;
    const nowMs = now();
    const told = { login: login ?? null, invited_by: by, invited_at: nowMs, ends_at: nowMs + INVITED_MS };
    const row = await db
      .insertInto("invitations")
      .values({ id: newId("inv", nowMs), iss: issuer, sub: subject, ...told })
      .onConflict((conflict) => conflict.columns(["iss", "sub"]).doUpdateSet(told))
      .returningAll()
      .executeTakeFirstOrThrow();
    return invitationOf(row);
  }

  /** The invitation of somebody; undefined where there is none, or it has ended. */
  async find(issuer: string, subject: string): Promise<Invitation | undefined> {
    const { db, now } = this.#parts;
    const all = db.selectFrom("invitations").selectAll().where("ends_at", ">", now());
    const row = await all.where("iss", "=", issuer).where("sub", "=", subject).executeTakeFirst();
    return row && invitationOf(row);
  }

  /** Drops the invitation of somebody who has come, or who is not to come any more. @returns false where there was none */
  async drop(issuer: string, subject: string): Promise<boolean> {
    const all = this.#parts.db.deleteFrom("invitations").where("iss", "=", issuer);
    const { numDeletedRows } = await all.where("sub", "=", subject).executeTakeFirst();
    return numDeletedRows > 0n;
  }

  /** Invitations that have not ended, the oldest first. @param after only those after the one with this id */
  async page({ after, limit }: { after?: string | undefined; limit: number }): Promise<Invitation[]> {
    const { db, now } = this.#parts;
    let open = db.selectFrom("invitations").selectAll().where("ends_at", ">", now()).orderBy("id").limit(limit);
    if (after !== undefined) open = open.where("id", ">", after);
    return (await open.execute()).map(invitationOf);
  }
}

function invitationOf(row: Selectable<Tables["invitations"]>): Invitation {
  return {
    id: row.id,
    issuer: row.iss,
    subject: row.sub,
    login: row.login ?? undefined,
    by: row.invited_by,
    atMs: row.invited_at,
    endsAtMs: row.ends_at,
  };
}

import { type Selectable, sql } from "kysely";
import { liveGrants } from "./live-grants.js";
import type { StoreNews } from "./store-news.js";
import { newId, type StoreParts } from "./store-parts.js";
import type { Tables } from "./tables.js";
import { Tombstones } from "./tombstones.js";

/** `blocked` by an admin of this server; `gone` at the org. */
export type PersonStatus = Tables["people"]["status"];

/** What a sign-in tells of a person. */
export interface SignedInPerson {
  /** The org that knows them (`iss` of the ID token). */
  issuer: string;
  /** The id by which the org knows them (`sub`). */
  subject: string;
  login: string | undefined;
  name: string | undefined;
  email: string | undefined;
  emailVerified: boolean;
  /** The ids of their groups; undefined where the sign-in does not tell. */
  groups: readonly string[] | undefined;
  /** What else it tells, for people; what was known before stays where this is undefined. */
  attributes?: PersonAttributes | undefined;
}

/** What is shown of a person besides their name, as the org claims it. Nothing depends on it. */
export interface PersonAttributes {
  department: string | undefined;
  title: string | undefined;
}

/** A person who has signed in at least once. */
export interface KnownPerson extends Omit<SignedInPerson, "attributes">, PersonAttributes {
  /** Our own id, which stays the same when login and e-mail change. */
  id: string;
  status: PersonStatus;
  groups: readonly string[];
  /** When the groups were last read, in epoch milliseconds; undefined where they never were. */
  groupsAtMs: number | undefined;
  createdAtMs: number;
  seenAtMs: number;
  /** When their access last ended. Tokens from before count no more, wherever they were given out. */
  endedAtMs: number | undefined;
  /** When the org last said that they are there; undefined where it never did. */
  checkedAtMs: number | undefined;
  /** When the org was last asked for their groups, apart from what tokens and sign-ins tell. */
  groupsReadAtMs: number | undefined;
}

/** The most people in one statement. */
const BATCH = 200;

/** The people who have signed in. Issuer and subject tell who somebody is, never a login or an e-mail address. */
export class StoredPeople {
  readonly #parts: Pick<StoreParts, "db" | "now" | "vault">;
  readonly #news: Pick<StoreNews, "publish">;
  readonly #tombstones: Tombstones;

  /** @param news hears of changes of what somebody may do */
  constructor(parts: Pick<StoreParts, "db" | "now" | "vault">, news: Pick<StoreNews, "publish">) {
    this.#news = news;
    this.#parts = parts;
    this.#tombstones = new Tombstones(parts);
  }

  /**
   * Keeps what a sign-in tells. Somebody who was gone at the org is there again; somebody who is blocked here stays
   * blocked, also where their data were erased in between.
   */
  async signedIn(told: SignedInPerson): Promise<KnownPerson> {
    const { db, now } = this.#parts;
    const nowMs = now();
    const labels = {
      login: told.login ?? null,
      name: told.name ?? null,
      email: told.email ?? null,
      email_verified: told.emailVerified ? 1 : 0,
      seen_at: nowMs,
      ...(told.attributes && {
        department: told.attributes.department ?? null,
        title: told.attributes.title ?? null,
      }),
    };
    const groups = told.groups === undefined ? {} : { groups: JSON.stringify(told.groups), groups_at: nowMs };
    const status = (await this.#tombstones.wasBlocked(told)) ? "blocked" : "active";
    const row = await db
      .insertInto("people")
      .values({
        id: newId("per", nowMs),
        iss: told.issuer,
        sub: told.subject,
        status,
        groups: "[]",
        created_at: nowMs,
        ...labels,
        ...groups,
      })
      .onConflict((conflict) =>
        conflict.columns(["iss", "sub"]).doUpdateSet({
          ...labels,
          ...groups,
          status: sql<PersonStatus>`case when people.status = 'gone' then 'active' else people.status end`,
        }),
      )
      .returningAll()
      .executeTakeFirstOrThrow();
    return personOf(row);
  }

  async find(id: string): Promise<KnownPerson | undefined> {
    const row = await this.#parts.db.selectFrom("people").selectAll().where("id", "=", id).executeTakeFirst();
    return row && personOf(row);
  }

  async findBySubject(issuer: string, subject: string): Promise<KnownPerson | undefined> {
    const people = this.#parts.db.selectFrom("people").selectAll();
    const row = await people.where("iss", "=", issuer).where("sub", "=", subject).executeTakeFirst();
    return row && personOf(row);
  }

  /** Everybody whom an issuer knows by an e-mail address that it has verified, whatever the case of its ASCII letters. */
  async findByVerifiedEmail(issuer: string, email: string): Promise<KnownPerson[]> {
    const people = this.#parts.db.selectFrom("people").selectAll().where("iss", "=", issuer);
    const rows = await people
      .where("email_verified", "=", 1)
      .where(sql<string>`lower(email)`, "=", sql<string>`lower(${email})`)
      .limit(100)
      .execute();
    // Databases differ in what else they take for the same letter.
    return rows.filter((row) => row.email !== null && asciiLower(row.email) === asciiLower(email)).map(personOf);
  }

  /** Everybody who was last seen with a login, whatever its case. Several people can have had one login. */
  async findByLogin(login: string): Promise<KnownPerson[]> {
    const people = this.#parts.db.selectFrom("people").selectAll().orderBy("seen_at", "desc");
    const rows = await people.where(sql<string>`lower(login)`, "=", sql<string>`lower(${login})`).execute();
    return rows.map(personOf);
  }

  /** What the latest people to sign in came with, for whoever checks the settings. It looks at a thousand at most. */
  async groupsSeen(): Promise<{ people: number; withGroups: number; groups: ReadonlySet<string> }> {
    const people = this.#parts.db.selectFrom("people").select(["groups", "groups_at"]);
    const rows = await people.orderBy("seen_at", "desc").limit(1_000).execute();
    const told = rows.filter(({ groups_at }) => groups_at !== null);
    const groups = new Set(told.flatMap((row) => JSON.parse(row.groups) as string[]));
    return { people: rows.length, withGroups: told.length, groups };
  }

  /** Keeps the ids of somebody's groups, as the org has just told them. */
  async setGroups(id: string, groups: readonly string[]): Promise<void> {
    const { db, now } = this.#parts;
    const nowMs = now();
    const read = { groups: JSON.stringify(groups), groups_at: nowMs, groups_read_at: nowMs };
    const update = db.updateTable("people").set(read).where("id", "=", id);
    const { numUpdatedRows: changed } = await update.where("groups", "<>", read.groups).executeTakeFirst();
    if (changed === 0n) await update.execute();
    else await this.#news.publish({ about: "person", id });
  }

  /**
   * Has Okta asked about people as soon as possible.
   * @param subjects the ids by which the issuers know them; undefined for everybody
   * @returns the number of people who are due
   */
  async setDue(issuers: readonly string[], subjects: readonly string[] | undefined): Promise<number> {
    const { db, now } = this.#parts;
    const nowMs = now();
    let due = 0;
    const setDue = db.updateTable("people").set({ check_due_at: nowMs }).where("iss", "in", issuers);
    const active = setDue.where("status", "=", "active");
    if (subjects === undefined) return Number((await active.executeTakeFirst()).numUpdatedRows);
    for (let at = 0; at < subjects.length; at += BATCH) {
      const some = active.where("sub", "in", subjects.slice(at, at + BATCH));
      due += Number((await some.executeTakeFirst()).numUpdatedRows);
    }
    return due;
  }

  /**
   * Claims people about whom Okta is to be asked. Nobody else gets them before the claim ends.
   * @param forMs the time after which another may ask, since this one must have died or got no answer
   */
  async claimDue(most: number, forMs: number): Promise<KnownPerson[]> {
    const { db, now } = this.#parts;
    const nowMs = now();
    const due = db.selectFrom("people").select("id").where("check_due_at", "<=", nowMs);
    const rows = await db
      .updateTable("people")
      .set({ check_due_at: nowMs + forMs })
      .where("id", "in", due.orderBy("check_due_at").limit(most))
      // Of two claims at once the second one sees what the first has written.
      .where("check_due_at", "<=", nowMs)
      .returningAll()
      .execute();
    return rows.map(personOf);
  }

  /**
   * The people who have something here or have called lately, as long as they are active.
   * @param calledSinceMs epoch milliseconds
   */
  async toWatch(issuers: readonly string[], calledSinceMs: number): Promise<KnownPerson[]> {
    const { db, now } = this.#parts;
    const nowMs = now();
    const rows = await db
      .selectFrom("people")
      .selectAll()
      .where("iss", "in", issuers)
      .where("status", "=", "active")
      .where(({ eb, or, selectFrom }) =>
        or([
          eb("called_at", ">", calledSinceMs),
          eb(
            "id",
            "in",
            liveGrants(db, nowMs).select("person").where("person", "is not", null).$castTo<{ person: string }>(),
          ),
          eb("id", "in", selectFrom("web_sessions").select("person").where("ends_at", ">", nowMs)),
        ]),
      )
      .orderBy("checked_at")
      .execute();
    return rows.map(personOf);
  }

  /**
   * Keeps that the org has just said that people are there. Whoever has become due meanwhile stays due.
   * @param groups true where it has said too that their groups are those that are kept
   */
  async checked(ids: readonly string[], { groups }: { groups: boolean }): Promise<void> {
    const { db, now } = this.#parts;
    const nowMs = now();
    const due = sql<number | null>`case when check_due_at <= ${nowMs} then check_due_at else null end`;
    for (let at = 0; at < ids.length; at += BATCH) {
      const some = db.updateTable("people").where("id", "in", ids.slice(at, at + BATCH));
      const read = groups ? { groups_at: nowMs, groups_read_at: nowMs } : {};
      await some.set({ checked_at: nowMs, check_due_at: due, ...read }).execute();
    }
  }

  /** Keeps that nobody can be asked about a person at the moment. Who has become due meanwhile stays due. */
  async notDue(id: string): Promise<void> {
    const { db, now } = this.#parts;
    const claimed = db.updateTable("people").where("id", "=", id).where("check_due_at", ">", now());
    await claimed.set({ check_due_at: null }).execute();
  }

  /** Keeps that a person has called. */
  async called(id: string): Promise<void> {
    const { db, now } = this.#parts;
    await db.updateTable("people").set({ called_at: now() }).where("id", "=", id).execute();
  }

  /** Lets somebody in again who is blocked. False where they are not, whatever else they are. */
  async unblock(id: string): Promise<boolean> {
    const blocked = this.#parts.db.updateTable("people").where("id", "=", id).where("status", "=", "blocked");
    return (await blocked.set({ status: "active" }).executeTakeFirst()).numUpdatedRows === 1n;
  }

  async setStatus(id: string, status: PersonStatus): Promise<void> {
    await this.#parts.db.updateTable("people").set({ status }).where("id", "=", id).execute();
  }
}

const asciiLower = (text: string) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

/** The person of a row. */
export function personOf(row: Selectable<Tables["people"]>): KnownPerson {
  return {
    id: row.id,
    issuer: row.iss,
    subject: row.sub,
    login: row.login ?? undefined,
    name: row.name ?? undefined,
    email: row.email ?? undefined,
    emailVerified: row.email_verified === 1,
    department: row.department ?? undefined,
    title: row.title ?? undefined,
    status: row.status,
    groups: JSON.parse(row.groups) as string[],
    groupsAtMs: row.groups_at ?? undefined,
    createdAtMs: row.created_at,
    seenAtMs: row.seen_at,
    endedAtMs: row.ended_at ?? undefined,
    checkedAtMs: row.checked_at ?? undefined,
    groupsReadAtMs: row.groups_read_at ?? undefined,
  };
}

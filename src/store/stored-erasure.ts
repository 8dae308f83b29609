import { type Selectable, sql, type Transaction } from "kysely";
import { parseJson, stringifyJson } from "../json/exact-json.js";
import { isObject, type Json, mapTexts } from "../json/json.js";
import { Audit } from "./audit.js";
import { declared } from "./retention.js";
import type { StoreParts } from "./store-parts.js";
import type { RecordedEnd } from "./stored-endings.js";
import type { Tables } from "./tables.js";
import { type Tombstone, Tombstones } from "./tombstones.js";

/** What became of one person's data. */
export interface Erased {
  /** The id under which both records still tell what the person did. It tells nobody who it was. */
  pseudonym: string;
  consents: number;
  /** Lines of the journal and entries of the record of accesses that stay, without what told who it was. */
  journalLines: number;
  auditEntries: number;
  /** Changes of others that name the person's account at the org. They stay as they are. */
  changesAboutThem: number;
  tombstone: Tombstone;
}

/** What stands in place of a text that told who somebody was. */
export const ERASED = "[erased]";
/** A transaction marks so that it takes one person's data out of the records; the triggers of both look for it. */
const ERASING = "erasing";
/** The rows that are looked at in one transaction, so that nobody waits long for it. */
const BATCH = 200;

type PersonRow = Selectable<Tables["people"]>;

/** Takes one person's data out of everything that is kept. */
export class StoredErasure {
  readonly #parts: StoreParts;
  readonly #tombstones: Tombstones;

  constructor(parts: StoreParts) {
    this.#parts = parts;
    this.#tombstones = new Tombstones(parts);
  }

  /**
   * Erases a person whose access has ended. Both records keep their lines, with the person's id as a pseudonym. One that
   * was broken off is begun again by the next call.
   * @param by who did it, for the record of accesses, which gets counts alone
   * @returns undefined where there is no such person
   */
  async erase(id: string, by: Omit<RecordedEnd, "why">): Promise<Erased | undefined> {
    const { db, now } = this.#parts;
    const person = await db.selectFrom("people").selectAll().where("id", "=", id).executeTakeFirst();
    if (person === undefined) return undefined;
    const scrub = scrubberOf(person);
    const journalLines = await this.#eachBatch(id, (transaction, after) =>
      journalBatch(transaction, { id, after, scrub }),
    );
    const auditEntries = await this.#eachBatch(id, (transaction, after) =>
      auditBatch(transaction, { id, after, scrub }),
    );
    const [subjectHash = ""] = this.#tombstones.hashesOf({ issuer: person.iss, subject: person.sub });
    const tombstone = { subjectHash, erasedAtMs: now(), wasBlocked: person.status === "blocked" };
    const changesAboutThem = await this.#changesAbout(person);
    return db.transaction().execute(async (transaction) => {
      const { numDeletedRows: consents } = await transaction
        .deleteFrom("consents")
        .where("person", "=", id)
        .executeTakeFirst();
      for (const table of [
        "web_sessions",
        "oidc",
        "transactions",
        "approvals",
        "upstream_grants",
        "exchanged_tokens",
      ] as const) {
        await transaction.deleteFrom(table).where("person", "=", id).execute();
      }
      await transaction.deleteFrom("people").where("id", "=", id).execute();
      const { iss, sub } = person;
      await transaction.deleteFrom("invitations").where("iss", "=", iss).where("sub", "=", sub).execute();
      await this.#tombstones.add(tombstone, transaction);
      const erased = { consents: Number(consents), journalLines, auditEntries, changesAboutThem };
      const { by: actor, detail, ...how } = by;
      await new Audit({ db: transaction, now }).add({
        ...how,
        actor,
        action: "person_erased",
        target: id,
        outcome: "done",
        detail: {
          consents: erased.consents,
          journal_lines: journalLines,
          audit_entries: auditEntries,
          changes_about_them: changesAboutThem,
          ...detail,
        },
      });
      return { pseudonym: id, ...erased, tombstone };
    });
  }

  /** Goes through rows by their ids, each batch in a transaction that may take this person's data out of the records. */
  async #eachBatch(
    person: string,
    run: (transaction: Transaction<Tables>, after: number) => Promise<number[]>,
  ): Promise<number> {
    let [count, after] = [0, 0];
    for (;;) {
      const ids = await this.#parts.db.transaction().execute(async (transaction) => {
        let found: number[] = [];
        await declared(transaction, ERASING, person, async () => {
          found = await run(transaction, after);
        });
        return found;
      });
      count += ids.length;
      if (ids.length < BATCH) return count;
      after = ids.at(-1) ?? after;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** The changes that others made and that name the account of the person at the org. */
  async #changesAbout({ id, sub, login }: PersonRow): Promise<number> {
    const names = [sub, login].filter((name) => name !== null && name.length > 0) as string[];
    const row = await this.#parts.db
      .selectFrom("journal")
      .select(sql<number>`count(distinct change_id)`.as("changes"))
      .where((where) => where.or([where("person", "is", null), where("person", "<>", id)]))
      .where(({ eb, or }) => or(names.map((name) => eb("line", "like", `%${likeText(name)}%`))))
      .executeTakeFirst();
    return Number(row?.changes ?? 0);
  }
}

const likeText = (text: string) => text.replace(/[%_\\]/g, "_");

interface Batch {
  id: string;
  /** Only rows behind this one. */
  after: number;
  scrub(value: Json): Json;
}

async function journalBatch(transaction: Transaction<Tables>, { id, after, scrub }: Batch): Promise<number[]> {
  const rows = await transaction
    .selectFrom("journal")
    .select(["id", "line"])
    .where("person", "=", id)
    .where("id", ">", after)
    .orderBy("id")
    .limit(BATCH)
    .execute();
  for (const row of rows) {
    const whole = parseJson(row.line) as Json;
    const line = withFacts(withoutActor(scrub(whole)), whole);
    await transaction
      .updateTable("journal")
      .set({ line: stringifyJson(line) })
      .where("id", "=", row.id)
      .execute();
  }
  return rows.map((row) => row.id);
}

/** What a line says of the change itself. None of it is a word of the person, whatever their login is. */
const FACTS = ["id", "at", "tool", "effect", "also_does", "confirmed", "outcome", "ended_at", "undo_of", "undo_run"];

function withFacts(line: Json, whole: Json): Json {
  if (!isObject(line) || !isObject(whole)) return line;
  return { ...line, ...Object.fromEntries(Object.entries(whole).filter(([name]) => FACTS.includes(name))) } as Json;
}

/** A line of a change without the account at the org that made it. */
function withoutActor(line: Json): Json {
  if (!isObject(line) || !isObject(line.actor)) return line;
  const { subject: _subject, ...actor } = line.actor;
  return { ...line, actor: { ...actor, user: actor.user === null ? null : ERASED } };
}

async function auditBatch(transaction: Transaction<Tables>, { id, after, scrub }: Batch): Promise<number[]> {
  const rows = await transaction
    .selectFrom("audit")
    .select(["id", "actor", "ip", "detail"])
    .where(({ eb, or }) => or([eb("actor", "=", id), eb("target", "=", id)]))
    .where("id", ">", after)
    .orderBy("id")
    .limit(BATCH)
    .execute();
  for (const { id: entry, actor, ip, detail } of rows) {
    const scrubbed = detail === null ? null : JSON.stringify(scrub(JSON.parse(detail) as Json));
    const address = actor === id ? null : ip;
    await transaction.updateTable("audit").set({ ip: address, detail: scrubbed }).where("id", "=", entry).execute();
  }
  return rows.map((row) => row.id);
}

/** A letter or digit before or after makes another word of it. A digit may be the end of an escape of an address, as in %40. */
const BEGINS = String.raw`(?<![\p{L}\p{N}_](?<!%[0-9A-F]{2}))`;
const ENDS = String.raw`(?![\p{L}\p{N}_])`;

/**
 * Replaces what tells who somebody is: their login, address and subject wherever they stand as words of a text, their
 * name where it stands alone. A login may be a word that others use too, so that nothing else of a text is touched.
 */
function scrubberOf({ login, email, sub, name }: PersonRow): (value: Json) => Json {
  const within = [login, email, sub].filter((text) => text !== null && text.length > 2) as string[];
  const forms = [...new Set(within.flatMap((text) => [text, encodeURIComponent(text)]))];
  const pattern = forms.map((text) => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")).join("|");
  const found = forms.length === 0 ? undefined : new RegExp(`${BEGINS}(?:${pattern})${ENDS}`, "giu");
  return (value) =>
    mapTexts(value, (text) => {
      if (name !== null && text === name) return ERASED;
      return found === undefined ? text : text.replace(found, ERASED);
    });
}

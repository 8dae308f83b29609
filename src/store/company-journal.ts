import type { ExpressionBuilder } from "kysely";
import { type Change, ChangeAssembler, type ChangeOutcome } from "../journal/change.js";
import { linesOf } from "./journal-lines.js";
import type { StoreParts } from "./store-parts.js";
import { callerOf } from "./stored-journal.js";
import type { Tables } from "./tables.js";

/** Which changes of everybody are wanted. */
export interface CompanyJournalQuery {
  /** The id of the person on whose behalf it was made, or several. */
  person?: string | readonly string[] | undefined;
  tool?: string | undefined;
  outcome?: ChangeOutcome | undefined;
  client?: string | undefined;
  /** Epoch milliseconds: only changes that were begun from this moment on. */
  sinceMs?: number | undefined;
  /** Epoch milliseconds: only changes that were begun up to this moment. */
  untilMs?: number | undefined;
  /** The id of a change; only those that were begun before it. */
  after?: string | undefined;
  limit: number;
}

/** A change with the login that its person was last seen with. */
export interface CompanyChange {
  change: Change;
  login?: string;
}

/** The changes that are put together at once. */
const CHANGES_AT_ONCE = 100;

/**
 * The journal of all people, for whoever may see all of it. It finds changes by their first lines, so that a page takes
 * no longer where there are many.
 */
export class CompanyJournal {
  readonly #parts: Pick<StoreParts, "db">;

  constructor(parts: Pick<StoreParts, "db">) {
    this.#parts = parts;
  }

  /** A page of changes, the newest first. @returns `next`: what to give as `after` for the next one */
  async page(query: CompanyJournalQuery): Promise<{ changes: CompanyChange[]; next: string | undefined }> {
    const changes: CompanyChange[] = [];
    for await (const change of this.changes({ ...query, limit: query.limit + 1 })) changes.push(change);
    const hasMore = changes.length > query.limit;
    const shown = changes.slice(0, query.limit);
    return { changes: shown, next: hasMore ? shown.at(-1)?.change.id : undefined };
  }

  /** All changes of a query up to its limit, the newest first. Only some are held at once, so that there may be any number. */
  async *changes(query: CompanyJournalQuery): AsyncGenerator<CompanyChange> {
    let before = query.after === undefined ? undefined : await this.#firstLineOf(query.after);
    let left = query.limit;
    while (left > 0) {
      const firsts = await this.#firstLines(query, before);
      for (const found of await this.#assembled(firsts)) {
        if (!isWanted(found.change, query)) continue;
        yield found;
        left -= 1;
        if (left === 0) return;
      }
      if (firsts.length < CHANGES_AT_ONCE) return;
      before = firsts.at(-1)?.id;
    }
  }

  /** The place of a change; that before all where there is no such change. */
  async #firstLineOf(changeId: string): Promise<number> {
    const row = await this.#parts.db
      .selectFrom("journal")
      .select("id")
      .where("change_id", "=", changeId)
      .where("is_first", "=", 1)
      .orderBy("id")
      .executeTakeFirst();
    return row?.id ?? 0;
  }

  async #firstLines(query: CompanyJournalQuery, before: number | undefined) {
    const { person, tool, outcome, client, sinceMs, untilMs } = query;
    let rows = this.#parts.db
      .selectFrom("journal")
      .leftJoin("people", "people.id", "journal.person")
      .select(["journal.id", "change_id", "people.login"])
      .where("is_first", "=", 1)
      .orderBy("journal.id", "desc")
      .limit(CHANGES_AT_ONCE);
    if (person !== undefined) rows = rows.where("person", "in", typeof person === "string" ? [person] : person);
    if (client !== undefined) rows = rows.where("client", "=", client);
    if (sinceMs !== undefined) rows = rows.where("written_at", ">=", sinceMs);
    if (untilMs !== undefined) rows = rows.where("written_at", "<=", untilMs);
    if (before !== undefined) rows = rows.where("journal.id", "<", before);
    // Lines that may name the tool. It is decided on the change.
    if (tool !== undefined) rows = rows.where("line", "like", `%"${tool.replace(/\W/g, "")}"%`);
    // A line that may tell the outcome, too. A change without one has none in words that could be looked for.
    if (outcome !== undefined && outcome !== "unknown") rows = rows.where((eb) => eb.exists(toldIn(eb, outcome)));
    return rows.execute();
  }

  /** The changes of first lines, in their order, each with what later lines and other changes say of it. */
  async #assembled(firsts: readonly { change_id: string; login: string | null }[]): Promise<CompanyChange[]> {
    const logins = new Map(firsts.map(({ change_id, login }) => [change_id, login]));
    const lines = await linesOf(this.#parts.db, [...logins.keys()]);
    const assembler = new ChangeAssembler();
    return lines.flatMap((line) => {
      const change = assembler.take(line.line);
      if (change === undefined || !logins.has(change.id)) return [];
      const login = logins.get(change.id);
      return [{ change: { ...change, ...callerOf(line) }, ...(login != null && { login }) }];
    });
  }
}

function toldIn({ selectFrom }: ExpressionBuilder<Tables, "journal">, outcome: ChangeOutcome) {
  return selectFrom("journal as told")
    .select("told.id")
    .whereRef("told.change_id", "=", "journal.change_id")
    .where("told.line", "like", `%"outcome":"${outcome}"%`);
}

function isWanted({ tool, also_does, outcome }: Change, wanted: CompanyJournalQuery): boolean {
  const isOfTool = wanted.tool === undefined || tool === wanted.tool || also_does?.includes(wanted.tool) === true;
  return isOfTool && (wanted.outcome === undefined || outcome === wanted.outcome);
}

import type { Selectable } from "kysely";
import {
  type Change,
  ChangeAssembler,
  type ChangeCaller,
  type FirstLine,
  type Journal,
  type JournalLine,
} from "../journal/change.js";
import { stringifyJson } from "../json/exact-json.js";
import { lineIdsOfPerson, linesOf } from "./journal-lines.js";
import type { LateLines } from "./late-lines.js";
import type { StoreParts } from "./store-parts.js";
import type { Tables } from "./tables.js";

/** The one for whom a journal is opened. */
export interface JournalReader extends ChangeCaller {
  /** Whose changes are seen and can be undone: the person's own, or everybody's. */
  sees: "own" | "all";
}

type Row = Selectable<Tables["journal"]>;

/** The lines that are read at once. */
const PAGE_LINES = 200;

/** The journal of a company's server, opened for one caller. Every line says on whose behalf it was written. */
export class StoredJournal implements Journal {
  readonly place = "the database of this server";
  readonly #parts: Pick<StoreParts, "db" | "now">;
  readonly #reader: JournalReader;
  readonly #late: LateLines;

  /** @param late takes the lines about the end of a change that the database does not take */
  constructor(parts: Pick<StoreParts, "db" | "now">, reader: JournalReader, late: LateLines) {
    this.#parts = parts;
    this.#reader = reader;
    this.#late = late;
  }

  /** Begins and ends a transaction that could write. */
  async check(): Promise<void> {
    await this.#parts.db.transaction().execute(async () => {});
  }

  async append(line: JournalLine, requestId?: string): Promise<void> {
    const { db, now } = this.#parts;
    const { person, client, role, act_as, request_id } = this.#reader;
    const row = {
      change_id: line.id,
      is_first: isFirst(line) ? 1 : 0,
      line: stringifyJson(line),
      written_at: now(),
      undo_of: line.undo_of ?? null,
      person,
      client: client ?? null,
      role: role ?? null,
      act_as: act_as ?? null,
      request_id: requestId ?? request_id ?? null,
    };
    try {
      await db.insertInto("journal").values(row).execute();
    } catch (error) {
      // The change was made or refused already, and must not stay unknown for ever because the database was away.
      if (line.ended_at !== undefined && !isFirst(line)) this.#late.keep(row);
      throw error;
    }
  }

  async *changes(): AsyncGenerator<Change> {
    const { db } = this.#parts;
    const { person, sees } = this.#reader;
    const assembler = new ChangeAssembler();
    let before: number | undefined;
    for (;;) {
      let query = db.selectFrom("journal").selectAll().orderBy("id", "desc").limit(PAGE_LINES);
      if (before !== undefined) query = query.where("id", "<", before);
      if (sees === "own") query = query.where("id", "in", lineIdsOfPerson(db, person));
      const rows = await query.execute();
      yield* this.#assembled(rows, assembler);
      if (rows.length < PAGE_LINES) return;
      before = rows.at(-1)?.id;
    }
  }

  async find(id: string): Promise<Change | undefined> {
    const rows = await linesOf(this.#parts.db, [id]);
    for (const change of this.#assembled(rows, new ChangeAssembler())) if (change.id === id) return change;
    return undefined;
  }

  /** The changes that these lines complete, where the reader may see them. */
  *#assembled(rows: readonly Row[], assembler: ChangeAssembler): Generator<Change> {
    const { person, sees } = this.#reader;
    for (const row of rows) {
      const change = assembler.take(row.line);
      if (change !== undefined && (sees === "all" || row.person === person)) yield { ...change, ...callerOf(row) };
    }
  }
}

function isFirst(line: JournalLine): line is FirstLine {
  return "v" in line;
}

/** The one on whose behalf a line was written. */
export function callerOf({ person, client, role, act_as, request_id }: Row): { caller?: ChangeCaller } {
  if (person === null) return {};
  return {
    caller: {
      person,
      ...(client === null ? {} : { client }),
      ...(role === null ? {} : { role }),
      ...(act_as === null ? {} : { act_as }),
      ...(request_id === null ? {} : { request_id }),
    },
  };
}

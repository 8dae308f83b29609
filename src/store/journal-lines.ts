import type { Kysely } from "kysely";
import type { Tables } from "./tables.js";

/*
 * Lines are looked up by lists of ids, each from an index of its own. A condition with `or` would have PostgreSQL read
 * the whole journal.
 */

/** The lines of some changes and of those that take one of them back, the newest first. */
export async function linesOf(db: Kysely<Tables>, changeIds: readonly string[]) {
  if (changeIds.length === 0) return [];
  const undoing = await db
    .selectFrom("journal")
    .select("change_id")
    .where("undo_of", "in", [...changeIds])
    .execute();
  const ids = [...new Set([...changeIds, ...undoing.map(({ change_id }) => change_id)])];
  return db.selectFrom("journal").selectAll().where("change_id", "in", ids).orderBy("id", "desc").execute();
}

/**
 * The ids of the lines that a person has written, and of those of whoever has taken back a change of theirs: these tell
 * how it ended.
 */
export function lineIdsOfPerson(db: Kysely<Tables>, person: string) {
  const own = db.selectFrom("journal").select("change_id").where("person", "=", person).where("is_first", "=", 1);
  const undoing = db.selectFrom("journal").select("change_id").where("undo_of", "in", own);
  const theirs = db.selectFrom("journal").select("id").where("change_id", "in", undoing);
  return db.selectFrom("journal").select("id").where("person", "=", person).union(theirs);
}

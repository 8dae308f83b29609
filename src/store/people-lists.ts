import { type Expression, type ExpressionBuilder, type Kysely, type SqlBool, sql } from "kysely";
import { type KeysetPage, pageOf, placeIn } from "./keyset.js";
import type { StoreParts } from "./store-parts.js";
import { type KnownPerson, type PersonStatus, personOf } from "./stored-people.js";
import type { Tables } from "./tables.js";

/** Which people are wanted. */
export interface PeopleQuery {
  /** The beginning of a login, of a name or of a word in the name, in any case. */
  begins?: string | undefined;
  status?: PersonStatus | undefined;
  /** Members of one of these groups at least, by their ids. */
  groups?: readonly string[] | undefined;
  /** `next` of the page before. */
  after?: string | undefined;
  size: number;
}

/** What a page of people is in the order of. */
const LABEL = sql<string>`lower(coalesce(login, id))`;

const labelOf = ({ login, id }: Pick<KnownPerson, "login" | "id">) => login ?? id;

/** The people who have signed in, page by page, for whoever looks after the server. */
export class PeopleLists {
  readonly #parts: Pick<StoreParts, "db">;

  constructor(parts: Pick<StoreParts, "db">) {
    this.#parts = parts;
  }

  /** A page of people in the order of their logins. */
  async page({ begins, status, groups, after, size }: PeopleQuery): Promise<KeysetPage<KnownPerson>> {
    let people = this.#parts.db.selectFrom("people").selectAll().select(LABEL.as("label"));
    if (status !== undefined) people = people.where("status", "=", status);
    if (begins !== undefined) people = people.where((eb) => beginsWith(eb, begins));
    if (groups !== undefined) people = people.where((eb) => isInOneOf(eb, groups));
    const place = placeIn(after, ["string", "string"]);
    if (place !== undefined) {
      people = people.where(sql<SqlBool>`(${LABEL}, id) > (${place[0]}, ${place[1]})`);
    }
    const rows = await people
      .orderBy(LABEL)
      .orderBy("id")
      .limit(size + 1)
      .execute();
    const page = pageOf(rows, size, (row) => [row.label, row.id]);
    return { rows: page.rows.map(personOf), next: page.next };
  }

  /** True where somebody else than this person is there, active and in one of the groups. */
  hasOthersIn(groups: readonly string[], person: string): Promise<boolean> {
    return hasOthersIn(this.#parts.db, groups, person);
  }

  /** The number of clients that may act for each of some people. */
  async clientCounts(people: readonly string[]): Promise<ReadonlyMap<string, number>> {
    if (people.length === 0) return new Map();
    const rows = await this.#parts.db
      .selectFrom("oidc")
      .select(({ fn }) => ["person", fn.count<number>("client").distinct().as("n")])
      .where("model", "=", "Grant")
      .where("person", "in", [...people])
      .groupBy("person")
      .execute();
    return new Map(rows.map(({ person, n }) => [person ?? "", Number(n)]));
  }

  /** The labels of people, by their ids. */
  async labels(ids: Iterable<string>): Promise<ReadonlyMap<string, string>> {
    const wanted = [...new Set(ids)];
    if (wanted.length === 0) return new Map();
    const people = this.#parts.db.selectFrom("people").select(["id", "login"]).where("id", "in", wanted);
    const rows = await people.execute();
    return new Map(rows.map(({ id, login }) => [id, labelOf({ id, login: login ?? undefined })]));
  }
}

type PeopleExpressions = ExpressionBuilder<Tables, "people">;

/** Databases know different letters in two cases, so the beginning counts as it was typed in too. */
function beginsWith(eb: PeopleExpressions, begins: string) {
  const typed = begins.replace(/[\\%_]/g, "\\$&");
  const like = (column: "login" | "name", pattern: string) =>
    sql<SqlBool>`${eb.ref(column)} like ${pattern} escape '\\'`;
  const likeLower = (column: "login" | "name", pattern: string) =>
    sql<SqlBool>`lower(${eb.ref(column)}) like ${pattern.toLowerCase()} escape '\\'`;
  return eb.or([
    likeLower("login", `${typed}%`),
    likeLower("name", `${typed}%`),
    likeLower("name", `% ${typed}%`),
    like("name", `${typed}%`),
    like("name", `% ${typed}%`),
  ]);
}

/** The ids of groups stand in a JSON list, and have only letters and digits. */
/** As `hasOthersIn` of the lists, for whoever has a transaction. */
export async function hasOthersIn(db: Kysely<Tables>, groups: readonly string[], person: string): Promise<boolean> {
  const row = await db
    .selectFrom("people")
    .select("id")
    .where("status", "=", "active")
    .where("id", "!=", person)
    .where((eb) => isInOneOf(eb, groups))
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

function isInOneOf(eb: PeopleExpressions, groups: readonly string[]): Expression<SqlBool> {
  const ids = groups.filter((id) => /^[A-Za-z0-9]+$/.test(id));
  if (ids.length === 0) return sql<SqlBool>`1 = 0`;
  return eb.or(ids.map((id) => eb("groups", "like", `%"${id}"%`)));
}

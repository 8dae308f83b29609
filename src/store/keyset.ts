import { type SqlBool, sql } from "kysely";

/** A page of a list in a fixed order. Pages are found by what stands last on the one before, and never by counting. */
export interface KeysetPage<Row> {
  rows: Row[];
  /** What to give as `after` for the next page; undefined where this is the last one. */
  next: string | undefined;
}

/** The place of a row in its list. */
export type Place = readonly (string | number)[];

/** A place as a text for an address. */
export function placeText(place: Place): string {
  return Buffer.from(JSON.stringify(place)).toString("base64url");
}

/** The place in a text; undefined where it is none with these kinds of values. */
export function placeIn(text: string | undefined, kinds: readonly ("string" | "number")[]): Place | undefined {
  if (text === undefined || !/^[\w-]{1,2000}$/.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
    const fits =
      Array.isArray(value) &&
      value.length === kinds.length &&
      kinds.every((kind, index) => typeof value[index] === kind);
    return fits ? (value as Place) : undefined;
  } catch {
    return undefined;
  }
}

/** Makes a page of rows of which one more was read than it shows. */
export function pageOf<Row>(read: readonly Row[], size: number, place: (row: Row) => Place): KeysetPage<Row> {
  const rows = read.slice(0, size);
  const last = rows.at(-1);
  return { rows, next: read.length > size && last !== undefined ? placeText(place(last)) : undefined };
}

/** The condition for rows that come after a place, in a list whose first column falls and whose second settles ties. */
export function isBefore(columns: readonly [string, string], place: Place) {
  const [first, second] = columns.map((column) => sql.ref(column));
  return sql<SqlBool>`(${first}, ${second}) < (${place[0]}, ${place[1]})`;
}

import { isExactNumber } from "../json/exact-json.js";
import { isObject, type Json, valueAt as valueIn } from "../json/json.js";
import { NAME_PATHS } from "../okta/objects.js";
import { visibleStart } from "../text/quote.js";

/** One column of a table: the dotted path of its values, and its heading. */
export interface Column {
  path: string;
  heading: string;
  /** Characters, as shown. */
  width: number;
}

/** The dotted paths of what people call an object of Okta's. */
const NAMES_AT_OKTA: readonly string[] = NAME_PATHS.map((path) => path.join("."));

/** The dotted paths of what people call a record; a change is known by what it was about. */
const NAMES: readonly string[] = [...NAMES_AT_OKTA, "target"];

/** Fields that people look for first in a record of Okta, the most telling first. */
const TELLING = [
  "id",
  ...NAMES_AT_OKTA,
  "published",
  "eventType",
  "outcome.result",
  "actor.alternateId",
  "displayMessage",
  "status",
  "type",
  "signOnMode",
  "platform",
  "area",
  "effect",
  "scope",
  "profile.firstName",
  "profile.lastName",
  "profile.description",
  "subject",
  "priority",
  "outcome.reason",
  "lastLogin",
  "lastUpdated",
  "created",
];

/** The most columns. With more of them a table is harder to read than the JSON. */
const MAX_COLUMNS = 7;
const MAX_WIDTH = 48;
/** The longest heading. A longer one tells nothing more. */
const MAX_HEADING_CHARS = 100;
const MAX_NAME_WIDTH = 64;
/** The least width of a column. A narrower one is left out instead of cut, unless it was asked for. */
const MIN_WIDTH = 20;
const MIN_WIDTH_ASKED_FOR = 6;
/** The characters of an id that tell it from others. */
const MIN_ID_WIDTH = 10;
/** The width of a time without its hours and minutes: 2026-01-31. */
const DATE_WIDTH = 10;
/** Space between two columns. */
export const GAP = 2;

const ZERO_WIDTH = /\p{Mn}|\p{Me}/u;
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;

/** The number of columns that a text takes on a terminal. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += ZERO_WIDTH.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return width;
}

/** The value at a dotted path; undefined where there is none. */
export function valueAt(item: Json, path: string): Json | undefined {
  // A key may hold a dot itself. Then the whole path is the key.
  const whole = valueIn(item, path);
  return whole === undefined ? valueIn(item, ...path.split(".")) : whole;
}

/** The dotted paths of plain values in a record, in its own order. */
function plainPaths(item: Json, prefix = ""): string[] {
  if (!isObject(item)) return [];
  return Object.entries(item).flatMap(([key, value]) =>
    typeof value === "object" && !isExactNumber(value) ? plainPaths(value, `${prefix}${key}.`) : [prefix + key],
  );
}

function isShown(value: Json | undefined): boolean {
  return value !== undefined && value !== null && value !== "" && (typeof value !== "object" || isExactNumber(value));
}

/** The paths of the columns: those that were asked for; otherwise the telling ones; otherwise all of the records. */
function choosePaths(items: readonly Json[], wanted: readonly string[] | undefined): string[] {
  if (wanted && wanted.length > 0) return [...wanted];
  const telling = TELLING.filter((path) => items.some((item) => isShown(valueAt(item, path))));
  if (telling.length > 1) return telling.slice(0, MAX_COLUMNS);
  const all = new Set([...telling, ...items.slice(0, 50).flatMap((item) => plainPaths(item))]);
  return [...all].slice(0, MAX_COLUMNS);
}

export interface ColumnWishes {
  /** The paths that the caller asked for, if any. They are the only columns then. */
  wanted?: readonly string[] | undefined;
  /** Those of them that a person copies. They are never cut. */
  whole?: readonly string[] | undefined;
}

const TIME = /^\d{4}-\d\d-\d\dT/;

/** The sort of a column. It decides how the column is made narrower. */
type Sort = "time" | "id" | "name" | "text";

/** The least and the largest width of a column. */
const WIDTHS: Readonly<Record<Sort, { least: number; leastAskedFor: number; most: number }>> = {
  id: { least: MIN_ID_WIDTH, leastAskedFor: MIN_ID_WIDTH, most: Number.POSITIVE_INFINITY },
  time: { least: DATE_WIDTH, leastAskedFor: DATE_WIDTH, most: MAX_WIDTH },
  name: { least: MIN_WIDTH, leastAskedFor: MIN_WIDTH_ASKED_FOR, most: MAX_NAME_WIDTH },
  text: { least: MIN_WIDTH, leastAskedFor: MIN_WIDTH_ASKED_FOR, most: MAX_WIDTH },
};

interface Fitting extends Column {
  sort: Sort;
  /** True where the column is never cut. */
  kept: boolean;
  /** True where the column may be left out. */
  spare: boolean;
  least: number;
}

function sortOf(path: string, values: readonly (Json | undefined)[]): Sort {
  if (NAMES.includes(path)) return "name";
  // Okta's `alternateId` is a login or a label of any length.
  if (path === "id" || /(?:_id|(?<!\balternate)Id)$/.test(path)) return "id";
  const shown = values.filter(isShown);
  return shown.length > 0 && shown.every((value) => TIME.test(String(value))) ? "time" : "text";
}

/**
 * Chooses the columns of a table that fits into `width` characters. First times lose their hours, then ids lose their
 * end, then columns are left out from the last on. Names and other texts are cut last.
 * @param cell gives the text that is shown for a value
 */
export function chooseColumns(
  items: readonly Json[],
  width: number,
  cell: (value: Json | undefined) => string,
  { wanted, whole = [] }: ColumnWishes = {},
): Column[] {
  const isAskedFor = wanted !== undefined && wanted.length > 0;
  const paths = choosePaths(items, wanted);
  const hasName = paths.some((path) => NAMES.includes(path));
  const columns = paths.map((path): Fitting => {
    const values = items.slice(0, 1_000).map((item) => valueAt(item, path));
    const sort = sortOf(path, values);
    // A field's name is data like its value.
    const heading = visibleStart(path.replace(/^profile\./, ""), MAX_HEADING_CHARS);
    const natural = Math.max(displayWidth(heading), ...values.map((value) => displayWidth(cell(value))));
    const kept = whole.includes(path) || (sort === "id" && !hasName);
    const { least, leastAskedFor, most } = WIDTHS[sort];
    const within = (bound: number) => (kept ? natural : Math.min(natural, bound));
    return {
      path,
      heading,
      width: within(width === Number.POSITIVE_INFINITY ? natural : most),
      kept,
      sort,
      spare: !isAskedFor && !kept && sort !== "name",
      least: within(isAskedFor ? leastAskedFor : least),
    };
  });
  fitInto(width, columns);
  return columns.map(({ path, heading, width: own }) => ({ path, heading, width: own }));
}

function fitInto(width: number, columns: Fitting[]): void {
  const over = () => columns.reduce((sum, column) => sum + column.width + GAP, -GAP) - width;
  const narrow = (sort: Sort) => {
    for (const column of columns.filter((one) => one.sort === sort)) {
      column.width = Math.max(column.least, column.width - Math.max(0, over()));
    }
  };
  // A time is shortened in one step, since a part of an hour tells nothing.
  for (const column of columns.filter(({ sort }) => sort === "time")) if (over() > 0) column.width = column.least;
  narrow("id");
  const leaveOut = (column: Fitting | undefined) => column !== undefined && columns.splice(columns.indexOf(column), 1);
  while (over() > 0 && leaveOut(columns.findLast(({ sort, spare }) => spare && sort === "time"))) {}
  const least = () =>
    columns.reduce((sum, column) => sum + GAP + (column.sort === "name" ? column.width : column.least), -GAP);
  while (columns.length > 2 && least() > width && leaveOut(columns.findLast(({ spare }) => spare))) {}
  const shrink = (mayShrink: (column: Fitting) => boolean) => {
    while (over() > 0) {
      const [widest] = columns.filter(mayShrink).sort((a, b) => b.width - a.width);
      if (!widest) return;
      widest.width -= 1;
    }
  };
  shrink((column) => column.sort === "text" && column.width > column.least);
  // As the last step every column is cut, except for those that have to stay whole.
  shrink((column) => !column.kept && column.width > 1);
}

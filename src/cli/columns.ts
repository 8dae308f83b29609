import { valueAt as valueIn } from "../json.js";
import type { Json } from "../okta/request.js";

/** One column of a table: the dotted path of its values, and its heading. */
export interface Column {
  path: string;
  heading: string;
  /** Characters, as shown. */
  width: number;
}

/** What people look for first in a record of Okta, the most telling first. */
const TELLING = [
  "id",
  "profile.login",
  "label",
  "profile.name",
  "name",
  "displayName",
  "title",
  "published",
  "eventType",
  "outcome.result",
  "actor.alternateId",
  "displayMessage",
  "status",
  "type",
  "signOnMode",
  "platform",
  "domain",
  "language",
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

/** More columns than this are harder to read than the JSON. */
const MAX_COLUMNS = 7;
const MAX_WIDTH = 48;
/** A column that would have to be narrower than this is left out rather than cut, unless it was asked for. */
const MIN_WIDTH = 20;
const MIN_WIDTH_ASKED_FOR = 6;
/** Space between two columns. */
export const GAP = 2;

const ZERO_WIDTH = /\p{Mn}|\p{Me}/u;
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;

/** Columns that a text takes on a terminal. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += ZERO_WIDTH.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return width;
}

/** The value at a dotted path; undefined where there is none. */
export function valueAt(item: Json, path: string): Json | undefined {
  // A key may hold a dot itself; then the whole path is the key.
  const whole = valueIn(item, path);
  return whole === undefined ? valueIn(item, ...path.split(".")) : whole;
}

/** The dotted paths of plain values in a record, in its own order. */
function plainPaths(item: Json, prefix = ""): string[] {
  if (typeof item !== "object" || item === null || Array.isArray(item)) return [];
  return Object.entries(item).flatMap(([key, value]) =>
    typeof value === "object" ? plainPaths(value, `${prefix}${key}.`) : [prefix + key],
  );
}

function isShown(value: Json | undefined): boolean {
  return value !== undefined && value !== null && value !== "" && typeof value !== "object";
}

/** The paths worth a column: those asked for, else the telling ones, else whatever the records have. */
function choosePaths(items: readonly Json[], wanted: readonly string[] | undefined): string[] {
  if (wanted && wanted.length > 0) return [...wanted];
  const telling = TELLING.filter((path) => items.some((item) => isShown(valueAt(item, path))));
  if (telling.length > 1) return telling.slice(0, MAX_COLUMNS);
  const all = new Set([...telling, ...items.slice(0, 50).flatMap((item) => plainPaths(item))]);
  return [...all].slice(0, MAX_COLUMNS);
}

/**
 * Chooses the columns of a table so that it fits into `width` characters.
 * @param cell gives the text that is shown for a value
 * @param wanted the paths that the caller asked for, if any; the columns are then these
 */
export function chooseColumns(
  items: readonly Json[],
  width: number,
  cell: (value: Json | undefined) => string,
  wanted?: readonly string[],
): Column[] {
  const columns = choosePaths(items, wanted).map((path): Column => {
    const heading = path.replace(/^profile\./, "");
    const widths = items.map((item) => displayWidth(cell(valueAt(item, path))));
    const natural = Math.max(displayWidth(heading), ...widths.slice(0, 1_000));
    return { path, heading, width: path === "id" ? natural : Math.min(natural, MAX_WIDTH) };
  });
  const total = () => columns.reduce((sum, column) => sum + column.width + GAP, -GAP);
  const min = wanted?.length ? MIN_WIDTH_ASKED_FOR : MIN_WIDTH;
  // Ids are never cut, since they are there to be copied.
  const least = () =>
    columns.reduce((sum, { path, width: own }) => sum + GAP + (path === "id" ? own : Math.min(own, min)), -GAP);
  while (columns.length > 1 && least() > width) columns.pop();
  while (total() > width) {
    const widest = columns.filter(({ path }) => path !== "id").sort((a, b) => b.width - a.width)[0];
    if (!widest || widest.width <= 1) break;
    widest.width -= 1;
  }
  return columns;
}

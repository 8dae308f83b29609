import { stringifyJson } from "../json/exact-json.js";
import { isObject, type Json } from "../json/json.js";
import { visible } from "../text/quote.js";
import { type Column, chooseColumns, displayWidth, GAP, valueAt } from "./columns.js";

/** The characters of a cell that are looked at. More of them never fit a line. */
const MAX_CELL_CHARS = 300;

const NO_BORDERS = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: " ".repeat(GAP),
};

/** The text of a cell: one line, without invisible characters. */
function cellText(value: Json | undefined, width = MAX_CELL_CHARS): string {
  if (value === undefined || value === null) return "";
  const text = typeof value === "string" ? value : stringifyJson(value);
  const shown = visible(text.slice(0, MAX_CELL_CHARS));
  const [, date, minutes] = /^(\d{4}-\d\d-\d\d)(T\d\d:\d\d):\d\d(?:\.\d+)?Z$/.exec(shown) ?? [];
  if (date === undefined) return shown;
  const time = `${date}${minutes}Z`;
  return time.length > width ? date : time;
}

export interface TableOptions {
  /** Characters that a line may have. */
  width: number;
  /** Dotted paths to show; by default chosen from those of the records. */
  fields?: readonly string[] | undefined;
  /** Those of the paths that are never cut. */
  whole?: readonly string[] | undefined;
  /** Gives the heading its look. */
  heading?: (text: string) => string;
}

/**
 * Records as a table that fits the width, without lines between cells. A text that is too long ends with `…`. Control
 * and other invisible characters are written out.
 */
export async function renderTable(items: readonly Json[], options: TableOptions): Promise<string> {
  const { default: Table } = await import("cli-table3");
  const { width, fields, whole, heading = (text: string) => text } = options;
  const rows = items.map((item) => (isObject(item) ? item : { value: item }));
  const columns = chooseColumns(rows, width, (value) => cellText(value), { wanted: fields, whole });
  const table = new Table({
    chars: NO_BORDERS,
    style: { "padding-left": 0, "padding-right": 0, head: [], border: [], compact: true },
    colWidths: columns.map((column) => column.width),
    head: columns.map(({ heading: text, width: own }) =>
      heading(displayWidth(text) > own ? `${text.slice(0, own - 1)}…` : text),
    ),
  });
  for (const row of rows)
    table.push(columns.map((column: Column) => cellText(valueAt(row, column.path), column.width)));
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}

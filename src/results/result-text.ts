import { isObject, type Json, type JsonObject } from "../json/json.js";
import { inertJson } from "../text/inert-json.js";

/** A list of objects with mostly the same fields. It names each field once. */
export interface Table {
  /** The fields of all items, as dotted paths. */
  columns: string[];
  /** The sign in a row where the item has no such field. It differs from all values. */
  absent?: string;
  /** One row for each item, its values in the order of the columns. */
  rows: Json[][];
}

/** The least share of cells with a value. An emptier table is harder to read than objects. */
const MIN_FILLED = 0.6;
/** The least share of the names' characters that a table has to save. */
const MIN_SAVED = 0.3;
/** Names that read as one step of a path and need no escapes in JSON. */
const PLAIN_NAME = /^[\w$@:-]+$/;
/**
 * The longest sign for an absent field. Values that are equal to a shorter one make it longer; no harmless list needs
 * more.
 */
const MAX_ABSENT_CHARS = 3;
/** The characters around a name: its quotes, and its colon or comma. */
const AROUND_NAME = 3;
/** The characters of a table that a plain list does not have. */
const FRAME_CHARS = '_table{"columns":[],"absent":"~","rows":}'.length;

/** The columns for one place in the items. */
class Heading {
  readonly prefix: string;
  readonly columns = new Map<string, number>();
  readonly below = new Map<string, Heading>();

  constructor(prefix: string) {
    this.prefix = prefix;
  }
}

/** Puts items into rows. Each path to a plain or empty value has one column. */
class Rows {
  readonly columns: string[] = [];
  readonly rows: Json[][] = [];
  readonly #top = new Heading("");
  #absent = "~";
  /** Cells with a value. */
  #filled = 0;
  /** Characters of the names in the items. */
  #nameChars = 0;
  #isClear = true;

  /**
   * Adds an item.
   * @returns false where a table would not be clear
   */
  add(item: Json): boolean {
    const row: Json[] = [];
    if (isObject(item)) this.#fill(row, item, this.#top);
    else this.#isClear = false;
    this.rows.push(row);
    return this.#isClear;
  }

  toTable(): Table | undefined {
    const { columns, rows } = this;
    const missing = columns.length * rows.length - this.#filled;
    const chars = columns.reduce((sum, { length }) => sum + length + AROUND_NAME, 0);
    const tableChars = FRAME_CHARS + chars + missing * (this.#absent.length + AROUND_NAME);
    if (tableChars >= (1 - MIN_SAVED) * this.#nameChars) return undefined;
    if (this.#filled < MIN_FILLED * (this.#filled + missing)) return undefined;
    if (missing === 0) return { columns, rows };
    for (const row of rows) {
      for (let column = 0; column < columns.length; column += 1) row[column] ??= column in row ? null : this.#absent;
    }
    return { columns, absent: this.#absent, rows };
  }

  #fill(row: Json[], value: JsonObject, heading: Heading): void {
    for (const name in value) {
      const inner = value[name] as Json;
      this.#nameChars += name.length + AROUND_NAME;
      if (isObject(inner) && Object.keys(inner).length > 0) {
        const below = heading.below.get(name) ?? new Heading(`${this.#named(heading, name)}.`);
        heading.below.set(name, below);
        this.#fill(row, inner, below);
      } else {
        row[heading.columns.get(name) ?? this.#addColumn(heading, name)] = inner;
        this.#filled += 1;
        if (typeof inner === "string" && inner.startsWith(this.#absent)) this.#avoid(inner);
      }
    }
  }

  #named({ prefix }: Heading, name: string): string {
    if (!PLAIN_NAME.test(name)) this.#isClear = false;
    return prefix + name;
  }

  #addColumn(heading: Heading, name: string): number {
    const column = this.columns.push(this.#named(heading, name)) - 1;
    heading.columns.set(name, column);
    return column;
  }

  /** Avoids a value that could be taken for the sign of an absent field. */
  #avoid(value: string): void {
    if (!/^~+$/.test(value)) return;
    this.#absent = `${value}~`;
    if (this.#absent.length > MAX_ABSENT_CHARS) this.#isClear = false;
  }
}

/**
 * A list of objects as a table without any loss. Undefined where a table would not be clear, or not clearly shorter.
 */
export function toTable(items: readonly Json[]): Table | undefined {
  const rows = new Rows();
  return items.every((item) => rows.add(item)) ? rows.toTable() : undefined;
}

/**
 * The text of a result, which a model reads. It is compact JSON without invisible characters. A list names its fields
 * once rather than in every item, which takes about half of the characters.
 */
export function resultText(result: JsonObject): string {
  const { items, ...rest } = result;
  // A result with items need not be a list of ours. It may have a field of the table's name.
  const table = Array.isArray(items) && !("items_table" in rest) ? toTable(items) : undefined;
  return inertJson(table ? { items_table: table, ...rest } : result);
}

import type { Json } from "../../src/json/json.js";
import type { Table } from "../../src/results/result-text.js";

type JsonObject = { [key: string]: Json };

/** Returns a result with its items in place of the table. */
export function withItems({ items_table, ...rest }: JsonObject): JsonObject {
  return items_table ? { items: itemsOf(items_table as unknown as Table), ...rest } : rest;
}

/** Returns the items of a table. */
export function itemsOf({ columns, absent, rows }: Table): JsonObject[] {
  return rows.map((row) => {
    if (row.length !== columns.length)
      throw new RangeError(`A row of ${row.length} cells for ${columns.length} columns.`);
    const item: JsonObject = {};
    for (const [index, column] of columns.entries()) {
      const value = row[index];
      if (value === undefined || (absent !== undefined && value === absent)) continue;
      const path = column.split(".");
      const name = path.pop() ?? "";
      let holder = item;
      for (const key of path) holder = own(holder, key, own(holder, key) ?? {}) as JsonObject;
      own(holder, name, value);
    }
    return item;
  });
}

/** Reads an own property of any name, even `__proto__`. If a value is given, sets the property first. */
function own(holder: JsonObject, key: string, value?: Json): Json | undefined {
  if (value !== undefined) Object.defineProperty(holder, key, { value, enumerable: true, configurable: true });
  return Object.getOwnPropertyDescriptor(holder, key)?.value;
}

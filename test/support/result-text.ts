import type { Json } from "../../src/json/json.js";
import type { Table } from "../../src/results/result-text.js";

type JsonObject = { [key: string]: Json };

/** A result as it was before a table stood for its items. */
export function withItems({ items_table, ...rest }: JsonObject): JsonObject {
  return items_table ? { items: itemsOf(items_table as unknown as Table), ...rest } : rest;
}

/** The items that a table stands for. */
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

/** An own property of any name, `__proto__` included: read, or set where there is a value. */
function own(holder: JsonObject, key: string, value?: Json): Json | undefined {
  if (value !== undefined) Object.defineProperty(holder, key, { value, enumerable: true, configurable: true });
  return Object.getOwnPropertyDescriptor(holder, key)?.value;
}

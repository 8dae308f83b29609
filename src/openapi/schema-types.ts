import type { JsonObject } from "../json/json.js";

/** A schema of JSON Schema 2020-12. True takes everything, false nothing. */
export type Schema = boolean | JsonObject;

/** A schema that stands alone: each `$ref` in it leads to one of its definitions, as `#/$defs/d3`. */
export interface PlainSchema {
  schema: Schema;
  defs: ReadonlyMap<string, Schema>;
  /** Parts of the schema that are not understood and take anything, one sentence each. */
  notes: readonly string[];
}

/** The keyword of ours for a property that callers may not give (`readOnly`). */
export const READ_ONLY = "isReadOnly";

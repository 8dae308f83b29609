import type { Json, JsonObject } from "./json.js";

/** One field in which two values differ; a side on which the field is missing is absent. */
export interface FieldChange {
  /** Dotted path; empty for the value as a whole. */
  field: string;
  before?: Json;
  after?: Json;
}

/** A body with what its sender could not see, and where that stands. */
export interface Kept {
  body: JsonObject;
  /** Dotted paths of what was kept. */
  paths: string[];
  /** Those that may be told: what results leave out altogether is not told of either. */
  told: string[];
  /** What was kept there, which must not be shown. */
  values: Json[];
}

import type { Json, JsonObject } from "./json.js";

/** One field in which two values differ. The side without the field is absent. */
export interface FieldChange {
  /** Dotted path; empty for the value as a whole. */
  field: string;
  before?: Json;
  after?: Json;
}

/** A body with the hidden values that its sender could not see, and their places. */
export interface Kept {
  body: JsonObject;
  /** The dotted paths of the kept values. */
  paths: string[];
  /** Those of the paths that may be told. A path that results leave out altogether is not told. */
  told: string[];
  /** The kept values. They must not be shown. */
  values: Json[];
}

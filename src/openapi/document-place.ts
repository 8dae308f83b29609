import type { Json } from "../json/json.js";

/** A place in a document: the file, and the JSON pointer in it (RFC 6901). */
export interface DocumentPlace {
  /** The name of the file in `ApiDocument.files`. */
  file: string;
  /** Empty for the whole file. */
  pointer: string;
}

/** A part of the document, with its place. References in it are relative to that place. */
export interface Located extends DocumentPlace {
  value: Json;
}

import type { Tool } from "../tool.js";
import type { ApiAuth } from "./api-auth.js";
import type { ApiSettings } from "./apis-schema.js";

/** One of a company's APIs, with everything that its settings name. */
export interface LoadedApi {
  /** Its name in the settings, which is the area of its tools. */
  name: string;
  settings: ApiSettings;
  auth: ApiAuth;
  /** Without a slash at the end of its path. */
  baseUrl: URL;
  /** The SHA-256 of its document, in small hexadecimal digits. */
  sha256: string;
  /** The operations that became tools, in the order of the document. */
  chosen: readonly ChosenOperation[];
  /** The other operations of the document, in the same order. */
  skipped: readonly SkippedOperation[];
}

/** An operation that became a tool. */
export interface ChosenOperation {
  /** In capitals. */
  method: string;
  /** The path in the document, as `/employees/{id}`. */
  path: string;
  /** Its `operationId`; undefined where the document names none. */
  id: string | undefined;
  /** The scopes that it needs at the API's authorization server. */
  scopes: readonly string[];
  tool: Tool;
}

/** An operation that is no tool. */
export interface SkippedOperation {
  method: string;
  path: string;
  id: string | undefined;
  /** The reason, as the end of a sentence. */
  why: string;
}

import type { ApiDocument, ApiOperation, SkippedOperation } from "../openapi/api-document.js";
import type { ApiAccess } from "../openapi/api-request.js";
import type { Tool } from "../tool.js";
import type { ApiAuth } from "./api-auth.js";
import type { ApiSettings } from "./apis-schema.js";

/** One of a company's APIs, with everything that its settings name. */
export interface LoadedApi {
  /** Its name in the settings, which is the area of its tools. */
  name: string;
  settings: ApiSettings;
  auth: ApiAuth;
  /** The path ends with a slash. */
  baseUrl: URL;
  document: ApiDocument;
  /** The SHA-256 of its document, in small hexadecimal digits. */
  sha256: string;
  /** The operations that became tools, in the order of the document. */
  chosen: readonly ChosenOperation[];
  /** The other operations of the document: those that nobody named, and those that cannot be called. */
  skipped: readonly SkippedOperation[];
}

/** An operation that became a tool. */
export interface ChosenOperation {
  operation: ApiOperation;
  access: ApiAccess;
  tool: Tool;
}

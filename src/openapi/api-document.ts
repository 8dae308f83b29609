import type { Json } from "../json/json.js";
import type { Located } from "./document-place.js";
import type { References } from "./references.js";

/** A document of OpenAPI, read whole. It is immutable. */
export interface ApiDocument {
  /** The dialect of its schemas: that of OpenAPI 3.0, or JSON Schema 2020-12 (OpenAPI 3.1 and 3.2). */
  dialect: "3.0" | "3.1";
  /** As the document says it, e.g. "3.0.3". */
  version: string;
  /** `info.title` and `info.version`, as they stand there. */
  title: string;
  apiVersion: string;
  /** The operations that can be called, in the order of the document. */
  operations: readonly ApiOperation[];
  /** The operations that cannot be called. */
  skipped: readonly SkippedOperation[];
  /** Faults of the document that keep no operation from being called, one sentence each. */
  notes: readonly string[];
  /** The content of each file that belongs to the document, by name. The document itself is the first. */
  files: ReadonlyMap<string, Json>;
  references: References;
}

/** An operation that cannot be called (unsupported, or broken in the document). */
export interface SkippedOperation {
  /** The `operationId`, or the one made for it. */
  id: string;
  method: string;
  path: string;
  /** A sentence. */
  why: string;
}

/** An operation (OpenAPI, "Operation Object") with its references resolved. */
export interface ApiOperation {
  /** The `operationId`, or one made of method and path where the document has none. */
  id: string;
  /** True where the document has no `operationId`. The id is stable as long as method and path are. */
  isIdMade: boolean;
  /** In capitals. */
  method: string;
  /** The path in the document, e.g. `/employees/{id}`. */
  path: string;
  /** The document's own words, untouched. Empty where there are none. */
  summary: string;
  description: string;
  tags: readonly string[];
  isDeprecated: boolean;
  /** Those of the path and the operation, one for each name and place. */
  parameters: readonly ApiParameter[];
  body: ApiRequestBody | undefined;
  /**
   * What callers have to prove: one of these alternatives ("Security Requirement Object"). No alternatives, or an empty
   * one among them, means that anybody may call.
   */
  security: readonly SecurityAlternative[];
  /** What was left out of the operation, one sentence each. */
  notes: readonly string[];
}

/** Security schemes that are needed together. */
export type SecurityAlternative = readonly SecurityNeed[];

/** A security scheme that an operation needs. */
export interface SecurityNeed {
  /** Its name in `components.securitySchemes`. */
  scheme: string;
  /** `oauth2`, `openIdConnect`, `http`, `apiKey`, `mutualTLS`; `unknown` where the document does not define it. */
  type: string;
  /** The scopes of OAuth 2.0 or OpenID Connect; roles of other schemes are not here. */
  scopes: readonly string[];
}

export type ParameterPlace = "path" | "query" | "header";

/** The styles of OpenAPI ("Style Values"). */
export type ParameterStyle = "simple" | "label" | "matrix" | "form" | "spaceDelimited" | "pipeDelimited" | "deepObject";

/** The form in which a value is written into a text. */
export interface ValueForm {
  style: ParameterStyle;
  explode: boolean;
  allowReserved: boolean;
  /** The media type of a value that is written as such (`content`) in place of a style. */
  mediaType: string | undefined;
}

/** A parameter (OpenAPI, "Parameter Object"). */
export interface ApiParameter extends ValueForm {
  name: string;
  in: ParameterPlace;
  isRequired: boolean;
  isDeprecated: boolean;
  /** The document's own words. */
  description: string;
  /** Undefined where the parameter has no schema: it takes anything. */
  schema: Located | undefined;
}

/** The forms in which a body can be sent. */
export type BodyKind = "json" | "form" | "multipart" | "text" | "binary";

/** The body of a request (OpenAPI, "Request Body Object"), in the one media type that is used. */
export interface ApiRequestBody {
  isRequired: boolean;
  description: string;
  kind: BodyKind;
  /** As the document writes it; `application/json` for a range of all types. */
  mediaType: string;
  schema: Located | undefined;
  /** The `encoding` of form and multipart, by property. */
  encoding: ReadonlyMap<string, PartEncoding>;
}

/** OpenAPI, "Encoding Object". */
export interface PartEncoding {
  /** The content type of the part; where the document has several, the first. */
  contentType: string | undefined;
  /** Undefined where the property is written by content type. */
  form: ValueForm | undefined;
}

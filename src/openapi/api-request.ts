import type { Json } from "../json/json.js";

/** What an operation asks of whoever calls it (OpenAPI, "Security Requirement Object"). */
export interface ApiAccess {
  /** True for an operation that anybody may call; no identity is sent then. */
  isOpen: boolean;
  /** The OAuth scopes that the operation needs, all of them. */
  scopes: readonly string[];
}

/** The operation of a company's API that a tool calls. */
export interface CalledOperation {
  /** The API's name in the settings. */
  name: string;
  /** In capitals. */
  method: string;
  /** The path in the API's document, as `/employees/{id}`. */
  template: string;
  access: ApiAccess;
  /** True where something of the request is bound to the caller, so that it has to be known who calls. */
  isBound: boolean;
  /** The arguments that choose a part of a long answer, as `limit` and `cursor`. */
  paging: readonly string[];
}

/** One request to a company's API, without the identity of whoever it is made for. */
export interface ApiRequest {
  /** The API's name in the settings. */
  api: string;
  /** In capitals. */
  method: string;
  /** The path in the API's document, as `/employees/{id}`. */
  template: string;
  /** The path below the API's base address, each value in it encoded as one segment. It begins with `/`. */
  path: string;
  /** The encoded query without `?`; empty where there is none. */
  query: string;
  headers: Readonly<Record<string, string>>;
  body: ApiBody | undefined;
  access: ApiAccess;
  /** True where it changes something, which the method alone does not tell: the settings may say so of a GET. */
  isWrite: boolean;
}

/** An encoded body. */
export interface ApiBody {
  contentType: string;
  content: string | Uint8Array<ArrayBuffer>;
}

/** The answer of an API to a request that succeeded. */
export interface ApiAnswer {
  status: number;
  /** The media type without parameters; empty where the answer names none. */
  mediaType: string;
  /** The content of a JSON answer. */
  json: Json | undefined;
  /** The content of an answer that is text and no JSON. */
  text: string | undefined;
  /** The size of the content once it is unpacked; where it is longer than the API's limit, that limit. */
  bytes: number;
  /** True where the answer was longer than the API's limit, so that there is no content. */
  isTooLong: boolean;
  /** `Location`, which is shown and never followed. */
  location: string | undefined;
}

/** A company's APIs as a tool sees them: bound to one caller and one call. */
export interface ApiCalls {
  /**
   * Sends a request in the name of the caller.
   * @throws OktaMcpError for every answer that is no success, for missing access, and where no answer came
   */
  send(request: ApiRequest): Promise<ApiAnswer>;
  /**
   * What is known of the caller for sure: the claims of a checked token.
   * @throws OktaMcpError where nobody is signed in
   */
  claims(api: string): Promise<Readonly<Record<string, Json>>>;
}

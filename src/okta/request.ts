import type { Json } from "../json/json.js";
import type { ToolFor } from "./purpose.js";

/** A file for a multipart upload. Its part has the name of the parameter. */
export interface Upload {
  /** The file's bytes, sent as they are. */
  data: Uint8Array;
  /** The file's name, without a folder. */
  name: string;
  contentType: string;
}

/** One request to the Management API, or, where `api` is there, to a company's API; not yet authorized. */
export interface OktaRequest {
  /** The company's API that it goes to in place of Okta, by its name in the settings. */
  api?: string;
  /** True where it changes something, whatever its method. */
  isWrite?: boolean;
  /** Okta's operation id, e.g. `listUsers`. */
  operation: string;
  method: string;
  /** The path with its parameters unfilled, e.g. `/api/v1/groups/{groupId}`: the key of a rate-limit bucket. */
  template: string;
  /** The path with its parameters filled in and escaped. */
  path: string;
  query: URLSearchParams;
  /** True where only a list is an answer. Elsewhere an empty body may be one. */
  wantsList?: boolean;
  /** Further headers of an operation, besides authorization and the type of its body, e.g. `If-Match`. */
  headers?: Record<string, string>;
  /** `json` is sent as it is, as `application/json` unless the operation has a type of its own. */
  body?:
    | { json: unknown; contentType?: string }
    | { part: string; upload: Upload }
    | { raw: Uint8Array | string; contentType: string };
}

/** The JSON body of a request; undefined where it has another body or none. */
export function jsonBodyOf({ body }: Pick<OktaRequest, "body">): unknown {
  return body !== undefined && "json" in body ? body.json : undefined;
}

export interface OktaResponse {
  status: number;
  headers: Headers;
  /** The body as parsed JSON; undefined where Okta sent none. */
  json: Json | undefined;
  /** The cursor of the next page (`after` of the `Link` with rel=next); undefined on the last. */
  next?: string | undefined;
}

/** The options of a caller: a way to stop the call, and hooks. */
export interface CallOptions {
  signal?: AbortSignal;
  /** Called with the reason of a wait, e.g. "Rate limit reached; waiting 12 s". */
  onWait?: (message: string) => void;
  /** Called with every request before it leaves. An error from it keeps the request here. */
  beforeSend?: (request: OktaRequest) => Promise<void>;
  /** Tells which tool serves a purpose, for advice on what Okta refused. */
  toolFor?: ToolFor;
  /** Called with Okta's answer to a request, before the caller gets it. */
  onAnswer?: (answer: OktaResponse, request: OktaRequest) => void;
}

export interface Transport {
  /**
   * Sends one request and returns Okta's answer when it is a success (2xx).
   * @throws OktaMcpError for everything else, with Okta's own text quoted as data
   */
  send(request: OktaRequest, options?: CallOptions): Promise<OktaResponse>;
}

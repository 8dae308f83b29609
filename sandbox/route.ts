import type { Json } from "../src/json/json.js";

/** Who a verified access token speaks for. */
export interface Caller {
  clientId: string;
  /** The user's id in the device grant, the client id in the private-key method. */
  subject: string;
  scopes: ReadonlySet<string>;
}

/** One request as a route sees it: parsed, authorized, its path parameters decoded. */
export interface SandboxRequest {
  method: string;
  /** The full URL, on the sandbox's own origin. */
  url: URL;
  /** Path parameters by the names in the route's template. */
  params: Record<string, string>;
  query: URLSearchParams;
  headers: Headers;
  /** The body as it arrived. */
  rawBody: Buffer;
  /** The parsed body of a JSON request; undefined otherwise. */
  json: Json | undefined;
  /** The parsed body of a form request; empty otherwise. */
  form: URLSearchParams;
  /** See `Org.maxPageItems`. */
  maxPageItems: number | undefined;
  /** Set on routes that ask for a scope. */
  caller: Caller | undefined;
}

export interface SandboxReply {
  status: number;
  headers?: Record<string, string>;
  json?: unknown;
  html?: string;
}

/** One operation of the pretend org. The engine checks token, scope, faults and rate limit before `handle` runs. */
export interface Route {
  method: "GET" | "POST" | "PUT" | "DELETE";
  /** e.g. `/api/v1/users/{userId}` */
  template: string;
  /** The OAuth scope the operation asks for; undefined for the OAuth endpoints and pages, which check for themselves. */
  scope?: string;
  handle(request: SandboxRequest): SandboxReply | Promise<SandboxReply>;
}

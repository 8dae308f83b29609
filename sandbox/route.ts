import type { Json } from "../src/json/json.js";

/** The caller that a verified access token stands for. */
export interface Caller {
  clientId: string;
  /** The user's id with the device grant, the client id with the private-key sign-in. */
  subject: string;
  scopes: ReadonlySet<string>;
}

/** One request in the form for a route: parsed and authorized, with decoded path parameters. */
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
  /** Set where the route needs a scope. */
  caller: Caller | undefined;
}

export interface SandboxReply {
  status: number;
  headers?: Record<string, string>;
  json?: unknown;
  html?: string;
}

/** One operation of the sandbox's org. The engine checks token, scope, faults and rate limit before `handle` runs. */
export interface Route {
  method: "GET" | "POST" | "PUT" | "DELETE";
  /** e.g. `/api/v1/users/{userId}` */
  template: string;
  /** The OAuth scope of the operation; undefined for the OAuth endpoints and pages, which have their own checks. */
  scope?: string;
  handle(request: SandboxRequest): SandboxReply | Promise<SandboxReply>;
}

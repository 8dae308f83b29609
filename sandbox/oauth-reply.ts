import type { SandboxReply } from "./route.js";

/** An answer with a token must not be cached on the way (RFC 6749, section 5.1). */
const NO_STORE = { "Cache-Control": "no-cache, no-store", Pragma: "no-cache" };

/** A success of an OAuth endpoint. */
export function oauthReply(json?: unknown, headers: Record<string, string> = {}): SandboxReply {
  return { status: 200, headers: { ...NO_STORE, ...headers }, ...(json === undefined ? {} : { json }) };
}

/**
 * The refusal of an OAuth endpoint: an error code and a description (RFC 6749, section 5.2). Any code below an endpoint
 * may throw it; one place turns it into the answer.
 */
export class OAuthRefusal extends Error {
  readonly error: string;
  readonly status: number;
  readonly headers: Record<string, string>;

  constructor(error: string, description: string, status = 400, headers: Record<string, string> = {}) {
    super(description);
    this.name = "OAuthRefusal";
    this.error = error;
    this.status = status;
    this.headers = headers;
  }

  /** The refusal as an answer: `{error, error_description}`. */
  reply(): SandboxReply {
    return {
      status: this.status,
      headers: { ...NO_STORE, ...this.headers },
      json: { error: this.error, error_description: this.message },
    };
  }
}

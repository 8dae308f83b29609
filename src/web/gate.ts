import { type ChallengeOptions, challenge, type HttpRefusal, refusal } from "./refusals.js";

/** The head of a request, before a byte of its body is read. */
export interface RequestHead {
  method: string;
  url: URL;
  headers: Headers;
  /** Names and values in turn, as they came, so that a header which came twice is seen. */
  rawHeaders: readonly string[];
}

export interface GateOptions extends ChallengeOptions {
  /** The values of Host that lead here. */
  hosts: ReadonlySet<string>;
  /** The origins of web pages whose scripts may call. */
  origins: ReadonlySet<string>;
  maxBodyBytes: number;
}

function valuesOf(name: string, raw: readonly string[]): string[] {
  return raw.flatMap((text, index) => (index % 2 === 0 && text.toLowerCase() === name ? [raw[index + 1] ?? ""] : []));
}

/** The scheme in any case, then one or more spaces, then the token (RFC 6750, section 2.1; RFC 9110, section 11.1). */
const BEARER = /^bearer +([A-Za-z0-9._~+/=-]+)$/i;

/**
 * Checks the head of a request to /mcp: where it was meant for, which page it comes from, and its token's form.
 * @returns the token, or the refusal
 */
export function checkHead(head: RequestHead, options: GateOptions): { token: string } | { refused: HttpRefusal } {
  const { method, url, headers, rawHeaders } = head;
  const refused = (...parts: Parameters<typeof refusal>) => ({ refused: refusal(...parts) });
  const [host, ...otherHosts] = valuesOf("host", rawHeaders);
  // A page that has its own name lead to this machine must not reach what listens here.
  if (host === undefined || otherHosts.length > 0 || !options.hosts.has(host.toLowerCase())) {
    return refused(403, "forbidden", "This host name does not lead here.");
  }
  const origin = headers.get("origin");
  if (origin !== null && !options.origins.has(origin)) {
    return refused(403, "forbidden", "Scripts of this page may not call this server.");
  }
  if (method !== "POST") return refused(405, "method_not_allowed", "Send requests of MCP by POST.", { allow: "POST" });
  if (url.searchParams.has("access_token")) {
    return { refused: challenge(options, "invalid_request", "A token does not belong into an address.") };
  }
  const [authorization, ...others] = valuesOf("authorization", rawHeaders);
  if (authorization === undefined) return { refused: challenge(options, undefined, "Sign in first.") };
  if (others.length > 0) {
    return { refused: challenge(options, "invalid_request", "There is more than one Authorization header.") };
  }
  const token = BEARER.exec(authorization)?.[1];
  if (token === undefined) {
    return { refused: challenge(options, "invalid_request", "The Authorization header holds no bearer token.") };
  }
  const length = Number(headers.get("content-length") ?? "0");
  if (!(length <= options.maxBodyBytes)) {
    return refused(413, "content_too_large", `The body has more than ${options.maxBodyBytes} bytes.`);
  }
  return { token };
}

import { type ChallengeOptions, challenge, type HttpRefusal, refusal } from "./refusals.js";

/** The head of a request, before a byte of its body is read. */
export interface RequestHead {
  method: string;
  url: URL;
  headers: Headers;
  /** Names and values in turn, as they came, so that a header which came twice is seen. */
  rawHeaders: readonly string[];
  /** True where a listed proxy passed the request on. It may have put its own name in place of the host. */
  isFromProxy: boolean;
}

export interface GateOptions extends ChallengeOptions {
  /** The values of Host that lead here. */
  hosts: ReadonlySet<string>;
  /** The origins of web pages whose scripts may call. */
  origins: Pick<ReadonlySet<string>, "has">;
  maxBodyBytes: number;
}

function valuesOf(name: string, raw: readonly string[]): string[] {
  return raw.flatMap((text, index) => (index % 2 === 0 && text.toLowerCase() === name ? [raw[index + 1] ?? ""] : []));
}

/**
 * The values of Host for an address: with its port, and without where the scheme has it by default (RFC 9110,
 * section 7.2).
 */
export function hostsOf(publicUrl: string): Set<string> {
  const { protocol, hostname, port } = new URL(publicUrl);
  const byDefault = protocol === "https:" ? "443" : "80";
  return new Set(port === "" ? [hostname, `${hostname}:${byDefault}`] : [`${hostname}:${port}`]);
}

/** The scheme in any case, then one or more spaces, then the token (RFC 6750, section 2.1; RFC 9110, section 11.1). */
export const BEARER = /^bearer +([A-Za-z0-9._~+/=-]+)$/i;

/** The media type of JSON with any parameters (RFC 9110, section 8.3.1). */
const JSON_TYPE = /^application\/json *(;|$)/i;

/**
 * Refuses a request that was not meant for this server, or that a script of another page sent. Nothing of it is read
 * before.
 */
function wrongPlace({ headers, rawHeaders, isFromProxy }: RequestHead, options: GateOptions): HttpRefusal | undefined {
  const [host, ...otherHosts] = valuesOf("host", rawHeaders);
  // A page that has its own name lead to this machine must not reach what listens here.
  const isOurs = host !== undefined && (isFromProxy || options.hosts.has(host.toLowerCase()));
  if (!isOurs || otherHosts.length > 0) {
    return refusal(403, "forbidden", `This host name does not lead here. The address is ${options.publicUrl}/mcp.`);
  }
  const origin = headers.get("origin");
  if (origin === null || options.origins.has(origin)) return undefined;
  return refusal(
    403,
    "forbidden",
    "Scripts of this page may not call this server. Whoever runs it lists pages in allowed_origins.",
  );
}

/** The token of a request, by its one Authorization header. */
function tokenIn({ url, rawHeaders }: RequestHead, options: GateOptions): { token: string } | { refused: HttpRefusal } {
  const wrong = (description: string) => ({ refused: challenge(options, "invalid_request", description) });
  if (url.searchParams.has("access_token")) return wrong("A token does not belong into an address.");
  const [authorization, ...others] = valuesOf("authorization", rawHeaders);
  if (authorization === undefined) return { refused: challenge(options, undefined, "Sign in first.") };
  if (others.length > 0) return wrong("There is more than one Authorization header.");
  const token = BEARER.exec(authorization)?.[1];
  return token === undefined ? wrong("The Authorization header holds no bearer token.") : { token };
}

/** Refuses a body that is not read here, by what its headers say of it. */
function wrongBody({ headers }: RequestHead, { maxBodyBytes }: GateOptions): HttpRefusal | undefined {
  if (!JSON_TYPE.test(headers.get("content-type") ?? "")) {
    return refusal(415, "unsupported_media_type", "Send JSON, with Content-Type: application/json.");
  }
  const coding = headers.get("content-encoding")?.trim().toLowerCase() ?? "";
  // A short body may unpack to any length.
  if (coding !== "" && coding !== "identity") {
    return refusal(415, "unsupported_media_type", "Send the body as it is, without Content-Encoding.", {
      "accept-encoding": "identity",
    });
  }
  const length = Number(headers.get("content-length") ?? "0");
  return length <= maxBodyBytes ? undefined : tooLarge(maxBodyBytes);
}

/** The refusal of a long body. The rest of it is not waited for. */
export function tooLarge(maxBodyBytes: number): HttpRefusal {
  const headers = { connection: "close" };
  return refusal(413, "content_too_large", `The body has more than ${maxBodyBytes} bytes.`, headers);
}

/**
 * Checks the head of a request to /mcp: where it was meant for, which page it comes from, its token's form, and what it
 * says of its body.
 * @returns the token, or the refusal
 */
export function checkHead(head: RequestHead, options: GateOptions): { token: string } | { refused: HttpRefusal } {
  const elsewhere = wrongPlace(head, options);
  if (elsewhere !== undefined) return { refused: elsewhere };
  if (head.method !== "POST") {
    const headers = { allow: "POST" };
    return { refused: refusal(405, "method_not_allowed", "Send requests of MCP by POST.", headers) };
  }
  const found = tokenIn(head, options);
  if ("refused" in found) return found;
  const refused = wrongBody(head, options);
  return refused === undefined ? found : { refused };
}

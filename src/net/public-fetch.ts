import { lookup as systemLookup } from "node:dns/promises";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { isPublicAddress } from "./public-address.js";

/** An address that a name stands for. */
export interface ResolvedAddress {
  address: string;
  family: number;
}

export interface PublicFetchOptions {
  /** The largest body that is read. */
  maxBytes: number;
  /** The time from the start to the last byte. */
  timeoutMs: number;
  /** The addresses of a host name; the system's by default. */
  resolve?: (host: string) => Promise<readonly ResolvedAddress[]>;
  /** Decides about an address; by default every public one is allowed. */
  allows?: (address: string) => boolean;
  /** True where the document may be of any type; by default it is JSON. */
  anyType?: boolean;
  /** Certificate authorities in place of those that Node.js trusts. */
  ca?: string;
}

/** A document that was not read. The message says why, in words for whoever runs the server. */
export class NotFetched extends Error {
  override readonly name = "NotFetched";
  /** True where the same request may succeed later. */
  readonly isPassing: boolean;

  constructor(message: string, isPassing = false) {
    super(message);
    this.isPassing = isPassing;
  }
}

const resolveBySystem = (host: string) => systemLookup(host, { all: true, verbatim: true });

/** Reads a document of a stranger. @throws NotFetched */
export type PublicFetch = (url: URL) => Promise<Response>;

/**
 * Makes the way to a document whose address a stranger has named. It leads to public addresses by https alone. A name is
 * resolved once, all its addresses are checked, and the connection goes to one of those, so that no second answer of a
 * name server leads elsewhere. Redirects are not followed, and no proxy is asked: a proxy would resolve the name itself.
 */
export function createPublicFetch(options: PublicFetchOptions): PublicFetch {
  const { timeoutMs } = options;
  return async (url) => {
    if (url.protocol !== "https:") throw new NotFetched("its address is not https");
    const late = AbortSignal.timeout(timeoutMs);
    try {
      const addresses = await within(addressesOf(url.hostname, options), late);
      return await get(url, addresses, options, late);
    } catch (error) {
      if (error instanceof NotFetched) throw error;
      if (late.aborted) throw new NotFetched(`it did not come within ${timeoutMs} ms`, true);
      const { code, message } = error as NodeJS.ErrnoException;
      throw new NotFetched(`no answer came: ${code ?? message}`, true);
    }
  };
}

/** What a promise gives, unless the signal comes first. A look-up by the system cannot be stopped. */
function within<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return Promise.race([
    promise,
    new Promise<never>((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    }),
  ]);
}

/** The addresses of a host, each of which is allowed. @throws NotFetched where one is not */
async function addressesOf(
  hostname: string,
  { resolve = resolveBySystem, allows = isPublicAddress }: PublicFetchOptions,
): Promise<readonly [ResolvedAddress, ...ResolvedAddress[]]> {
  const host = hostname.replace(/^\[|\]$/g, "");
  const family = isIP(host);
  const [first, ...more] = family === 0 ? await resolve(host) : [{ address: host, family }];
  if (first === undefined) throw new NotFetched("its host has no address", true);
  const refused = [first, ...more].find(({ address }) => !allows(address));
  if (refused !== undefined) throw new NotFetched("its host is in a private network, or leads into one");
  return [first, ...more];
}

function get(
  url: URL,
  addresses: readonly [ResolvedAddress, ...ResolvedAddress[]],
  { maxBytes, ca, anyType = false }: PublicFetchOptions,
  signal: AbortSignal,
): Promise<Response> {
  // The connection asks here in place of the system, so it goes to what was checked.
  const lookup: LookupFunction = (_host, { all }, callback) => {
    if (all === true) callback(null, [...addresses]);
    else callback(null, addresses[0].address, addresses[0].family);
  };
  return new Promise((resolve, reject) => {
    const sent = request(url, {
      method: "GET",
      headers: { accept: anyType ? "application/json, */*;q=0.5" : "application/json", "user-agent": "okta-mcp" },
      agent: false,
      lookup,
      signal,
      maxHeaderSize: 16_384,
      ...(ca === undefined ? {} : { ca }),
    });
    sent.once("response", (message) => {
      read(message, { maxBytes, anyType }).then(resolve, (error: unknown) => {
        reject(error);
        sent.destroy();
      });
    });
    sent.once("error", reject);
    sent.end();
  });
}

/** The media types of JSON (RFC 6838, section 4.2.8). */
const JSON_TYPE = /^application\/(?:[a-z0-9.-]{1,80}\+)?json *(?:;|$)/i;

/** Reads an answer whose body is a whole document. Other statuses come without a body. */
async function read(
  message: IncomingMessage,
  { maxBytes, anyType }: Required<Pick<PublicFetchOptions, "maxBytes" | "anyType">>,
): Promise<Response> {
  const { statusCode: status = 0, headers } = message;
  if (status !== 200) {
    message.destroy();
    throw new NotFetched(`its host answered with status ${status}`, status === 429 || status >= 500);
  }
  const type = headers["content-type"] ?? "";
  if (!anyType && !JSON_TYPE.test(type)) throw new NotFetched("its content type is not application/json");
  if ((headers["content-encoding"] ?? "identity") !== "identity") throw new NotFetched("it came compressed, unasked");
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new NotFetched(`it has more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  const kept = ["cache-control", "expires"].flatMap((name) => {
    const value = headers[name];
    return typeof value === "string" ? [[name, value] as [string, string]] : [];
  });
  return new Response(Buffer.concat(chunks), { status, headers: [["content-type", type], ...kept] });
}

import type { IncomingMessage, ServerResponse } from "node:http";
import type { Networks } from "../net/networks.js";
import { peerAddress } from "./client-address.js";
import { applyCors } from "./cors.js";
import { EVENTS_PATH } from "./okta-paths.js";
import { type HttpRefusal, MCP_PATH, refusal } from "./refusals.js";
import { FOR_PROBES } from "./route-names.js";

export interface FrontOptions {
  /** The address at which clients reach this server, without a slash at its end. */
  publicUrl: string;
  /** The origins of web pages whose scripts may call. */
  origins: Pick<ReadonlySet<string>, "has">;
  /** The proxies in front of this server. */
  proxies: Networks;
  /** True where this server itself ends TLS. */
  endsTls: boolean;
}

/** The addresses of this machine (RFC 1122, section 3.2.1.3; RFC 4291, section 2.5.3). */
const LOOPBACK_ADDRESS = /^(?:127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1)$/;

/** The largest body of a request to everything but /mcp. */
export const MAX_FORM_BYTES = 65_536;

const HSTS = "max-age=31536000";

/** The path of a request, without its query. */
export function pathOf(request: IncomingMessage): string {
  return (request.url ?? "/").split("?", 1)[0] ?? "/";
}

/** Sends a refusal. */
function send(response: ServerResponse, { status, headers, body }: HttpRefusal): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}

/** What every request passes before it comes to its route. */
export class Front {
  readonly #options: FrontOptions;
  readonly #own: string;
  readonly #isHttps: boolean;

  constructor(options: FrontOptions) {
    this.#options = options;
    const { origin, protocol } = new URL(options.publicUrl);
    this.#own = origin;
    this.#isHttps = protocol === "https:";
  }

  /** Sets the headers of every answer. @returns false where the request has been answered */
  admits(request: IncomingMessage, response: ServerResponse): boolean {
    const path = pathOf(request);
    response.setHeader("x-content-type-options", "nosniff");
    // What may be kept says so.
    response.setHeader("cache-control", "no-store");
    if (this.#isHttps) response.setHeader("strict-transport-security", HSTS);
    const refused = this.#refusalOf(request, path);
    if (refused === undefined) {
      return !applyCors(request, response, { path, origins: this.#options.origins, own: this.#own });
    }
    send(response, refused);
    return false;
  }

  #refusalOf(request: IncomingMessage, path: string): HttpRefusal | undefined {
    if (!FOR_PROBES.has(path) && !this.#isPrivate(request)) {
      const why = "Plain http is taken from this machine and from listed proxies alone.";
      return refusal(403, "https_required", `${why} The address is ${this.#options.publicUrl}.`, {
        connection: "close",
      });
    }
    // These endpoints have limits of their own.
    if (path === MCP_PATH || path === `${MCP_PATH}/` || path === EVENTS_PATH) return undefined;
    const length = Number(request.headers["content-length"] ?? "0");
    return length <= MAX_FORM_BYTES ? undefined : tooLong();
  }

  /** True for a connection that nobody on the way can read. */
  #isPrivate(request: IncomingMessage): boolean {
    const { endsTls, proxies } = this.#options;
    if (endsTls) return true;
    const peer = peerAddress(request);
    return LOOPBACK_ADDRESS.test(peer) || proxies.has(peer);
  }
}

/** The refusal of a long form. The rest of it is not waited for. */
export function tooLong(): HttpRefusal {
  return refusal(413, "content_too_large", `The body has more than ${MAX_FORM_BYTES} bytes.`, { connection: "close" });
}

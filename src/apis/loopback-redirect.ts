import { createHash, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { OktaMcpError } from "../errors/index.js";
import { codeOf } from "../errors/system-code.js";
import { PAGE_HEADERS, type ReturnPage, returnPage } from "./return-page.js";

/** An address and no name, since a name could lead to another machine (RFC 8252, sections 7.3 and 8.3). */
const HOST = "127.0.0.1";
const PATH = "/callback";

/** Time limits of one request, in milliseconds. A browser of this machine sends its own in one piece. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 15_000;
const MAX_CONNECTIONS = 32;
/** The time that the last page has to leave. */
const LAST_PAGE_MS = 2_000;

/** A browser that came back with the answer to the sign-in. */
export interface Returned {
  parameters: URLSearchParams;
  /** Shows the person how the sign-in has ended. */
  show(page: ReturnPage): void;
}

/** A listener that waits for the browser of one sign-in. */
export interface LoopbackRedirect {
  /** Resolves with the one answer that has the state of the sign-in. It does not reject. */
  readonly returned: Promise<Returned>;
  /** Takes no further connections, and ends the others once the last page has left. */
  close(): void;
}

/** The redirect URI of a port, as it has to be registered with the app: an authorization server compares it whole. */
export function loopbackRedirectUri(port: number): string {
  return `http://${HOST}:${port}${PATH}`;
}

const NOT_WAITED_FOR: ReturnPage = {
  isDone: false,
  title: "Nobody waits for this",
  text: "This address is for the end of a sign-in that okta-mcp has begun on this machine, and this is not the end of one. Nothing was done. If you have just signed in, begin again where you came from.",
};

/**
 * Waits on a port of this machine for the browser of one sign-in (RFC 8252, section 7.3). Everybody on this machine and
 * every page in its browsers can send requests there. So only a request counts that names this very address as its
 * host, that a browser makes as it goes to a page, and that has the state of the sign-in; it counts once. Whatever else
 * comes gets a page that tells nothing, and the listener goes on waiting.
 * @throws OktaMcpError bad_config where the port is not to be had
 */
export async function listenForRedirect({ port, state }: { port: number; state: string }): Promise<LoopbackRedirect> {
  let found: (returned: Returned) => void = () => {};
  const returned = new Promise<Returned>((resolve) => {
    found = resolve;
  });
  let isTaken = false;
  const server = createServer({ headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS });
  server.maxConnections = MAX_CONNECTIONS;
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    const refusal = refusalOf(request, port);
    if (refusal !== undefined) return send(response, refusal, undefined);
    const parameters = new URLSearchParams(request.url?.slice(PATH.length + 1));
    const [given = "", ...others] = parameters.getAll("state");
    if (isTaken || others.length > 0 || !isSame(given, state)) return send(response, 400, NOT_WAITED_FOR);
    isTaken = true;
    found({ parameters, show: (page) => send(response, page.isDone ? 200 : 400, page) });
  });
  await listen(server, port);
  return { returned, close: () => close(server) };
}

/** The status with which a request is refused that cannot be the browser's; undefined where it may be. */
function refusalOf({ method, url = "", headers }: IncomingMessage, port: number): number | undefined {
  // A page elsewhere may have had its own name resolved to this machine (DNS rebinding). The browser sends that name.
  if (headers.host !== `${HOST}:${port}`) return 403;
  if (method !== "GET" || (url !== PATH && !url.startsWith(`${PATH}?`))) return 404;
  // What a page of another site loads, as an image or by a script, is no visit (Fetch Metadata Request Headers).
  const { "sec-fetch-dest": destination = "document" } = headers;
  return destination === "document" ? undefined : 403;
}

function isSame(given: string, wanted: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}

function send(response: ServerResponse, status: number, page: ReturnPage | undefined): void {
  response.writeHead(status, { ...PAGE_HEADERS, connection: "close" });
  response.end(page === undefined ? "" : returnPage(page));
}

async function listen(server: Server, port: number): Promise<void> {
  try {
    server.listen({ port, host: HOST, exclusive: true });
    await once(server, "listening");
  } catch (error) {
    const code = codeOf(error);
    const why = code === "EADDRINUSE" ? "another program uses it, or another okta-mcp whose sign-in is not done" : code;
    throw new OktaMcpError(
      "bad_config",
      `The port ${port} of this machine, on which a sign-in ends, is not to be had: ${why}.`,
      {
        fix: `Finish the other sign-in, or wait until it has ended. Or set auth.redirect_port of the API to another port, and add ${loopbackRedirectUri(port).replace(String(port), "{port}")} to the Sign-in redirect URIs of the app.`,
      },
    );
  }
  // A socket that fails later is that of one request.
  server.on("error", () => {});
}

function close(server: Server): void {
  server.close();
  setTimeout(() => server.closeAllConnections(), LAST_PAGE_MS).unref();
}

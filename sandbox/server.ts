import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AuthorizationServer } from "./authorization-server.js";
import { deliver } from "./deliver.js";
import { type Authorization, createEngine } from "./engine.js";
import { createFaultScript, type FaultScript } from "./fault.js";
import { type OktaRefusal, refusal } from "./okta-error.js";
import { Org } from "./org.js";
import { orgAuthorization } from "./org-authorization.js";
import { createRateLimiter, type RateLimit } from "./rate-limit.js";
import { pathMatches } from "./router.js";
import { managementRoutes } from "./routes/index.js";
import { seedCompany } from "./seed.js";

/** More than any real body, images included; a test may still send 10 MB. */
const MAX_BODY_BYTES = 32 * 1024 * 1024;

/** As long as a load balancer keeps an idle connection, so that a client is not cut off between two calls. */
const KEEP_ALIVE_MS = 60_000;

/** One request as it reached the sandbox, for tests to look at. It holds what was sent, tokens included. */
export interface RecordedRequest {
  method: string;
  /** Path and query, as sent. */
  path: string;
  headers: Record<string, string>;
  /** The body's bytes. */
  rawBody: Buffer;
  /** The body as text. */
  body: string;
  /** The status that was answered; undefined until then, and for ever where the connection was cut or left hanging. */
  status: number | undefined;
}

export interface SandboxOptions {
  /** 0, the default, takes any free port. */
  port?: number;
  /** Which company is made up; the same number makes the same one. Default 1. `null`: an org with nobody in it. */
  seed?: number | null;
  /** Epoch milliseconds; by default the clock of the machine. */
  now?: () => number;
  /** How many requests are kept for looking at; the oldest go first. Default 10,000. */
  keepRequests?: number;
}

/** With an authorization server of the caller's choice. */
export interface SandboxOptionsWith<A extends Authorization> extends SandboxOptions {
  /** Makes the org's authorization server. By default it is `orgAuthorization()`: the admin and the device app. */
  authorization: (org: Org) => A;
}

/** A pretend Okta org, listening. */
export interface Sandbox<A extends Authorization = AuthorizationServer> {
  /** e.g. `http://127.0.0.1:39211` */
  readonly origin: string;
  readonly org: Org;
  readonly authorization: A;
  /** Every request, in the order of arrival. */
  readonly requests: readonly RecordedRequest[];
  /** Requests for which there was no route, as "GET /path"; a test should find it empty. */
  readonly unknownRoutes: readonly string[];
  /** See `FaultScript.next`. */
  readonly next: FaultScript["next"];
  /** Forgets the faults that have not happened yet. */
  readonly clearFaults: () => void;
  /** Sets a real rate limit on every endpoint; what was counted is forgotten. */
  readonly limit: (limit: Partial<RateLimit>) => void;
  /** Resolves when the next request that matches has arrived in full, before it is answered. `path` as for `next`. */
  readonly arrival: (method: string, path: string) => Promise<RecordedRequest>;
  /** Stops listening and cuts every connection, hanging ones too. */
  readonly close: () => Promise<void>;
}

/**
 * Starts a pretend org on 127.0.0.1.
 * @throws Error of `node:net` when the port is taken
 */
export function startSandbox(options?: SandboxOptions): Promise<Sandbox>;
export function startSandbox<A extends Authorization>(options: SandboxOptionsWith<A>): Promise<Sandbox<A>>;
export function startSandbox(options: SandboxOptions & { authorization?: (org: Org) => Authorization } = {}) {
  return open({ ...options, authorization: options.authorization ?? orgAuthorization() });
}

async function open<A extends Authorization>(options: SandboxOptionsWith<A>): Promise<Sandbox<A>> {
  const { port = 0, seed = 1, now = Date.now, keepRequests = 10_000 } = options;
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The sandbox listens on no port.");

  const { port: ownPort } = address;
  const origin = `http://127.0.0.1:${ownPort}`;
  const org = new Org({ origin, seed: seed ?? 0, now });
  if (seed !== null) seedCompany(org);
  const authorization = options.authorization(org);
  const faults = createFaultScript();
  const limiter = createRateLimiter(now);
  const requests: RecordedRequest[] = [];
  const unknownRoutes: string[] = [];
  let waiting: { method: string; path: string; resolve: (request: RecordedRequest) => void }[] = [];
  const engine = createEngine({
    org,
    routes: managementRoutes(org),
    authorization,
    limiter,
    onUnknown: (route) => unknownRoutes.push(route),
  });

  function record(incoming: IncomingMessage, url: URL, headers: Headers, rawBody: Buffer): RecordedRequest {
    const request: RecordedRequest = {
      method: incoming.method ?? "GET",
      path: incoming.url ?? "/",
      headers: Object.fromEntries(headers),
      rawBody,
      get body() {
        return rawBody.toString("utf8");
      },
      status: undefined,
    };
    requests.push(request);
    if (requests.length > keepRequests) requests.shift();
    const met = waiting.filter(({ method, path }) => method === request.method && pathMatches(path, url.pathname));
    waiting = waiting.filter((entry) => !met.includes(entry));
    for (const { resolve } of met) resolve(request);
    return request;
  }

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const stranger = refuseStranger(incoming, ownPort);
    if (stranger !== undefined) {
      incoming.resume();
      deliver(response, stranger.reply, undefined);
      return;
    }
    const rawBody = await readBody(incoming);
    if (rawBody === undefined) {
      deliver(response, refusal(413, "E0000003", "The request body is too large.").reply, undefined);
      return;
    }
    const method = incoming.method ?? "GET";
    // Put together by hand: as a relative reference, a path that begins with two slashes would name a host.
    const url = new URL(`http://${incoming.headers.host}${incoming.url ?? "/"}`);
    const headers = new Headers(
      Object.entries(incoming.headersDistinct).flatMap(([name, values]) =>
        (values ?? []).map((value): [string, string] => [name, value]),
      ),
    );
    const request = record(incoming, url, headers, rawBody);
    const fault = faults.take(method, url.pathname);
    const reply = await engine.answer({ method, url, headers, rawBody }, fault);
    request.status = deliver(response, reply, fault);
  }

  server.on("request", (incoming, response) => {
    // A client that leaves in the middle of its request is nobody's fault and needs no answer.
    serve(incoming, response).catch(() => response.destroy());
  });

  return {
    origin,
    org,
    authorization,
    requests,
    unknownRoutes,
    next: faults.next,
    clearFaults: faults.clear,
    limit: limiter.set,
    arrival: (method, path) => new Promise((resolve) => waiting.push({ method, path, resolve })),
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** The methods that change nothing, whoever sends them. */
const READING: ReadonlySet<string> = new Set(["GET", "HEAD"]);

/**
 * The answer to a request that a page of another site made: a browser takes it here by a name of that page's own,
 * which its owner lets point to this machine (DNS rebinding), or sends it across and names the page in `Origin`.
 * Undefined for every other request. Only the names of this machine with the port that is listened on are the sandbox's.
 */
function refuseStranger({ headers, method = "GET" }: IncomingMessage, port: number): OktaRefusal | undefined {
  const names = ["127.0.0.1", "localhost"].flatMap((name) =>
    port === 80 ? [name, `${name}:80`] : [`${name}:${port}`],
  );
  const host = headers.host?.toLowerCase();
  if (host === undefined || !names.includes(host)) {
    // RFC 9110, section 15.5.20: the server is none that answers for this host.
    return refusal(
      421,
      "E0000003",
      `The sandbox answers to ${names.join(" and ")} only, not to the host of this request.`,
    );
  }
  if (READING.has(method) || headers.origin === undefined) return undefined;
  if (names.some((name) => headers.origin === `http://${name}`)) return undefined;
  return refusal(403, "E0000006", "The sandbox takes no changes from a page of another site.");
}

/** The whole body; undefined where it is too large. Rejects when the client leaves before its end. */
async function readBody(incoming: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming) {
    bytes += chunk.length;
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  return bytes <= MAX_BODY_BYTES ? Buffer.concat(chunks) : undefined;
}

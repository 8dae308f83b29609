import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { headersOf, readBody } from "./arriving.js";
import type { AuthorizationServer } from "./authorization-server.js";
import { corsOf } from "./cors.js";
import { deliver } from "./deliver.js";
import { type Authorization, createEngine } from "./engine.js";
import { createFaultScript, type FaultScript } from "./fault.js";
import { type OktaRefusal, refusal } from "./okta-error.js";
import { Org } from "./org.js";
import { orgAuthorization } from "./org-authorization.js";
import { createRateLimiter, type RateLimit } from "./rate-limit.js";
import { createRecorder, type RecordedRequest } from "./recorder.js";
import { managementRoutes } from "./routes/index.js";
import { seedCompany } from "./seed.js";

/** The largest body. No real one has as much, images included; a test may send 10 MB. */
const MAX_BODY_BYTES = 32 * 1024 * 1024;

/**
 * How long an idle connection stays open, in milliseconds. A load balancer keeps it as long, so that a client is not
 * cut off between two calls.
 */
const KEEP_ALIVE_MS = 60_000;

export interface SandboxOptions {
  /** 0, the default, takes any free port. */
  port?: number;
  /** The seed of the company. The same number makes the same company. Default 1. `null` makes an org without people. */
  seed?: number | null;
  /** Epoch milliseconds; by default the clock of the machine. */
  now?: () => number;
  /** The number of requests that are kept; the oldest go first. Default 10,000. */
  keepRequests?: number;
}

/** Options with an authorization server of the caller's choice. */
export interface SandboxOptionsWith<A extends Authorization> extends SandboxOptions {
  /** Makes the org's authorization server. The default is `orgAuthorization()`: the admin and the device app. */
  authorization: (org: Org) => A;
}

/** A sandbox that listens. */
export interface Sandbox<A extends Authorization = AuthorizationServer> {
  /** e.g. `http://127.0.0.1:39211` */
  readonly origin: string;
  readonly org: Org;
  readonly authorization: A;
  /** Every request, in the order of arrival. */
  readonly requests: readonly RecordedRequest[];
  /** How many requests have come since the start, or since `forgetCounts`. `path` as for `next`; `*` is any method. */
  readonly count: (method: string, path: string) => number;
  readonly forgetCounts: () => void;
  /** Requests without a route, as "GET /path". A test should find none. */
  readonly unknownRoutes: readonly string[];
  /** See `FaultScript.next`. */
  readonly next: FaultScript["next"];
  /** Forgets the faults that have not been used. */
  readonly clearFaults: () => void;
  /** Sets a rate limit on every endpoint of the API and forgets the counts so far. */
  readonly limit: (limit: Partial<RateLimit>) => void;
  /** The same for every OAuth endpoint. */
  readonly limitOAuth: (limit: Partial<RateLimit>) => void;
  /** Resolves when the next request that matches has arrived in full, before its answer. `path` as for `next`. */
  readonly arrival: (method: string, path: string) => Promise<RecordedRequest>;
  /** Stops listening and cuts every connection, hanging ones too. */
  readonly close: () => Promise<void>;
}

/**
 * Starts a sandbox on 127.0.0.1.
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
  const oauthLimiter = createRateLimiter(now);
  const recorder = createRecorder(keepRequests);
  const unknownRoutes: string[] = [];
  const engine = createEngine({
    org,
    routes: managementRoutes(org),
    authorization,
    limiter,
    oauthLimiter,
    onUnknown: (route) => unknownRoutes.push(route),
  });

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const cors = corsOf(incoming, authorization.trustsOrigin);
    const early = refuseStranger(incoming, ownPort, cors.allowed)?.reply ?? cors.preflight;
    if (early !== undefined) {
      incoming.resume();
      deliver(response, early, undefined);
      return;
    }
    const rawBody = await readBody(incoming, MAX_BODY_BYTES);
    if (rawBody === undefined) {
      deliver(response, refusal(413, "E0000003", "The request body is too large.").reply, undefined);
      return;
    }
    const method = incoming.method ?? "GET";
    // The URL is joined as text. As a relative reference, a path that begins with two slashes would name a host.
    const url = new URL(`http://${incoming.headers.host}${incoming.url ?? "/"}`);
    const headers = headersOf(incoming);
    const request = recorder.record(incoming, url, headers, rawBody);
    const fault = faults.take(method, url.pathname);
    const reply = await engine.answer({ method, url, headers, rawBody }, fault);
    request.status = deliver(response, { ...reply, headers: { ...reply.headers, ...cors.headers } }, fault);
  }

  server.on("request", (incoming, response) => {
    // A client that leaves in the middle of its request needs no answer.
    serve(incoming, response).catch(() => response.destroy());
  });

  return {
    origin,
    org,
    authorization,
    requests: recorder.requests,
    count: recorder.count,
    forgetCounts: recorder.forgetCounts,
    unknownRoutes,
    next: faults.next,
    clearFaults: faults.clear,
    limit: limiter.set,
    limitOAuth: oauthLimiter.set,
    arrival: recorder.arrival,
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
 * The refusal of a request that a page of another site made; undefined for every other request. Such a page reaches the
 * sandbox by a name of its own that leads to this machine (DNS rebinding), or across sites with its name in `Origin`.
 * The sandbox answers only to this machine's names with its own port.
 * @param trusted true where an app of the org vouches for the site in `Origin`
 */
function refuseStranger(
  { headers, method = "GET" }: IncomingMessage,
  port: number,
  trusted: boolean,
): OktaRefusal | undefined {
  const names = ["127.0.0.1", "localhost"].flatMap((name) =>
    port === 80 ? [name, `${name}:80`] : [`${name}:${port}`],
  );
  const host = headers.host?.toLowerCase();
  if (host === undefined || !names.includes(host)) {
    // RFC 9110, section 15.5.20: this server does not answer for that host.
    return refusal(
      421,
      "E0000003",
      `The sandbox answers to ${names.join(" and ")} only, not to the host of this request.`,
    );
  }
  if (READING.has(method) || headers.origin === undefined || trusted) return undefined;
  if (names.some((name) => headers.origin === `http://${name}`)) return undefined;
  return refusal(403, "E0000006", "The sandbox takes no changes from a page of another site.");
}

import { createSession, type SessionOptions } from "../auth/open-session.js";
import type { Requester } from "../auth/principal.js";
import type { Session } from "../auth/session.js";
import { type Engine, type LazyInvoker, lazyInvoker } from "../call/lazy-invoker.js";
import type { OperatorApis } from "../call/operator.js";
import type { SealStore } from "../call/seals.js";
import type { ToolListing } from "../catalogue/catalogue.js";
import type { Config } from "../config/config.js";
import type { LimitStore } from "../guard/limit-store.js";
import type { Journal } from "../journal/change.js";
import type { Log } from "../log.js";
import type { ServerOptions } from "../mcp/server.js";
import type { SendHttp } from "../net/http-client.js";
import { ServerClock } from "../net/server-clock.js";
import { createOperations, type Operations } from "../okta/operations.js";
import type { OrgTraffic } from "../okta/org-traffic.js";
import type { CallOptions } from "../okta/request.js";
import { createTransport, type TransportOptions } from "../okta/transport.js";

/** The settings that decide how a session signs in and what its calls may do. */
export type ComposedSettings = Pick<
  Config,
  "orgUrl" | "clientId" | "scopes" | "credential" | "tokenStore" | "confirm" | "maxResultChars" | "guard" | "fileRoots"
>;

export interface ComposeOptions {
  settings: ComposedSettings;
  /** The journal of writes; undefined where writes are not recorded. */
  journal: Journal | undefined;
  version: string;
  log: Log;
  /** The way to the org; by default straight there. */
  fetch?: SendHttp;
  /** True where a sign-in has to last longer than this process, as that of a command does. */
  outlives?: boolean;
  /** Epoch milliseconds. */
  now?: () => number;
  /** The traffic that the sessions of this process share, where there are several. */
  traffic?: OrgTraffic;
  /** Options of the session that differ from the shared ones; or the session itself, where it is made elsewhere. */
  session?: Partial<SessionOptions> | Session;
  /** The one for whom the calls are made, where the session does not tell. */
  requester?: Requester;
  /** The company's APIs; undefined where there are none. */
  apis?: OperatorApis | undefined;
  /** Options of the transport that differ from the shared ones. */
  transport?: Partial<TransportOptions>;
}

/** One session with one org, and all that is made of it. */
export interface Composed {
  session: Session;
  operations(options: CallOptions): Operations;
  /** The one path of calls of this session, not loaded yet. */
  calls(catalogue: ToolListing, how?: CallsOptions): LazyInvoker;
  /** The options of `createServer` that follow from the session. */
  server: Pick<ServerOptions, "session" | "orgUrl" | "version" | "log">;
}

export interface CallsOptions {
  /** Another session in place of the composed one, e.g. one that signs nobody in. */
  session?: Session;
  /** True where a flag on the command line answers in a person's place. */
  yesFlag?: boolean;
  /** The company's APIs in place of the composed ones, e.g. those that sign nobody in. */
  apis?: OperatorApis;
  /** The stores of seals and limits; by default in memory, for these calls alone. */
  seals?: SealStore;
  limits?: LimitStore;
}

/**
 * Puts together a session, the transport that it authorizes, Okta's operations on that, and the path of calls.
 * Nothing is sent, no keychain is opened and no tool is loaded.
 * @throws OktaMcpError bad_config when the settings cannot go together
 */
export function compose(options: ComposeOptions): Composed {
  const { settings, journal, version, log, fetch, outlives = false, now } = options;
  const { orgUrl, clientId, scopes, credential, tokenStore, confirm, maxResultChars, guard, fileRoots } = settings;
  const traffic = options.traffic?.with(orgUrl) ?? { clock: new ServerClock(now) };
  const shared = { orgUrl, log, clock: traffic.clock, ...(fetch && { fetch }), ...(now && { now }) };
  const own = options.session;
  const session =
    own !== undefined && "token" in own
      ? own
      : createSession({ ...shared, clientId, scopes, credential, tokenStore, outlives, ...own });
  const userAgent = `okta-mcp/${version} node/${process.versions.node}`;
  const transport = createTransport({ ...shared, ...traffic, tokens: session, userAgent, ...options.transport });
  const operations = (call: CallOptions) => createOperations(transport, call);
  const engine: Engine = {
    session,
    requester: options.requester,
    operations,
    apis: options.apis,
    confirmMode: confirm,
    maxResultChars,
    guard,
    journal,
    fileRoots,
    log,
    now: now ?? Date.now,
  };
  return {
    session,
    operations,
    calls: (catalogue, how) => lazyInvoker({ ...engine, ...how }, catalogue),
    server: { session, orgUrl, version, log },
  };
}

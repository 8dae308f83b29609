import { OktaMcpError } from "../../errors/index.js";
import type { Log } from "../../log.js";
import type { Store } from "../../store/open-store.js";
import { SignInFailure } from "../../upstream/sign-in-failure.js";
import { keepNewest } from "../../verify/keep-newest.js";
import { isFromBefore } from "../../verify/token-people.js";
import type { TokenHolder } from "../../verify/token-verifier.js";
import { CallsAtOnce } from "../../web/calls-at-once.js";
import type { GateOptions } from "../../web/gate.js";
import { McpEndpoint } from "../../web/mcp-endpoint.js";
import { NO_PAGE, NO_PERSON, withoutPerson } from "../../web/nobody-to-ask.js";
import { PageApprovals } from "../../web/page-approvals.js";
import { RefusalRecord } from "../../web/refusal-record.js";
import { WatchedCalls } from "../../web/watched-calls.js";
import type { WebCaller } from "../../web/web-caller.js";
import { type Readiness, startWebServer, type WebServer } from "../../web/web-server.js";
import { breakGlass } from "./break-glass-parts.js";
import type { CallerMode } from "./caller-mode.js";
import { watchClock } from "./clock-watch.js";
import { type CompanyOptions, type CompanyParts, companyParts } from "./company-parts.js";
import { callsAtOnceOf, gateOf, timeoutsOf, tlsOf, writingTools } from "./gate-settings.js";
import { inDoubt, watchPeople } from "./leaving-parts.js";
import { apiTools, isToolWith } from "./own-tools.js";
import { PersonApis } from "./person-apis.js";
import { PersonEngines } from "./person-engines.js";
import { PersonSessions } from "./person-sessions.js";
import { proxyMode } from "./proxy-mode.js";
import { companyPages, type SignInParts } from "./sign-in-parts.js";
import { tokenMode } from "./token-mode.js";

export type { CompanyOptions } from "./company-parts.js";

/** The running server of a company. */
export interface CompanyServer extends WebServer {
  /** Whether it can serve, as `/readyz` answers. */
  readiness(): Promise<Readiness>;
  /** True while Okta does not answer. Whoever has signed in is served as far as that goes. */
  isOktaDown(): boolean;
}

/** Composes and starts the server of a company. */
export async function startCompanyServer(options: CompanyOptions): Promise<CompanyServer> {
  const { content, file, store, log } = options;
  const parts = companyParts(options);
  const { publicUrl, proxies, requests, isDraining, current } = parts;
  const mode = await (content.sign_in === "proxy" ? proxyMode(parts) : tokenMode(parts));
  const { signIn, leaving, warning, authorizationServers } = mode;
  if (warning !== undefined) log.warn(warning);
  await checkIssuer(signIn, log).catch((error: unknown) =>
    leaving.revocations.close().then(() => Promise.reject(error)),
  );
  const before = await store.servedAt(publicUrl);
  if (before !== undefined) {
    log.warn(
      "These keys and this database were used at another address before. Where a server still runs there, both have the same keys: give each its own data_dir.",
      { before, now: publicUrl },
    );
  }
  const { watch, signals } = watchPeople(parts, leaving, signIn?.checks);
  const stopClock = watchClock(parts.traffic.with(parts.orgUrl).clock, log);
  const stop = () => {
    stopClock();
    return Promise.all([watch.close(), leaving.revocations.close()]);
  };
  const gate = gateOf(current, publicUrl, scopesOf(mode, parts));
  const readiness = readinessOf(parts, warning);
  const server = await startWebServer(
    {
      publicUrl,
      authorizationServers,
      scopes: gate.scopes,
      provider: signIn?.provider,
      endpoint: endpointOf(parts, mode, gate),
      pages: signIn && companyPages(parts, signIn, mode),
      signals,
      proxies,
      origins: gate.origins,
      tls: tlsOf(content, file, log),
      timeouts: timeoutsOf(content),
      requests,
      isDraining,
      readiness,
      log,
    },
    content.listen,
  ).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  const links = await breakGlass(parts, signIn, warning).catch(async (error: unknown) => {
    await server.close();
    await stop();
    throw error;
  });
  return {
    ...server,
    readiness,
    isOktaDown: () => parts.orgWatch.isDown,
    close: () => Promise.all([server.close(), links?.close()]).then(async () => void (await stop())),
  };
}

/** Tells whether a server can serve, and what it has to do without. */
function readinessOf({ store, orgWatch, isDraining, log }: CompanyParts, warning: string | undefined) {
  return async (): Promise<Readiness> => {
    try {
      if (isDraining()) return { status: 503, body: { status: "not_ready", reason: "stopping" } };
      await store.ping();
      await store.keys.requireAll();
    } catch (error) {
      log.warn("not ready", { error });
      return { status: 503, body: { status: "not_ready", reason: reasonOf(error) } };
    }
    const degraded = orgWatch.isDown ? { degraded: ["okta"] } : {};
    return { status: 200, body: { status: "ready", ...degraded, ...(warning !== undefined && { warning }) } };
  };
}

/** Why this server is not ready, as a code that tells a stranger nothing else. */
function reasonOf(error: unknown): string {
  if (!(error instanceof OktaMcpError)) return "failed";
  const { reason } = error.data ?? {};
  return typeof reason === "string" ? reason : error.code;
}

/**
 * Looks whether people can sign in with the issuer of the settings. Okta may be out of reach at the moment; a wrong
 * issuer keeps everybody out for good.
 * @throws OktaMcpError bad_config with the right value, where Okta tells it
 */
async function checkIssuer(signIn: SignInParts | undefined, log: Log): Promise<void> {
  try {
    await signIn?.login.look();
  } catch (error) {
    if (!(error instanceof SignInFailure)) throw error;
    const { code, message, detail } = error;
    if (code === "issuer_mismatch") {
      throw new OktaMcpError("bad_config", `The issuer of serve.json is wrong: ${detail}.`, {
        fix: "Set okta.issuer to exactly the issuer that the server there names: the Issuer URI under Security > API > Authorization Servers.",
      });
    }
    log.warn("the authorization server with which people sign in does not answer yet", {
      fault: code,
      message,
      detail,
    });
  }
}

/** The scopes of tokens for /mcp that clients are told of. Tokens of the org itself have those of the roles. */
function scopesOf({ scopes }: CallerMode, { roles }: CompanyParts): string[] {
  if (scopes !== undefined) return [scopes.read, scopes.write];
  return [...new Set(roles().flatMap((role) => [...role.scopes]))];
}

function endpointOf(parts: CompanyParts, mode: CallerMode, gate: GateOptions): McpEndpoint {
  const { current, publicUrl, orgUrl, app, roles, traffic, store, version, addressOf, log, fetch, now, watch } = parts;
  const { clock } = traffic.with(orgUrl);
  const sessions = new PersonSessions({ app, store, log, fetch, now, orgUrl, publicUrl, clock });
  const personApis = new PersonApis({ ...parts, clockOf: (url) => traffic.with(url).clock });
  const engines = new PersonEngines({
    store,
    version,
    log,
    fetch,
    now,
    orgUrl,
    traffic,
    sessions,
    resources: parts.resources,
    apis: parts.apis,
    personApis,
  });
  const ofApis = apiTools(parts.apis);
  const writing = writingTools(ofApis);
  const approvalsOf = ({ person, clientId, machineRole }: WebCaller) => {
    if (machineRole !== undefined) return NO_PERSON;
    if (mode.signIn === undefined) return NO_PAGE;
    const shared = { approvals: store.approvals, publicUrl, keys: store.subKeys("approvals"), now };
    return new PageApprovals({ ...shared, person: person.id, client: clientId });
  };
  return new McpEndpoint({
    gate,
    scopes: mode.scopes,
    writes: (tool) => writing.has(tool),
    verifier: mode.verifier,
    roles,
    addressOf,
    atOnce: new CallsAtOnce(callsAtOnceOf(current)),
    async serviceOf(caller) {
      const service = await engines.of(caller);
      return caller.machineRole === undefined ? service : withoutPerson(service);
    },
    called: recently(store, now, log),
    isInDoubt: inDoubt(parts),
    personNow: (caller) => personNow(store, caller),
    news: store.news,
    now,
    adapterFor: (caller) => ({ log, approvals: approvalsOf(caller) }),
    refusals: new RefusalRecord({ audit: store.audit, observer: watch.observer, log, now }),
    calls: new WatchedCalls({ ...watch, requests: parts.requests, isTool: isToolWith(ofApis) }),
    requestIds: parts.requests,
    log,
  });
}

/** The time within which a call of a person is kept once. */
const CALLED_EVERY_MS = 10 * 60_000;
const MOST_CALLERS = 20_000;

/** Keeps now and then that a person has called. Nothing waits for it. */
function recently({ people }: Store, now: () => number, log: CompanyParts["log"]): (caller: TokenHolder) => void {
  const noted = new Map<string, number>();
  return ({ person: { id }, machineRole }) => {
    if (machineRole !== undefined || now() - (noted.get(id) ?? Number.NEGATIVE_INFINITY) < CALLED_EVERY_MS) return;
    keepNewest(noted, id, now(), MOST_CALLERS);
    people.called(id).catch((error: unknown) => log.warn("a call of a person was not kept", { error }));
  };
}

/** The person of a caller as of now; undefined where the person is not active any more, or the grant has ended. */
async function personNow({ people, oidc }: Store, { person, grantId, issuedAtMs }: WebCaller) {
  if (grantId !== undefined && !(await oidc.hasGrant(grantId))) return undefined;
  const now = await people.find(person.id);
  if (now?.status !== "active" || (issuedAtMs !== undefined && isFromBefore(now, issuedAtMs))) return undefined;
  return now;
}

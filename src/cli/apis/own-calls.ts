import { ApiClient, apiCalls } from "../../apis/api-client.js";
import type { ApiIdentity } from "../../apis/api-identity.js";
import { ApiIssuer } from "../../apis/api-issuer.js";
import { CodeSession } from "../../apis/code-session.js";
import type { LoadedApi } from "../../apis/loaded-api.js";
import { sessionIdentity } from "../../apis/session-identity.js";
import { SharedIdentities } from "../../apis/shared-identities.js";
import { principalOf } from "../../auth/principal.js";
import type { Session } from "../../auth/session.js";
import type { OperatorApis } from "../../call/operator.js";
import type { Config } from "../../config/config.js";
import { OktaMcpError } from "../../errors/index.js";
import { MemoryLimitStore } from "../../guard/limit-store.js";
import type { Json } from "../../json/json.js";
import type { Log } from "../../log.js";
import type { SendHttp } from "../../net/http-client.js";
import { ServerClock } from "../../net/server-clock.js";
import { realSleep } from "../../net/waiting.js";

export interface OwnCallsOptions {
  apis: readonly LoadedApi[];
  config: Pick<Config, "tokenStore">;
  /** The session of the org, which tells who calls where the identity at an API does not. */
  org: () => Session;
  log: Log;
  /** The way to authorization servers. */
  fetch: SendHttp;
  /** True where a sign-in has to last longer than this process, as that of a command does. */
  outlives: boolean;
}

/** The port of this machine to which a sign-in comes back, where the settings name none. */
const REDIRECT_PORT = 8484;
const REQUEST_TIMEOUT_MS = 30_000;

/** A company's own APIs, in the name of whoever uses this process. */
export interface OwnCalls {
  /**
   * What calls need of them.
   * @param around what is put around the session of an API before a person is asked by it
   */
  operatorApis(around?: (session: Session, api: string) => Session): OperatorApis;
  /** The sessions of those APIs to which a person signs in, by the names of the APIs. */
  readonly sessions: ReadonlyMap<string, Session>;
  /** Restores what an earlier process stored. It never throws. */
  restore(): Promise<void>;
  close(): void;
}

/** Makes the identities at a company's own APIs, and the clients that send with them. Nothing is sent, nothing is read. */
export function ownCalls(options: OwnCallsOptions): OwnCalls {
  const { apis, log, fetch, org } = options;
  const now = Date.now;
  const limits = new MemoryLimitStore();
  const clients = new Map(apis.map((api) => [api.name, new ApiClient({ api, limits, now })]));
  const shared = new SharedIdentities({ apis, fetch, log, now });
  const persons = new Map(apis.flatMap((api) => personAt(api, options)));
  const sessions = new Map([...persons].map(([name, { session }]) => [name, session]));
  const identityOf = (name: string): ApiIdentity => {
    const found = persons.get(name)?.identity ?? shared.of(name, () => claimsOf(org()));
    if (found === undefined) throw new OktaMcpError("bug", `There is no API ${name}.`);
    return found;
  };
  // One person uses this process.
  const key = async () => "";
  return {
    sessions,
    operatorApis: (around = (session) => session) => ({
      calls: (call) => apiCalls({ clients, identityOf, key }, call),
      sessionFor({ name, access, isBound }, orgSession) {
        const own = sessions.get(name);
        if (own !== undefined) return access.isOpen && !isBound ? undefined : around(own, name);
        return isBound ? orgSession : undefined;
      },
    }),
    async restore() {
      await Promise.all([...sessions.values()].map((session) => session.restore()));
    },
    close() {
      for (const session of sessions.values()) session.close();
    },
  };
}

/** The person at an API to which people sign in themselves; nothing for another API. */
function personAt(
  { name, auth, baseUrl, settings }: LoadedApi,
  { log, fetch, outlives, config }: OwnCallsOptions,
): [string, { session: Session; identity: ApiIdentity }][] {
  if (auth.kind !== "user_grant") return [];
  const clock = new ServerClock();
  const issuer = new ApiIssuer({ ...auth, api: name, fetch, clock, log });
  const session = new CodeSession({
    name,
    baseUrl,
    source: auth,
    redirectPort: settings.auth.redirect_port ?? REDIRECT_PORT,
    issuer,
    keeping: { kind: config.tokenStore, stateDir: undefined, outlives },
    shared: { log, fetch, now: Date.now, sleep: realSleep, clock, requestTimeoutMs: REQUEST_TIMEOUT_MS },
  });
  return [[name, { session, identity: sessionIdentity({ session, issuer, baseUrl }) }]];
}

/** What is known of whoever is signed in to the org. */
async function claimsOf(session: Session): Promise<Readonly<Record<string, Json>>> {
  const { subject, login } = await principalOf(session);
  return {
    ...(subject === undefined ? {} : { sub: subject }),
    ...(login === undefined ? {} : { login, preferred_username: login }),
  };
}

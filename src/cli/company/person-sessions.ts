import type { AppCredentials } from "../../auth/client-authentication.js";
import { createSession } from "../../auth/open-session.js";
import type { Session } from "../../auth/session.js";
import type { Credential } from "../../auth/session-parts.js";
import { OktaMcpError } from "../../errors/index.js";
import type { Log } from "../../log.js";
import type { SendHttp } from "../../net/http-client.js";
import type { ServerClock } from "../../net/server-clock.js";
import { realSleep } from "../../net/waiting.js";
import type { Role } from "../../people/roles.js";
import type { Store } from "../../store/open-store.js";
import { GrantKeeper } from "../../upstream/grant-keeper.js";
import { GrantSession } from "../../upstream/grant-session.js";
import type { WebCaller } from "../../web/mcp-endpoint.js";

export interface PersonSessionsOptions {
  /** The web app in Okta, through which people grant access; undefined where there is none. */
  app: AppCredentials | undefined;
  store: Store;
  log: Log;
  fetch: SendHttp;
  now: () => number;
  orgUrl: string;
  publicUrl: string;
  /** The org's clock. */
  clock: ServerClock;
}

const REQUEST_TIMEOUT_MS = 30_000;

/** Chooses whose right a call uses at Okta. There is no falling back from one to another. */
export class PersonSessions {
  readonly #options: PersonSessionsOptions;
  /** The sessions of service apps, which everybody in a role shares. They last as long as their role. */
  readonly #services = new WeakMap<Role, Session>();

  constructor(options: PersonSessionsOptions) {
    this.#options = options;
  }

  of(caller: WebCaller, role: Role): Session {
    if (role.actAs === "service") return this.#service(role);
    if (caller.orgToken !== undefined)
      return this.#open(role, undefined, { method: "access-token", token: caller.orgToken });
    return this.#person(caller, role);
  }

  #service(role: Role): Session {
    const known = this.#services.get(role);
    if (known !== undefined) return known;
    if (role.service === undefined) throw new OktaMcpError("bad_config", `Role ${role.name} has no service app.`);
    const { clientId, key } = role.service;
    const made = this.#open(role, clientId, { method: "private-key", key });
    this.#services.set(role, made);
    return made;
  }

  #open({ scopes }: Role, clientId: string | undefined, credential: Credential): Session {
    const { log, fetch, now, clock, orgUrl } = this.#options;
    return createSession({ orgUrl, clientId, scopes, credential, tokenStore: "memory", log, fetch, now, clock });
  }

  #person({ person }: WebCaller, role: Role): Session {
    const { app, store, log, fetch, now, clock, orgUrl, publicUrl } = this.#options;
    if (app === undefined)
      throw new OktaMcpError("bad_config", `Role ${role.name} acts as user, and there is no web app.`);
    const { clientId } = app;
    const { subject, login } = person;
    const keeper = new GrantKeeper({ grants: store.upstream, person: person.id, subject, login, orgUrl, clientId });
    const configured = new Set(role.scopes);
    const how = { log, fetch, now, clock, sleep: realSleep, requestTimeoutMs: REQUEST_TIMEOUT_MS };
    const parts = { orgUrl, clientId, configured, ...how };
    return new GrantSession({ parts, app, keeper, connectUrl: `${publicUrl}/connect/okta` });
  }
}

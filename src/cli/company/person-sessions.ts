import type { AppCredentials } from "../../auth/client-authentication.js";
import { createSession } from "../../auth/open-session.js";
import { RefusingSession } from "../../auth/refusing-session.js";
import type { Session } from "../../auth/session.js";
import { OktaMcpError } from "../../errors/index.js";
import type { Log } from "../../log.js";
import type { SendHttp } from "../../net/http-client.js";
import type { ServerClock } from "../../net/server-clock.js";
import { realSleep } from "../../net/waiting.js";
import type { Role } from "../../people/roles.js";
import type { Store } from "../../store/open-store.js";
import { BearerSession } from "../../upstream/bearer-session.js";
import { GrantKeeper } from "../../upstream/grant-keeper.js";
import { GrantSession } from "../../upstream/grant-session.js";
import { needsUser } from "../../web/nobody-to-ask.js";
import type { WebCaller } from "../../web/web-caller.js";

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
    // A role for the company's APIs alone uses no right at Okta, whoever's it would be.
    if (role.scopes.length === 0) return new RefusingSession(this.#options.orgUrl, [], () => noScopes(role));
    if (role.actAs === "service") return this.#service(role);
    const { person, clientId, machineRole, orgToken: token, orgScopes = [], expiresAtMs } = caller;
    const { orgUrl, app } = this.#options;
    const { scopes: configured } = role;
    // Their role was another one when the settings were checked.
    if (machineRole !== undefined) return new RefusingSession(orgUrl, configured, needsUser);
    if (token !== undefined) {
      const { subject, login } = person;
      const held = { token, scopes: orgScopes, clientId, expiresAtMs };
      return new BearerSession({ orgUrl, configured, subject, login, ...held });
    }
    if (app === undefined) return new RefusingSession(orgUrl, configured, () => noWebApp(role));
    return this.#person(caller, role, app);
  }

  #service(role: Role): Session {
    const known = this.#services.get(role);
    if (known !== undefined) return known;
    if (role.service === undefined) throw new OktaMcpError("bad_config", `Role ${role.name} has no service app.`);
    const { clientId, key } = role.service;
    const { log, fetch, now, clock, orgUrl } = this.#options;
    const shared = { orgUrl, tokenStore: "memory", log, fetch, now, clock } as const;
    const made = createSession({
      ...shared,
      clientId,
      scopes: role.scopes,
      credential: { method: "private-key", key, isOfRole: true },
    });
    this.#services.set(role, made);
    return made;
  }

  #person({ person }: WebCaller, role: Role, app: AppCredentials): Session {
    const { store, log, fetch, now, clock, orgUrl, publicUrl } = this.#options;
    const { clientId } = app;
    const { subject, login } = person;
    const keeper = new GrantKeeper({ grants: store.upstream, person: person.id, subject, login, orgUrl, clientId });
    const configured = new Set(role.scopes);
    const how = { log, fetch, now, clock, sleep: realSleep, requestTimeoutMs: REQUEST_TIMEOUT_MS };
    const parts = { orgUrl, clientId, configured, ...how };
    return new GrantSession({ parts, app, keeper, connectUrl: `${publicUrl}/connect/okta?person=${person.id}` });
  }
}

function noScopes({ name }: Role): OktaMcpError {
  return new OktaMcpError("missing_scope", `Role ${name} has no scopes at Okta.`);
}

function noWebApp({ name }: Role): OktaMcpError {
  return new OktaMcpError("bad_config", `Role ${name} acts as user, and this server has no web app in Okta.`, {
    fix: "Whoever runs this server has to set okta.client_id, so that people can grant access, or have the role act as service.",
  });
}

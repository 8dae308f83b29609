import { ApiClient, apiCalls } from "../../apis/api-client.js";
import type { ApiIdentity } from "../../apis/api-identity.js";
import { SharedIdentities } from "../../apis/shared-identities.js";
import type { OperatorApis } from "../../call/operator.js";
import { OktaMcpError } from "../../errors/index.js";
import type { Json } from "../../json/json.js";
import type { Log } from "../../log.js";
import type { SendHttp } from "../../net/http-client.js";
import type { ServerClock } from "../../net/server-clock.js";
import { realSleep } from "../../net/waiting.js";
import type { Store } from "../../store/open-store.js";
import { apiGrant } from "../../store/upstream-rows.js";
import { personClaims, withClaims } from "../../upstream/caller-claims.js";
import { asLinkable, type CompanyApi, type CompanyApis, type LinkableApi } from "../../upstream/company-apis.js";
import { exchangeIdentity } from "../../upstream/exchange-identity.js";
import { GrantKeeper } from "../../upstream/grant-keeper.js";
import { GrantSession } from "../../upstream/grant-session.js";
import { linkedIdentity } from "../../upstream/linked-identity.js";
import { linkPath } from "../../web/api-links.js";
import { needsUser } from "../../web/nobody-to-ask.js";
import type { WebCaller } from "../../web/web-caller.js";

export interface PersonApisOptions {
  apis: CompanyApis;
  store: Store;
  publicUrl: string;
  /** The way to authorization servers. */
  fetch: SendHttp;
  /** The clock of a server, by its address. */
  clockOf(url: string): ServerClock;
  log: Log;
  now: () => number;
}

type Claims = Readonly<Record<string, Json>>;

const REQUEST_TIMEOUT_MS = 30_000;

/** The company's APIs in the name of people: one client for each API, and an identity for each caller. */
export class PersonApis {
  readonly #options: PersonApisOptions;
  readonly #clients: ReadonlyMap<string, ApiClient>;
  /** The identities that everybody shares, since they are of nobody. */
  readonly #shared: SharedIdentities;

  constructor(options: PersonApisOptions) {
    this.#options = options;
    const { apis, store, now } = options;
    const all = apis.all();
    this.#clients = new Map(all.map(({ api }) => [api.name, new ApiClient({ api, limits: store.limits, now })]));
    this.#shared = new SharedIdentities({
      apis: all.map(({ api }) => api),
      fetch: options.fetch,
      log: options.log,
      now,
    });
  }

  /**
   * The APIs of one caller; undefined where no role of theirs has one.
   * @param latest the caller by the newest request, whose token counts
   */
  of(caller: WebCaller, latest: () => WebCaller): OperatorApis | undefined {
    const own = this.#options.apis.of(caller.roles);
    if (own.length === 0) return undefined;
    const identities = new Map(own.map((one) => [one.api.name, this.#identity(one, caller, latest)]));
    const identityOf = (name: string) => {
      const found = identities.get(name);
      if (found === undefined) throw new OktaMcpError("bug", `No role of the caller has an API ${name}.`);
      return found;
    };
    const key = async () => caller.person.id;
    return { calls: (options) => apiCalls({ clients: this.#clients, identityOf, key }, options) };
  }

  #identity(one: CompanyApi, caller: WebCaller, latest: () => WebCaller): ApiIdentity {
    const { auth } = one.api;
    const isMachine = caller.machineRole !== undefined;
    const told = (): Claims => latest().presented?.claims ?? {};
    const shared = this.#shared.of(one.api.name, async () => {
      // A program is nobody whose record could be looked up.
      if (isMachine) throw needsUser();
      return { ...personClaims(latest().person), ...told() };
    });
    if (shared !== undefined) return shared;
    if (isMachine) return forPeople(needsUser);
    const linkable = asLinkable(one);
    if (linkable !== undefined) return withClaims(this.#linked(linkable, caller), told);
    if (auth.kind === "exchange") return withClaims(this.#exchanged(one, caller, latest), told);
    throw new TypeError("every kind of auth has an identity");
  }

  #linked({ api, issuer, source }: LinkableApi, { person }: WebCaller): ApiIdentity {
    const { store, publicUrl, log, fetch, now, clockOf } = this.#options;
    const { name, baseUrl } = api;
    const { clientId } = source.client;
    const { id, subject, login } = person;
    const orgUrl = issuer.issuer;
    const connectUrl = `${publicUrl}${linkPath(name)}?person=${id}`;
    const session = new GrantSession({
      parts: {
        orgUrl,
        api: { name, origin: baseUrl.origin },
        clientId,
        configured: new Set(source.scopes),
        log,
        fetch,
        now,
        sleep: realSleep,
        clock: clockOf(new URL(orgUrl).origin),
        requestTimeoutMs: REQUEST_TIMEOUT_MS,
      },
      app: source.client,
      // What an operation needs is looked at for each.
      asked: [],
      openClient: () => issuer.client(),
      keeper: new GrantKeeper({
        grants: store.upstream,
        kind: apiGrant(name),
        person: id,
        subject,
        login,
        orgUrl,
        clientId,
      }),
      connectUrl,
    });
    return linkedIdentity({ session, issuer, baseUrl, person: { subject, login }, connectUrl });
  }

  #exchanged({ api, issuer, roles }: CompanyApi, caller: WebCaller, latest: () => WebCaller): ApiIdentity {
    const { store, log, clockOf } = this.#options;
    const { auth, name, baseUrl } = api;
    if (issuer === undefined || auth.kind !== "exchange")
      throw new TypeError("an exchange has an authorization server");
    const { id, subject, login } = caller.person;
    return exchangeIdentity({
      api: name,
      origin: baseUrl.origin,
      source: auth,
      issuer,
      tokens: store.exchanged,
      person: { id, subject, login },
      roles: caller.roles.map((role) => role.name).filter((role) => roles.has(role)),
      callerToken: () => latest().presented?.token,
      clock: clockOf(new URL(issuer.issuer).origin),
      log,
    });
  }
}

/** The identity of a program at an API that is called for people. */
function forPeople(refuse: () => OktaMcpError): ApiIdentity {
  const refused = async () => {
    throw refuse();
  };
  return { authorize: refused, refused: () => {}, claims: refused };
}

import { createHash } from "node:crypto";
import type { Session } from "../../auth/session.js";
import type { OperatorApis } from "../../call/operator.js";
import { scopeView, toolsOn } from "../../catalogue/active-tools.js";
import type { ToolCard } from "../../catalogue/catalogue.js";
import { DEFAULT_RESULT_CHARS } from "../../config/settings.js";
import type { GuardRules } from "../../guard/rules.js";
import type { Log } from "../../log.js";
import { createService, type McpService } from "../../mcp/service.js";
import type { SendHttp } from "../../net/http-client.js";
import type { OrgTraffic } from "../../okta/org-traffic.js";
import { allGuards, type Role } from "../../people/roles.js";
import type { ResourceFiles } from "../../resources/resource-files.js";
import { resourceService } from "../../resources/resource-service.js";
import type { Store } from "../../store/open-store.js";
import type { CompanyApis } from "../../upstream/company-apis.js";
import { type RoleService, serviceOf } from "../../web/person-services.js";
import { RecentlyUsed } from "../../web/recently-used.js";
import type { WebCaller } from "../../web/web-caller.js";
import { compose } from "../compose.js";
import type { PersonApis } from "./person-apis.js";
import type { PersonSessions } from "./person-sessions.js";
import { RolesTools } from "./role-tools.js";

export interface PersonEnginesOptions {
  store: Store;
  version: string;
  log: Log;
  fetch: SendHttp;
  now: () => number;
  orgUrl: string;
  traffic: OrgTraffic;
  sessions: PersonSessions;
  /** The texts of the settings as of now, for all roles. */
  resources?: () => ResourceFiles;
  /** The company's APIs, and who calls them. */
  apis: CompanyApis;
  personApis: PersonApis;
}

/** The people whose engines are kept, and the clients of each of them. */
const MOST_PEOPLE = 1_000;
const MOST_CLIENTS = 16;
const IDLE_MS = 30 * 60_000;

/** The longest wait for a rate limit. Most clients give up after a minute. */
const MAX_RATE_WAIT_MS = 45_000;

/** What the calls of one person share, as long as nothing about the person has changed. */
interface Person {
  /** What the person's calls depend on, besides the roles. */
  facts: string;
  roles: readonly Role[];
  /** The rules of all the roles together. */
  guard: GuardRules;
  /** One session for each role, in the order of the roles. */
  sessions: readonly Session[];
  clients: RecentlyUsed<PersonClient>;
}

/** A client of a person. */
interface PersonClient {
  service: McpService;
  /** The caller by the newest request. */
  latest: { caller: WebCaller };
}

/** The engines of the people who call. What is looked up for a request decides, so a change counts from the next one. */
export class PersonEngines {
  readonly #options: PersonEnginesOptions;
  readonly #people: RecentlyUsed<Person>;
  readonly #tools: RolesTools;

  constructor(options: PersonEnginesOptions) {
    this.#options = options;
    this.#tools = new RolesTools(options.apis);
    this.#people = new RecentlyUsed({ most: MOST_PEOPLE, idleMs: IDLE_MS, now: options.now });
  }

  /** The number of people whose engines are kept. */
  get size(): number {
    return this.#people.size;
  }

  async of(caller: WebCaller): Promise<McpService> {
    const { person: known, roles, clientId } = caller;
    const { subject, login, id } = known;
    const facts = JSON.stringify([subject, login]);
    const fits = (kept: Person) => kept.facts === facts && isSame(kept.roles, roles);
    // Where calls are made with the token itself, each token is as a person of its own.
    const token = caller.orgToken === undefined ? "" : createHash("sha256").update(caller.orgToken).digest("base64url");
    const key = `${id} ${token}`;
    const person = this.#people.of(key, fits, () => this.#open(caller, facts));
    // Somebody else may have granted, renewed or ended the tokens: another instance, or the person on a page.
    await Promise.all(person.sessions.map((session, index) => isOwn(roles[index]) && session.restore()));
    const always = () => true;
    const client = person.clients.of(clientId, always, () => {
      const latest = { caller };
      return { service: this.#serviceOf(caller, person, latest), latest };
    });
    client.latest.caller = caller;
    return client.service;
  }

  #open(caller: WebCaller, facts: string): Person {
    const { sessions, now } = this.#options;
    return {
      facts,
      roles: caller.roles,
      guard: allGuards(caller.roles),
      sessions: caller.roles.map((role) => sessions.of(caller, role)),
      clients: new RecentlyUsed<PersonClient>({ most: MOST_CLIENTS, idleMs: IDLE_MS, now }),
    };
  }

  #serviceOf(caller: WebCaller, person: Person, latest: PersonClient["latest"]): McpService {
    const apis = this.#options.personApis.of(caller, () => latest.caller);
    const services = person.roles.map((role, index) =>
      this.#roleService({ caller, person, role, session: person.sessions[index], apis }),
    );
    return serviceOf(services as [RoleService, ...RoleService[]], this.#resourcesOf(person.roles, services));
  }

  /** What can be read by somebody with these roles. */
  #resourcesOf(roles: readonly Role[], services: readonly RoleService[]) {
    const names = new Set(roles.map(({ name }) => name));
    const tools = new Map(services.flatMap(({ allowed }) => allowed.map((tool) => [tool.name, tool])));
    const { resources, log } = this.#options;
    return resourceService({ files: () => resources?.().for(names), tools: () => [...tools.values()], log });
  }

  #roleService({ caller, person: { guard }, role, session, apis }: RoleParts): RoleService {
    const { store, log, fetch, now, version, orgUrl, traffic } = this.#options;
    const { person, clientId } = caller;
    if (session === undefined) throw new TypeError("each role has a session");
    const { catalogue, allowed } = this.#tools.of(role);
    const composed = compose({
      settings: {
        orgUrl,
        clientId,
        scopes: [...role.scopes],
        credential: { method: "device" },
        tokenStore: "memory",
        confirm: "ask",
        maxResultChars: DEFAULT_RESULT_CHARS,
        guard,
        fileRoots: [],
      },
      journal: store.journalFor({
        person: person.id,
        client: clientId,
        role: role.name,
        act_as: role.actAs,
        sees: role.mayUndo,
      }),
      version,
      log,
      fetch,
      now,
      traffic,
      session,
      apis,
      requester: { person: person.id, client: clientId, subject: person.subject, login: person.login },
      transport: { party: person.id, finishesWrites: true, limits: { maxRateWaitMs: MAX_RATE_WAIT_MS } },
    });
    const calls = composed.calls(catalogue, { seals: store.seals, limits: store.limits });
    return {
      role: role.name,
      service: createService({ ...composed.server, catalogue, calls, structuredContent: false }),
      allowed,
      knows: (name) => catalogue.get(name) !== undefined,
      on: remembered(session, () => toolsOn(catalogue, scopeView(session))),
      definitions: (names) => catalogue.definitions(names),
    };
  }
}

/** What the service of one role is made of. */
interface RoleParts {
  caller: WebCaller;
  person: Person;
  role: Role;
  session: Session | undefined;
  apis: OperatorApis | undefined;
}

/** True for a role in which a person acts by their own right. */
function isOwn(role: Role | undefined): boolean {
  return role?.actAs === "user";
}

function isSame(one: readonly Role[], other: readonly Role[]): boolean {
  return one.length === other.length && one.every((role, index) => role === other[index]);
}

/** Computes the tools that are on anew only where other scopes are granted than before. */
function remembered(session: Session, compute: () => readonly ToolCard[]): () => readonly ToolCard[] {
  let before: ReadonlySet<string> | undefined;
  let known: readonly ToolCard[] | undefined;
  return () => {
    const granted = session.granted();
    if (known === undefined || granted !== before) {
      before = granted;
      known = compute();
    }
    return known;
  };
}

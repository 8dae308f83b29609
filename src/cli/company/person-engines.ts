import { areas, notes } from "../../../tools/index.js";
import { scopeView, toolsOn } from "../../catalogue/active-tools.js";
import { createCatalogue } from "../../catalogue/catalogue.js";
import { DEFAULT_RESULT_CHARS } from "../../config/settings.js";
import type { Log } from "../../log.js";
import { createService } from "../../mcp/service.js";
import type { SendHttp } from "../../net/http-client.js";
import type { OrgTraffic } from "../../okta/org-traffic.js";
import { allGuards, type Role } from "../../people/roles.js";
import type { Store } from "../../store/open-store.js";
import type { WebCaller } from "../../web/mcp-endpoint.js";
import { type RoleService, serviceOf } from "../../web/person-services.js";
import { compose } from "../compose.js";
import type { PersonSessions } from "./person-sessions.js";

export interface PersonEnginesOptions {
  store: Store;
  version: string;
  log: Log;
  fetch: SendHttp;
  now: () => number;
  orgUrl: string;
  traffic: OrgTraffic;
  sessions: PersonSessions;
}

/** The engines of the people who call, one for each person, client and role, kept as long as they call. */
export class PersonEngines {
  readonly #options: PersonEnginesOptions;
  readonly #kept = new Map<string, RoleService>();

  constructor(options: PersonEnginesOptions) {
    this.#options = options;
  }

  of(caller: WebCaller) {
    const [first, ...more] = caller.roles;
    return serviceOf([this.#roleService(caller, first), ...more.map((role) => this.#roleService(caller, role))]);
  }

  #roleService(caller: WebCaller, role: Role): RoleService {
    const key = [caller.person.id, caller.clientId, role.name].join(" ");
    const known = this.#kept.get(key);
    if (known !== undefined) return known;
    const made = this.#make(caller, role);
    this.#kept.set(key, made);
    return made;
  }

  #make(caller: WebCaller, role: Role): RoleService {
    const { store, log, fetch, now, version, orgUrl, traffic, sessions } = this.#options;
    const { person, clientId, roles } = caller;
    const session = sessions.of(caller, role);
    const composed = compose({
      settings: {
        orgUrl,
        clientId,
        scopes: [...role.scopes],
        credential: { method: "device" },
        tokenStore: "memory",
        confirm: "ask",
        maxResultChars: DEFAULT_RESULT_CHARS,
        guard: allGuards(roles),
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
    });
    const catalogue = createCatalogue(areas, role.choice, notes);
    const calls = composed.calls(catalogue, { seals: store.seals, limits: store.limits });
    const service = createService({
      ...composed.server,
      catalogue,
      calls,
      structuredContent: false,
    });
    return { role: role.name, service, cards: () => toolsOn(catalogue, scopeView(session)) };
  }
}

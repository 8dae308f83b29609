import type { Store } from "../store/open-store.js";
import type { PersonEnd, RecordedEnd } from "../store/stored-endings.js";
import type { OrgRevocations } from "./org-revocations.js";

/**
 * Why the access of a person ends. The org: `org_refused` (it renews no token), `deactivated`, `suspended`, `deleted`,
 * `unassigned` (from the app), `another_subject` (a token named somebody else),
 * `domain_not_trusted` (their address is at no trusted domain any more), `global_token_revocation`. Here:
 * `signed_out` (everywhere, by the person), `admin` (signed out or blocked by an admin), `erased`.
 */
export type DepartureCause =
  | "org_refused"
  | "deactivated"
  | "suspended"
  | "deleted"
  | "unassigned"
  | "another_subject"
  | "domain_not_trusted"
  | "global_token_revocation"
  | "signed_out"
  | "admin"
  | "erased";

export interface Departure extends Omit<RecordedEnd, "why"> {
  cause: DepartureCause;
  /**
   * `gone`: Okta has nobody like that any more; whoever signs in anew there is here again. `blocked`: by an admin, and
   * until an admin lifts it, whatever Okta says. Undefined: the person may come back at once by signing in anew.
   */
  status?: PersonEnd["status"];
  /** As `PersonEnd` says. */
  othersIn?: PersonEnd["othersIn"];
}

export interface DeparturesOptions {
  store: Pick<Store, "endings" | "people" | "audit" | "news">;
  revocations: Pick<OrgRevocations, "kick">;
}

/**
 * The one way in which access ends, whatever the cause. In one transaction of the store it ends the sessions of
 * browsers, sign-ins under way, clients' grants, codes and tokens, approvals, and the person's own tokens at Okta, sets
 * the status and adds the audit row `access_ended` (actor: `by`, target: the person). Then all instances are told, which
 * cut running calls and streams within seconds, and the tokens are revoked at Okta by a queue that outlasts a stop. A
 * write that was already sent to Okta ends, and is in the journal. Tokens of another authorization server that were
 * given out before count no more either (`ended_at`).
 */
export class Departures {
  readonly #options: DeparturesOptions;

  constructor(options: DeparturesOptions) {
    this.#options = options;
  }

  /**
   * Ends everything that a person has here.
   * @param person our own id
   * @returns false where nothing was left to end
   * @throws NobodyElseLeft as `othersIn` says
   */
  async end(person: string, { cause, status, ...by }: Departure): Promise<boolean> {
    const { store } = this.#options;
    const hasEnded = await store.endings.endPerson(person, { ...by, why: cause, status });
    if (hasEnded) await this.#tell(person);
    return hasEnded;
  }

  /**
   * Ends everything that a client has: of one person, or of all. The next time it has to ask again.
   * @returns the number of people who had allowed it something
   */
  async endClient(client: string, end: RecordedEnd, person?: string): Promise<number> {
    return this.#tellOfClient(client, await this.#options.store.endings.endClient(client, end, person));
  }

  /** Blocks a client and ends everything that it has, with the audit row `block_client`. @returns as `endClient` */
  async blockClient(client: string, end: RecordedEnd): Promise<number> {
    return this.#tellOfClient(client, await this.#options.store.endings.blockClient(client, end));
  }

  async #tellOfClient(client: string, people: readonly string[]): Promise<number> {
    const { store } = this.#options;
    for (const one of people) await this.#tell(one);
    await store.news.publish({ about: "client", id: client });
    return people.length;
  }

  /**
   * Lets somebody in again whom an admin had blocked. They have to sign in anew.
   * @param by the admin
   * @returns false where they are not blocked any more, so that nothing has changed
   */
  async lift(person: string, by: Omit<RecordedEnd, "why">): Promise<boolean> {
    const { store } = this.#options;
    if (!(await store.people.unblock(person))) return false;
    const { by: actor, detail, ...how } = by;
    await store.audit.add({ ...how, actor, action: "block_lifted", target: person, outcome: "done", detail });
    await this.#tell(person);
    return true;
  }

  async #tell(person: string): Promise<void> {
    this.#options.revocations.kick();
    await this.#options.store.news.publish({ about: "person", id: person });
  }
}

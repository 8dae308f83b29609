import { randomUUID } from "node:crypto";
import type { Log } from "../log.js";
import type { Store } from "../store/open-store.js";
import type { KnownPerson } from "../store/stored-people.js";
import type { DepartureCause, Departures } from "./departures.js";
import type { DirectoryState, OrgDirectory } from "./org-directory.js";
import type { PersonChecks } from "./person-checks.js";

export interface PeopleWatchOptions {
  store: Pick<Store, "people" | "turns" | "news" | "audit">;
  departures: Pick<Departures, "end">;
  /** The issuers by which people are known. */
  issuers: readonly string[];
  /** Undefined where there is no service app. */
  directory: OrgDirectory | undefined;
  /** Asks by people's own refresh tokens; undefined where they have none. */
  checks: Pick<PersonChecks, "checkAnew"> | undefined;
  /** The groups that decide about anything here, as of now. */
  decidingGroups(): ReadonlySet<string>;
  /** The time between two polls; 0 for none. */
  pollMs: number;
  log: Pick<Log, "debug" | "info" | "warn">;
  /** Epoch milliseconds. */
  now(): number;
}

const TURN = "poll people";
/** The time between two looks at who is due, and at whose turn the poll is. */
const LOOK_MS = 1_000;
/** Whoever has claimed people and not told in this time must have died, or has got no answer. */
const CLAIM_MS = 60_000;
/** The most people that one instance asks about at once. */
const AT_ONCE = 4;
/** The most ids in one search, whose address has about two thousand characters then. */
const IDS = 50;
/** For this many people it takes fewer requests to ask for each than to read all users of the app. */
const FEW = 25;
const DAY_MS = 24 * 60 * 60_000;

const CAUSES: Readonly<Record<Exclude<DirectoryState, "there">, DepartureCause>> = {
  suspended: "suspended",
  deactivated: "deactivated",
  deleted: "deleted",
};

/**
 * Asks Okta whether people are still there and in which groups: about those of whom a hint came, within seconds, and
 * about all who have something here, every few minutes and by one instance at a time. An error of Okta's says nothing
 * about anybody.
 */
export class PeopleWatch {
  readonly #options: PeopleWatchOptions;
  readonly #holder = randomUUID();
  readonly #timer: NodeJS.Timeout;
  #asking: Promise<void> | undefined;
  #polling: Promise<void> | undefined;
  #again = false;
  #closed = false;

  constructor(options: PeopleWatchOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#look(), LOOK_MS).unref();
  }

  /** Begins to ask about those who are due. */
  askNow(): void {
    if (this.#closed) return;
    if (this.#asking !== undefined) {
      this.#again = true;
      return;
    }
    this.#asking = this.#askDue().finally(() => {
      this.#asking = undefined;
      if (!this.#again) return;
      this.#again = false;
      this.askNow();
    });
  }

  /** Begins nothing new, and resolves when what runs has ended. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    await Promise.all([this.#asking, this.#polling]);
  }

  #look(): void {
    this.askNow();
    const { directory, pollMs } = this.#options;
    if (directory === undefined || pollMs === 0 || this.#polling !== undefined || this.#closed) return;
    this.#polling = this.#pollInTurn(directory).finally(() => {
      this.#polling = undefined;
    });
  }

  async #askDue(): Promise<void> {
    const { store, log } = this.#options;
    try {
      while (!this.#closed) {
        const due = await store.people.claimDue(AT_ONCE, CLAIM_MS);
        if (due.length === 0) return;
        await Promise.all(due.map((person) => this.#ask(person)));
      }
    } catch (error) {
      log.warn("the people about whom Okta is to be asked cannot be read", { error });
    }
  }

  /** Asks about one person as of now. Never rejects. */
  async #ask(person: KnownPerson): Promise<void> {
    const { store, directory, checks, log } = this.#options;
    try {
      if (directory !== undefined) await this.#askDirectory(directory, person);
      // Where nothing can be asked, the next sign-in tells.
      const isKnown = directory !== undefined || (await checks?.checkAnew(person.id)) === "active";
      if (isKnown) await store.people.checked([person.id], { groups: directory !== undefined });
      else await store.people.notDue(person.id);
    } catch (error) {
      log.warn("Okta could not be asked about a person, and will be asked again", { person: person.id, error });
    }
  }

  async #askDirectory(directory: OrgDirectory, person: KnownPerson): Promise<void> {
    if (await this.#hasLeft(directory, person)) return;
    const deciding = this.#options.decidingGroups();
    const held = new Set(await directory.groupsOf(person.subject));
    await this.#setGroups(person, deciding, held);
  }

  /** Looks a person up, and ends everything where they are gone. @returns true for somebody who is gone */
  async #hasLeft(directory: OrgDirectory, { id, subject }: KnownPerson): Promise<boolean> {
    const { departures } = this.#options;
    const state = await directory.stateOf(subject);
    if (state !== "there") {
      await departures.end(id, { cause: CAUSES[state], status: "gone", by: "okta" });
      return true;
    }
    if ((await directory.isAssigned(subject)) !== false) return false;
    await departures.end(id, { cause: "unassigned", status: "gone", by: "okta" });
    return true;
  }

  /** Keeps the groups that decide here as Okta has them, where they have changed, and leaves all others as they were. */
  async #setGroups(person: KnownPerson, deciding: ReadonlySet<string>, held: ReadonlySet<string>): Promise<void> {
    const { store } = this.#options;
    const next = [...person.groups.filter((id) => !deciding.has(id)), ...[...deciding].filter((id) => held.has(id))];
    if (next.length === person.groups.length && next.every((id) => person.groups.includes(id))) return;
    await store.people.setGroups(person.id, next);
    const detail = {
      gained: next.filter((id) => !person.groups.includes(id)),
      lost: person.groups.filter((id) => !next.includes(id)),
    };
    await store.audit.add({ actor: "okta", action: "groups_changed", target: person.id, outcome: "done", detail });
    await store.news.publish({ about: "person", id: person.id });
  }

  async #pollInTurn(directory: OrgDirectory): Promise<void> {
    const { store, pollMs, log } = this.#options;
    try {
      if (!(await store.turns.take(TURN, this.#holder, pollMs))) return;
      log.debug("this instance asks Okta about the people who have something here");
      await this.#poll(directory);
    } catch (error) {
      log.warn("Okta could not be asked about the people who have something here, and will be asked again", { error });
    }
  }

  async #poll(directory: OrgDirectory): Promise<void> {
    const { store, issuers, now, log } = this.#options;
    const people = await store.people.toWatch(issuers, now() - DAY_MS);
    if (people.length === 0) return;
    const assigned = people.length > FEW ? await directory.assigned() : undefined;
    const groups = await this.#deciding(directory);
    let gone = 0;
    for (let at = 0; at < people.length && !this.#closed; at += IDS) {
      const some = people.slice(at, at + IDS);
      const there = await directory.there(some.map(({ subject }) => subject));
      const stay: KnownPerson[] = [];
      for (const person of some) {
        const { subject } = person;
        const isThere =
          there.has(subject) && (assigned?.has(subject) ?? (await directory.isAssigned(subject)) !== false);
        if (!isThere && (await this.#hasLeft(directory, person))) gone += 1;
        else stay.push(person);
      }
      for (const person of stay) await this.#regroup(directory, person, groups);
      await store.people.checked(
        stay.map(({ id }) => id),
        { groups: true },
      );
      // Somebody else has the task where this instance was too slow.
      if (!(await store.turns.hold(TURN, this.#holder, this.#options.pollMs))) return;
    }
    log.info("Okta was asked about the people who have something here", { people: people.length, gone });
  }

  /** The members of the groups that decide here; undefined where the service app may not know. */
  async #deciding(directory: OrgDirectory): Promise<ReadonlyMap<string, ReadonlySet<string>> | undefined> {
    const members = new Map<string, ReadonlySet<string>>();
    for (const id of this.#options.decidingGroups()) {
      const found = await directory.membersOf(id);
      if (found === undefined) return undefined;
      members.set(id, found);
    }
    return members;
  }

  async #regroup(
    directory: OrgDirectory,
    person: KnownPerson,
    members: ReadonlyMap<string, ReadonlySet<string>> | undefined,
  ): Promise<void> {
    if (members === undefined) {
      await this.#setGroups(person, this.#options.decidingGroups(), new Set(await directory.groupsOf(person.subject)));
      return;
    }
    const held = [...members].filter(([, ids]) => ids.has(person.subject)).map(([id]) => id);
    await this.#setGroups(person, new Set(members.keys()), new Set(held));
  }
}

import { ORG_NAME } from "./facts.js";
import { createRandom, type Random } from "./random.js";
import { AppStore, type NewApp } from "./state/app-store.js";
import { GroupStore, type NewGroup } from "./state/group-store.js";
import { EVENT_NUMBERS, logEvent, SYSTEM } from "./state/log-event.js";
import type { App, Doer, Group, JsonObject, LogEvent, LogNote, User } from "./state/model.js";
import type { Area, OrgState } from "./state/org-state.js";
import { type NewUser, UserStore } from "./state/user-store.js";

export interface OrgOptions {
  /** The origin of the sandbox, e.g. `http://127.0.0.1:8080`. */
  origin: string;
  /** The same seed makes the same ids. */
  seed: number;
  /** Epoch milliseconds. */
  now: () => number;
}

/**
 * The sandbox's org. It keeps everything in memory. The routes refuse what Okta would refuse; a write to the org itself
 * always succeeds, and leaves an event in the system log.
 */
export class Org implements OrgState {
  readonly name = ORG_NAME;
  readonly origin: string;
  /** The source of chance for stored objects. */
  readonly random: Random;
  /** The source of chance for values of single requests, so that a request does not change the next stored values. */
  readonly requestRandom: Random;
  readonly now: () => number;
  readonly users: UserStore;
  readonly groups: GroupStore;
  readonly apps: AppStore;
  /** The user schema's custom attributes by name, each in the form of Okta's `UserSchemaAttribute`. */
  readonly customAttributes = new Map<string, JsonObject>();
  /** The group schema's custom attributes by name, each in the form of Okta's `GroupSchemaAttribute`. */
  readonly groupAttributes = new Map<string, JsonObject>();
  /** The largest page of any list. Okta's pages may be shorter than the limit of the request. */
  maxPageItems: number | undefined = undefined;
  readonly #events: LogEvent[] = [];
  #untold: (() => LogEvent)[] = [];
  readonly #listeners = new Set<(eventType: string, made: () => LogEvent) => void>();
  readonly #areas = new Map<Area<unknown>, unknown>();

  constructor({ origin, seed, now }: OrgOptions) {
    this.origin = origin;
    this.random = createRandom(seed);
    this.requestRandom = createRandom(seed + 1);
    this.now = now;
    this.users = new UserStore(this);
    this.groups = new GroupStore(this);
    this.apps = new AppStore(this);
  }

  area<T>(area: Area<T>): T {
    if (!this.#areas.has(area)) this.#areas.set(area, area.create(this));
    return this.#areas.get(area) as T;
  }

  timestamp(epochMs = this.now()): string {
    return new Date(epochMs).toISOString();
  }

  newId(prefix: string): string {
    return prefix + this.random.text(20 - prefix.length);
  }

  /** The system log, oldest first. An event is made in full when it is first read, since most never are. */
  get events(): LogEvent[] {
    for (const tell of this.#untold) this.#events.push(tell());
    this.#untold = [];
    return this.#events;
  }

  log(note: LogNote, doer: Doer = SYSTEM): void {
    const nowMs = this.now();
    const seed = this.random.skip(EVENT_NUMBERS);
    const made = () => logEvent(note, doer, nowMs, createRandom(seed));
    this.#untold.push(made);
    for (const listener of this.#listeners) listener(note.eventType, made);
  }

  /** Tells of each event from now on, by its type; the event itself is made where it is wanted. */
  onEvent(listener: (eventType: string, made: () => LogEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Empties the system log. */
  forgetEvents(): void {
    this.#events.length = 0;
    this.#untold = [];
  }

  /** Adds a user without a request, for tests and demonstrations. */
  addUser(given: NewUser): User {
    return this.users.add(given);
  }

  /** Adds a group without a request, for tests and demonstrations. */
  addGroup(given: NewGroup, members: User[] = []): Group {
    const group = this.groups.add(given);
    for (const user of members) this.groups.addMember(group, user);
    return group;
  }

  /** Adds an app without a request, for tests and demonstrations. */
  addApp(given: NewApp, assigned: { users?: User[]; groups?: Group[] } = {}): App {
    const app = this.apps.add(given);
    for (const user of assigned.users ?? []) this.apps.assignUser(app, user);
    for (const group of assigned.groups ?? []) this.apps.assignGroup(app, group);
    return app;
  }
}

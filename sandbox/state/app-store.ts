import { appParty, groupParty, userParty } from "./log-event.js";
import type { App, AppGroup, AppUser, Doer, Group, JsonObject, LogNote, User } from "./model.js";
import type { OrgState } from "./org-state.js";

/** The app's own object (`label`, `signOnMode`, `settings` …). Missing `id`, `name`, `status` and times are made up. */
export type NewApp = JsonObject & { label: string };

interface Entry {
  app: App;
  /** Users assigned by hand, by user id. */
  users: Map<string, AppUser>;
  groups: Map<string, AppGroup>;
}

/** The apps of the org and their assignments. Every write succeeds and is logged. */
export class AppStore {
  readonly #org: OrgState;
  readonly #entries = new Map<string, Entry>();

  constructor(org: OrgState) {
    this.#org = org;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** All apps, in the order in which they were added. */
  all(): App[] {
    return [...this.#entries.values()].map(({ app }) => app);
  }

  get(id: string): App | undefined {
    return this.#entries.get(id)?.app;
  }

  add(given: NewApp, doer?: Doer, createdMs?: number): App {
    const created = this.#org.timestamp(createdMs);
    const id = typeof given.id === "string" ? given.id : this.#org.newId("0oa");
    const name = typeof given.name === "string" ? given.name : `custom_${id.toLowerCase()}`;
    const status = given.status === "INACTIVE" ? "INACTIVE" : "ACTIVE";
    const app: App = { ...given, id, name, status, created, lastUpdated: created };
    this.#entries.set(id, { app, users: new Map(), groups: new Map() });
    const note = { eventType: "application.lifecycle.create", displayMessage: "Create application" };
    this.#org.log({ ...note, target: [appParty(app)], publishedMs: createdMs }, doer);
    return app;
  }

  /** Replaces the app with the same id by `next`, and updates `lastUpdated`. */
  change(next: App, note: LogNote, doer?: Doer): App {
    const entry = this.#entries.get(next.id);
    if (entry === undefined) throw new RangeError(`There is no app ${next.id} to change.`);
    entry.app = { ...next, lastUpdated: this.#org.timestamp() };
    this.#org.log({ target: [appParty(entry.app)], ...note }, doer);
    return entry.app;
  }

  remove(app: App, doer?: Doer): void {
    this.#entries.delete(app.id);
    const note = { eventType: "application.lifecycle.delete", displayMessage: "Delete application" };
    this.#org.log({ ...note, target: [appParty(app)] }, doer);
  }

  /** The users of an app, in the order of assignment. An assignment by hand has precedence over one through a group. */
  usersOf(app: App): AppUser[] {
    const entry = this.#entries.get(app.id);
    if (entry === undefined) return [];
    const found = new Map(entry.users);
    for (const assignment of entry.groups.values()) {
      const group = this.#org.groups.get(assignment.id);
      for (const user of group === undefined ? [] : this.#org.groups.membersOf(group)) {
        if (user.status === "DEPROVISIONED" || found.has(user.id)) continue;
        found.set(user.id, appUser(user, "GROUP", assignment.lastUpdated, assignment.profile));
      }
    }
    return [...found.values()];
  }

  groupsOf(app: App): AppGroup[] {
    return [...(this.#entries.get(app.id)?.groups.values() ?? [])];
  }

  ofGroup(group: Group): App[] {
    return [...this.#entries.values()].filter(({ groups }) => groups.has(group.id)).map(({ app }) => app);
  }

  ofUser(user: User): App[] {
    return this.all().filter((app) => this.usersOf(app).some((assigned) => assigned.id === user.id));
  }

  assignUser(app: App, user: User, profile: JsonObject = {}, doer?: Doer): AppUser {
    const assigned = appUser(user, "USER", this.#org.timestamp(), profile);
    this.#entries.get(app.id)?.users.set(user.id, assigned);
    const note = { eventType: "application.user_membership.add", displayMessage: "Add user to application membership" };
    this.#org.log({ ...note, target: [userParty(user), appParty(app)] }, doer);
    return assigned;
  }

  /** Removes an assignment by hand. True when there was one. */
  unassignUser(app: App, user: User, doer?: Doer): boolean {
    if (!this.#entries.get(app.id)?.users.delete(user.id)) return false;
    const eventType = "application.user_membership.remove";
    const displayMessage = "Remove user's application membership";
    this.#org.log({ eventType, displayMessage, target: [userParty(user), appParty(app)] }, doer);
    return true;
  }

  assignGroup(app: App, group: Group, given: { priority?: number; profile?: JsonObject } = {}, doer?: Doer): AppGroup {
    const groups = this.#entries.get(app.id)?.groups;
    const priority = given.priority ?? groups?.get(group.id)?.priority ?? groups?.size ?? 0;
    const assigned = { id: group.id, lastUpdated: this.#org.timestamp(), priority, profile: given.profile ?? {} };
    groups?.set(group.id, assigned);
    const eventType = "group.application_assignment.add";
    const displayMessage = "Assign group to application";
    this.#org.log({ eventType, displayMessage, target: [groupParty(group), appParty(app)] }, doer);
    return assigned;
  }

  /** Removes an assignment of a group. True when there was one. */
  unassignGroup(app: App, group: Group, doer?: Doer): boolean {
    if (!this.#entries.get(app.id)?.groups.delete(group.id)) return false;
    const eventType = "group.application_assignment.remove";
    const displayMessage = "Remove group from application";
    this.#org.log({ eventType, displayMessage, target: [groupParty(group), appParty(app)] }, doer);
    return true;
  }

  /** Removes a user's assignments without an event. */
  forgetUser(userId: string): void {
    for (const { users } of this.#entries.values()) users.delete(userId);
  }

  /** Removes a group's assignments without an event. */
  forgetGroup(groupId: string): void {
    for (const { groups } of this.#entries.values()) groups.delete(groupId);
  }
}

function appUser(user: User, scope: AppUser["scope"], sinceIso: string, profile: JsonObject): AppUser {
  const { login = null, email = null, displayName = null } = user.profile;
  return {
    id: user.id,
    created: sinceIso,
    lastUpdated: sinceIso,
    statusChanged: sinceIso,
    scope,
    credentials: { userName: login },
    profile: { email, displayName, ...profile },
  };
}

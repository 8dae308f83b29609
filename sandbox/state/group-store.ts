import { applyGroupRules, invalidateRulesOf } from "./group-rules.js";
import { groupParty, userParty } from "./log-event.js";
import type { Doer, Group, GroupSource, GroupType, JsonObject, User } from "./model.js";
import type { OrgState } from "./org-state.js";

/** The properties of a new group. */
export interface NewGroup extends GroupSource {
  id?: string;
  type?: GroupType;
  objectClass?: string[];
  profile: JsonObject;
  /** Epoch milliseconds. */
  createdMs?: number | undefined;
}

interface Entry {
  group: Group;
  source: GroupSource;
  /** Ids of the members, in the order in which they joined. */
  members: Set<string>;
}

/** The groups of the org and their members. Every write succeeds and is logged. */
export class GroupStore {
  readonly #org: OrgState;
  readonly #entries = new Map<string, Entry>();

  constructor(org: OrgState) {
    this.#org = org;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** All groups, in the order in which they were added. */
  all(): Group[] {
    return [...this.#entries.values()].map(({ group }) => group);
  }

  get(id: string): Group | undefined {
    return this.#entries.get(id)?.group;
  }

  /** The rule or app that fills the group besides administrators; empty for a plain group. */
  sourceOf(group: Group): GroupSource {
    return this.#entries.get(group.id)?.source ?? {};
  }

  membersOf(group: Group): User[] {
    const ids = this.#entries.get(group.id)?.members ?? [];
    return [...ids].flatMap((id) => this.#org.users.get(id) ?? []);
  }

  isMember(group: Group, userId: string): boolean {
    return this.#entries.get(group.id)?.members.has(userId) ?? false;
  }

  ofUser(userId: string): Group[] {
    return this.all().filter((group) => this.isMember(group, userId));
  }

  add(given: NewGroup, doer?: Doer): Group {
    const { id, type, objectClass, profile, createdMs, ...source } = given;
    const created = this.#org.timestamp(createdMs);
    const group: Group = {
      id: id ?? this.#org.newId("00g"),
      created,
      lastUpdated: created,
      lastMembershipUpdated: created,
      objectClass: objectClass ?? ["okta:user_group"],
      type: type ?? "OKTA_GROUP",
      profile: { ...profile },
    };
    const everybody = group.type === "BUILT_IN" ? this.#org.users.all().map((user) => user.id) : [];
    this.#entries.set(group.id, { group, source, members: new Set(everybody) });
    this.#log(group, "group.lifecycle.create", "Okta group create", doer, createdMs);
    return group;
  }

  change(group: Group, profile: JsonObject, doer?: Doer): void {
    group.profile = profile;
    group.lastUpdated = this.#org.timestamp();
    this.#log(group, "group.profile.update", "Okta group update", doer);
    applyGroupRules(this.#org);
  }

  remove(group: Group, doer?: Doer): void {
    this.#entries.delete(group.id);
    this.#org.apps.forgetGroup(group.id);
    this.#log(group, "group.lifecycle.delete", "Okta group delete", doer);
    applyGroupRules(this.#org);
    invalidateRulesOf(this.#org, group.id);
  }

  addMember(group: Group, user: User, doer?: Doer): void {
    if (this.isMember(group, user.id)) return;
    this.#entries.get(group.id)?.members.add(user.id);
    this.#logMembership(group, user, "add", "Add user to group membership", doer);
    applyGroupRules(this.#org);
  }

  removeMember(group: Group, user: User, doer?: Doer): void {
    if (!this.#entries.get(group.id)?.members.delete(user.id)) return;
    this.#logMembership(group, user, "remove", "Remove user from group membership", doer);
    applyGroupRules(this.#org);
  }

  /** Removes the groups that an app brought to the org. */
  forgetApp(appId: string, doer?: Doer): void {
    for (const { group, source } of [...this.#entries.values()]) if (source.appId === appId) this.remove(group, doer);
  }

  /** Puts a new user into the groups of everybody. */
  joinBuiltIns(userId: string): void {
    for (const { group, members } of this.#entries.values()) {
      if (group.type === "BUILT_IN") members.add(userId);
    }
  }

  /** Takes a user out of the groups without an event. */
  forgetUser(userId: string, { keepBuiltIns }: { keepBuiltIns: boolean }): void {
    for (const { group, members } of this.#entries.values()) {
      if (!keepBuiltIns || group.type !== "BUILT_IN") members.delete(userId);
    }
  }

  #log(group: Group, eventType: string, displayMessage: string, doer?: Doer, publishedMs?: number): void {
    this.#org.log({ eventType, displayMessage, target: [groupParty(group)], publishedMs }, doer);
  }

  #logMembership(group: Group, user: User, change: "add" | "remove", displayMessage: string, doer?: Doer): void {
    group.lastMembershipUpdated = this.#org.timestamp();
    const target = [userParty(user), groupParty(group)];
    this.#org.log({ eventType: `group.user_membership.${change}`, displayMessage, target }, doer);
  }
}

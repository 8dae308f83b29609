import { applyGroupRules } from "./group-rules.js";
import { userParty } from "./log-event.js";
import type { Doer, JsonObject, LogNote, User, UserStatus } from "./model.js";
import type { OrgState } from "./org-state.js";

/** The one user type of the org. */
export const USER_TYPE_ID = "otySandboxDefault001";
/** The schema of that type. It has an id of its own. */
export const USER_SCHEMA_ID = "oscSandboxDefault001";

/** The properties of a new user. The others get a sensible value. */
export interface NewUser {
  id?: string;
  status?: UserStatus;
  /** `login` and `email` are made up where both are missing. */
  profile: JsonObject;
  /** In the form that Okta shows; see `User`. */
  credentials?: JsonObject;
  /** False where the user has to set a password. By default only a STAGED user has none. */
  hasPassword?: boolean;
  /** Epoch milliseconds. */
  createdMs?: number | undefined;
  /** Epoch milliseconds. */
  lastLoginMs?: number;
}

/** The users of the org. Every write succeeds, whatever Okta would say, and is logged. */
export class UserStore {
  readonly #org: OrgState;
  readonly #byId = new Map<string, User>();
  /** Ids by lower-case login. */
  readonly #idByLogin = new Map<string, string>();

  constructor(org: OrgState) {
    this.#org = org;
  }

  get size(): number {
    return this.#byId.size;
  }

  /** All users, in the order in which they were added. */
  all(): User[] {
    return [...this.#byId.values()];
  }

  get(id: string): User | undefined {
    return this.#byId.get(id);
  }

  /** A user by login, without regard to case. */
  findByLogin(login: string): User | undefined {
    return this.#byId.get(this.#idByLogin.get(login.toLowerCase()) ?? "");
  }

  /** A user by id, by login, or by the part of the login before the `@` where only one user has it. */
  find(idOrLogin: string): User | undefined {
    const wanted = idOrLogin.toLowerCase();
    const exact = this.#byId.get(idOrLogin) ?? this.findByLogin(idOrLogin);
    if (exact !== undefined || wanted.includes("@")) return exact;
    const [only, another] = this.all().filter((user) => loginKey(user).startsWith(`${wanted}@`));
    return another === undefined ? only : undefined;
  }

  add(given: NewUser, doer?: Doer): User {
    const status = given.status ?? "ACTIVE";
    const created = this.#org.timestamp(given.createdMs);
    const hasPassword = given.hasPassword ?? status !== "STAGED";
    const address = given.profile.login ?? given.profile.email ?? `user${this.size + 1}@example.com`;
    const user: User = {
      id: given.id ?? this.#org.newId("00u"),
      status,
      created,
      activated: status === "STAGED" ? null : created,
      statusChanged: status === "STAGED" ? null : created,
      lastLogin: given.lastLoginMs === undefined ? null : this.#org.timestamp(given.lastLoginMs),
      lastUpdated: created,
      passwordChanged: hasPassword ? created : null,
      type: { id: USER_TYPE_ID },
      profile: { login: address, email: address, ...given.profile },
      credentials: {
        ...(hasPassword && { password: {} }),
        provider: { type: "OKTA", name: "OKTA" },
        ...given.credentials,
      },
    };
    this.#byId.set(user.id, user);
    this.#idByLogin.set(loginKey(user), user.id);
    const note = {
      eventType: "user.lifecycle.create",
      displayMessage: "Create Okta user",
      publishedMs: given.createdMs,
    };
    this.#org.log({ ...note, target: [userParty(user)] }, doer);
    this.#org.groups.joinBuiltIns(user.id);
    applyGroupRules(this.#org);
    return user;
  }

  /** Replaces the given parts of a user, and updates `lastUpdated`. */
  change(user: User, changes: Partial<User>, note: LogNote, doer?: Doer): void {
    this.#idByLogin.delete(loginKey(user));
    Object.assign(user, changes, { lastUpdated: this.#org.timestamp() });
    this.#idByLogin.set(loginKey(user), user.id);
    this.#org.log({ target: [userParty(user)], ...note }, doer);
    applyGroupRules(this.#org);
  }

  /** Moves a user to another status. A deprovisioned user leaves its groups and apps, as at Okta. */
  setStatus(user: User, status: UserStatus, note: LogNote, doer?: Doer): void {
    const statusChanged = this.#org.timestamp();
    const activated = user.activated ?? (status === "STAGED" ? null : statusChanged);
    this.change(user, { status, statusChanged, activated }, note, doer);
    if (status !== "DEPROVISIONED") return;
    this.#org.groups.forgetUser(user.id, { keepBuiltIns: true });
    this.#org.apps.forgetUser(user.id);
  }

  remove(user: User, doer?: Doer): void {
    this.#byId.delete(user.id);
    this.#idByLogin.delete(loginKey(user));
    this.#org.groups.forgetUser(user.id, { keepBuiltIns: false });
    this.#org.apps.forgetUser(user.id);
    const note = { eventType: "user.lifecycle.delete.completed", displayMessage: "Delete Okta user" };
    this.#org.log({ ...note, target: [userParty(user)] }, doer);
  }
}

function loginKey(user: User): string {
  return String(user.profile.login).toLowerCase();
}

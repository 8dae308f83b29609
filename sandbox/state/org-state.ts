import type { App, Doer, Group, LogNote, User } from "./model.js";

/** The state of one area of the API, made on first use. An area is one constant of this type. */
export interface Area<T> {
  readonly name: string;
  create(org: OrgState): T;
}

/** The org from the view of its stores: their common parts, and the stores themselves. */
export interface OrgState {
  /** The origin of the sandbox, e.g. `http://127.0.0.1:8080`. */
  readonly origin: string;
  readonly name: string;
  readonly now: () => number;
  readonly users: { all(): User[]; get(id: string): User | undefined };
  readonly groups: {
    all(): Group[];
    get(id: string): Group | undefined;
    membersOf(group: Group): User[];
    isMember(group: Group, userId: string): boolean;
    ofUser(userId: string): Group[];
    addMember(group: Group, user: User, doer?: Doer): void;
    removeMember(group: Group, user: User, doer?: Doer): void;
    forgetApp(appId: string, doer?: Doer): void;
    joinBuiltIns(userId: string): void;
    forgetUser(userId: string, how: { keepBuiltIns: boolean }): void;
  };
  readonly apps: { all(): App[]; forgetUser(userId: string): void; forgetGroup(groupId: string): void };
  /** The state of one area; the same object every time. */
  area<T>(area: Area<T>): T;
  /** A time (epoch milliseconds; default the present) as Okta writes it. */
  timestamp(epochMs?: number): string;
  /** A new id of Okta's form: `prefix`, then letters and digits up to 20 characters. */
  newId(prefix: string): string;
  /** Appends an event to the system log. */
  log(note: LogNote, doer?: Doer): void;
}

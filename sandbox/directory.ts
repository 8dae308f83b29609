import type { SignInUser } from "./device-codes.js";
import type { GroupsClaim } from "./groups-claim.js";

/** The claims about a person by the scope that gives them (OpenID Connect Core, section 5.4). */
export interface PersonClaims {
  profile: Record<string, unknown>;
  email: Record<string, unknown>;
}

/** The people and assignments of an org, from the view of its authorization servers. */
export interface Directory {
  /** A person by login, whatever their status. */
  find(login: string): SignInUser | undefined;
  isActive(userId: string): boolean;
  /** True for a user who was deactivated or deleted. */
  isGone(userId: string): boolean;
  isLockedOut(userId: string): boolean;
  /** True for somebody who has the app, by hand or through a group. */
  isAssigned(userId: string, clientId: string): boolean;
  /** Some people who can sign in to the app, for the sign-in page. */
  suggestions(clientId: string): SignInUser[];
  claimsOf(userId: string): PersonClaims;
  /** An attribute of a person's profile; undefined where it has no value. */
  attributeOf(userId: string, name: string): unknown;
  /** The names or ids of a person's groups that pass the rule. */
  groupsOf(userId: string, claim: GroupsClaim): string[];
  /**
   * Makes a person a member of these groups, by name, and of no others; groups that are missing are made. `Everyone`
   * stays.
   * @throws RangeError when there is no such person
   */
  setGroups(login: string, names: readonly string[]): void;
  /** Marks a person's address as verified or not. */
  setEmailVerified(login: string, verified: boolean): void;
}

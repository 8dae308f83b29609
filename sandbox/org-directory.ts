import type { SignInUser } from "./device-codes.js";
import type { Directory } from "./directory.js";
import { passes } from "./groups-claim.js";
import type { Org } from "./org.js";
import { userParty } from "./state/log-event.js";
import type { User } from "./state/model.js";

/** The number of people that the sign-in page suggests. */
const SUGGESTIONS = 5;

/** A user in the form for tokens and pages. */
export function signInUser(user: User): SignInUser {
  const { id, alternateId, displayName } = userParty(user);
  return { id, login: alternateId, email: String(user.profile.email ?? alternateId), name: displayName };
}

/** The directory of `org`, read at each question. `firstLogin` is suggested first. */
export function orgDirectory(org: Org, firstLogin: string): Directory {
  const unverified = new Set<string>();

  function known(login: string): User {
    const user = org.users.findByLogin(login);
    if (user === undefined) throw new RangeError(`The org has nobody with the login ${login}.`);
    return user;
  }

  function assigned(clientId: string): User[] {
    const app = org.apps.get(clientId);
    if (app === undefined) return [];
    return org.apps.usersOf(app).flatMap(({ id }) => org.users.get(id) ?? []);
  }

  return {
    find(login) {
      const user = org.users.find(login.trim());
      return user && signInUser(user);
    },
    isActive: (userId) => org.users.get(userId)?.status === "ACTIVE",
    isGone: (userId) => (org.users.get(userId)?.status ?? "DEPROVISIONED") === "DEPROVISIONED",
    isLockedOut: (userId) => org.users.get(userId)?.status === "LOCKED_OUT",
    isAssigned: (userId, clientId) => assigned(clientId).some(({ id }) => id === userId),
    suggestions(clientId) {
      const active = assigned(clientId).filter(({ status }) => status === "ACTIVE");
      const first = active.filter(({ profile }) => profile.login === firstLogin);
      const others = active.filter((user) => !first.includes(user));
      return [...first, ...others].slice(0, SUGGESTIONS).map(signInUser);
    },
    claimsOf(userId) {
      const user = org.users.get(userId);
      if (user === undefined) return { profile: {}, email: {} };
      const { login, name, email } = signInUser(user);
      const { firstName, lastName, middleName, nickName, locale, timezone } = user.profile;
      const profile = {
        name,
        preferred_username: login,
        given_name: firstName,
        middle_name: middleName,
        family_name: lastName,
        nickname: nickName,
        locale: locale ?? "en_US",
        zoneinfo: timezone ?? "America/Los_Angeles",
        updated_at: Math.floor(Date.parse(user.lastUpdated) / 1000),
      };
      return { profile: given(profile), email: { email, email_verified: !unverified.has(userId) } };
    },
    attributeOf: (userId, name) => org.users.get(userId)?.profile[name] ?? undefined,
    groupsOf: (userId, claim) =>
      org.groups
        .ofUser(userId)
        .filter(({ profile }) => passes(claim, String(profile.name)))
        .map(({ id, profile }) => (claim.lists === "id" ? id : String(profile.name))),
    setGroups(login, names) {
      const user = known(login);
      for (const group of org.groups.ofUser(user.id)) {
        if (group.type !== "BUILT_IN" && !names.includes(String(group.profile.name))) {
          org.groups.removeMember(group, user);
        }
      }
      for (const name of names) {
        const group =
          org.groups.all().find(({ profile }) => profile.name === name) ?? org.groups.add({ profile: { name } });
        org.groups.addMember(group, user);
      }
    },
    setEmailVerified(login, verified) {
      if (verified) unverified.delete(known(login).id);
      else unverified.add(known(login).id);
    },
  };
}

/** The members of an object that have a value. */
function given(members: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined && value !== null));
}

import { ADMIN_LOGIN } from "../facts.js";
import type { Org } from "../org.js";
import { textAttribute } from "../profile-schema.js";
import type { Group, JsonObject, User } from "../state/model.js";
import { DEPARTMENTS, PROJECT_GROUPS } from "./company.js";

const DAY_MS = 24 * 60 * 60 * 1000;

/** Adds 25 groups: Everyone, one imported from the directory `directoryId`, the departments, and projects. */
export function formGroups(org: Org, directoryId: string): void {
  org.groupAttributes.set("kind", textAttribute("Kind", { description: "What the group is for" }));
  const everybody = org.users.all().filter((user) => user.status !== "DEPROVISIONED");
  add(org, { type: "BUILT_IN", profile: { name: "Everyone", description: "All users in your organization" } }, []);
  const engineers = everybody.filter((user) => user.profile.department === "Engineering");
  add(org, { type: "APP_GROUP", appId: directoryId, ...directoryGroup }, engineers);
  for (const { name } of DEPARTMENTS) {
    const members = everybody.filter((user) => user.profile.department === name);
    add(org, { profile: { name, description: `Everybody in ${name}`, kind: "department" } }, members);
  }
  for (const { name, description, share, rule } of PROJECT_GROUPS) {
    const members = everybody.filter((user) => belongs(name, user) || org.random.next() < share);
    const kind = name.startsWith("Project") ? "project" : "access";
    add(org, { profile: { name, description, kind }, ...(rule !== undefined && { rule }) }, members);
  }
}

const directoryGroup = {
  objectClass: ["okta:windows_security_principal"],
  profile: {
    name: "Domain Engineers",
    description: "Engineers of the plant domain",
    groupType: "Security",
    groupScope: "Global",
    samAccountName: "Domain Engineers",
    objectSid: "S-1-5-21-1004336348-1177238915-682003330-1117",
    dn: "CN=Domain Engineers,OU=Engineering,DC=plant,DC=acme-robotics,DC=example",
    windowsDomainQualifiedName: "PLANT\\Domain Engineers",
    externalId: "r1JpLZ0kQ0uOXx3sYb2c7w==",
  } satisfies JsonObject,
};

/** True where a person's profile puts the person into a group. */
function belongs(group: string, { profile }: User): boolean {
  switch (group) {
    case "Managers":
      return String(profile.title).startsWith("Head of") || String(profile.title).startsWith("Chief");
    case "Contractors":
      return profile.userType === "Contractor";
    case "Okta Administrators":
      return profile.login === ADMIN_LOGIN || profile.title === "Security Analyst";
    case "Break Glass":
      return profile.login === ADMIN_LOGIN;
    default:
      return false;
  }
}

function add(org: Org, given: Parameters<Org["groups"]["add"]>[0], members: User[]): void {
  const createdMs = org.now() - (200 + org.random.int(1000)) * DAY_MS;
  const group: Group = org.groups.add({ ...given, createdMs });
  for (const user of members) org.groups.addMember(group, user);
  group.lastMembershipUpdated = org.timestamp(org.now() - (1 + org.random.int(150)) * DAY_MS);
}

import type { Org } from "./org.js";
import {
  type Attribute,
  attributeFaults,
  EMAIL,
  type ProfileFault,
  profileSchema,
  textAttribute as text,
} from "./profile-schema.js";
import type { JsonObject } from "./state/model.js";
import { USER_TYPE_ID } from "./state/user-store.js";

/** The attributes of every Okta user, with the limits of schema `UserProfile`. */
const BASE_ATTRIBUTES: Readonly<Record<string, Attribute>> = {
  login: text("Username", { required: true, minLength: 5, maxLength: 100 }),
  firstName: text("First name", { required: true, minLength: 1, maxLength: 50 }),
  lastName: text("Last name", { required: true, minLength: 1, maxLength: 50 }),
  middleName: text("Middle name"),
  honorificPrefix: text("Honorific prefix"),
  honorificSuffix: text("Honorific suffix"),
  email: text("Primary email", { required: true, format: "email", minLength: 5, maxLength: 100 }),
  title: text("Title"),
  displayName: text("Display name"),
  nickName: text("Nickname"),
  profileUrl: text("Profile Url", { format: "uri" }),
  secondEmail: text("Secondary email", { format: "email", maxLength: 100 }),
  mobilePhone: text("Mobile phone", { maxLength: 100 }),
  primaryPhone: text("Primary phone", { maxLength: 100 }),
  streetAddress: text("Street address", { maxLength: 1024 }),
  city: text("City", { maxLength: 128 }),
  state: text("State", { maxLength: 128 }),
  zipCode: text("Zip code", { maxLength: 50 }),
  countryCode: text("Country code", { maxLength: 2, format: "country-code" }),
  postalAddress: text("Postal Address", { maxLength: 4096 }),
  preferredLanguage: text("Preferred language", { format: "language-code" }),
  locale: text("Locale", { format: "locale" }),
  timezone: text("Time zone", { format: "timezone" }),
  userType: text("User type"),
  employeeNumber: text("Employee number"),
  costCenter: text("Cost center"),
  organization: text("Organization"),
  division: text("Division"),
  department: text("Department"),
  managerId: text("ManagerId"),
  manager: text("Manager"),
};

const attributesOf = (org: Org) => ({ base: BASE_ATTRIBUTES, custom: org.customAttributes });

/**
 * Checks a profile against the org's schema and the logins in use, before it is stored.
 * @param ownId the user whose profile it is; undefined for a new one
 * @returns each attribute with a fault, and the reason in Okta's words
 */
export function profileFaults(org: Org, profile: JsonObject, ownId?: string): ProfileFault[] {
  const faults = attributeFaults(profile, "user", attributesOf(org));
  const found = (cause: string) => faults.push({ attribute: "login", cause });
  const { login } = profile;
  if (typeof login === "string") {
    if (!EMAIL.test(login)) found("Username must be in the form of an email address");
    const holder = org.users.findByLogin(login);
    if (holder !== undefined && holder.id !== ownId) {
      found("An object with this field already exists in the current organization");
    }
  }
  return faults;
}

/** The org's user schema, as Okta's operation `getUserSchema` answers it. */
export function userSchema(org: Org, schemaId: string): JsonObject {
  return profileSchema(
    {
      id: `${org.origin}/meta/schemas/user/${schemaId}`,
      name: "user",
      title: "User",
      description: "Okta user profile template with default permission settings",
    },
    attributesOf(org),
    {
      self: { rel: "self", href: `${org.origin}/api/v1/meta/schemas/user/${schemaId}`, method: "GET", name: "user" },
      type: { rel: "type", href: `${org.origin}/api/v1/meta/types/user/${USER_TYPE_ID}` },
    },
  );
}

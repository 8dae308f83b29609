import type { Searched } from "../tool.js";
/**
 * The attributes of every profile, without those that an org's schema adds (schemas `UserProfile`,
 * `OktaUserGroupProfile`).
 */
export const BASE_ATTRIBUTES = {
  user: [
    "login",
    "email",
    "secondEmail",
    "firstName",
    "lastName",
    "middleName",
    "honorificPrefix",
    "honorificSuffix",
    "displayName",
    "nickName",
    "profileUrl",
    "mobilePhone",
    "primaryPhone",
    "title",
    "userType",
    "organization",
    "division",
    "department",
    "costCenter",
    "employeeNumber",
    "manager",
    "managerId",
    "streetAddress",
    "city",
    "state",
    "zipCode",
    "countryCode",
    "postalAddress",
    "preferredLanguage",
    "locale",
    "timezone",
  ],
  group: ["name", "description"],
} as const satisfies Record<string, readonly string[]>;

/**
 * The attributes that `search` and `filter` of a list accept besides the profile, from the descriptions of these
 * parameters.
 */
export const OWN_ATTRIBUTES: Readonly<Record<Searched, readonly string[]>> = {
  user: ["id", "status", "created", "activated", "statusChanged", "lastUpdated", "type.id", "classification.type"],
  group: ["id", "type", "created", "lastUpdated", "lastMembershipUpdated", "source.id"],
  app: ["id", "status", "name", "credentials.signing.kid", "settings.slo.enabled", "user.id"],
};

/**
 * The attributes that the `filter` of a list accepts, from the descriptions of this parameter. Of users, all but
 * `lastUpdated` are compared with `eq` alone.
 */
export const FILTER_ATTRIBUTES: Readonly<Record<Searched, readonly string[]>> = {
  user: ["status", "lastUpdated", "id", "profile.login", "profile.email", "profile.firstName", "profile.lastName"],
  group: ["id", "type", "lastUpdated", "lastMembershipUpdated"],
  app: OWN_ATTRIBUTES.app,
};

/** The attributes in which `search` finds a part of a text with `co`, from Okta's documents. */
export const CONTAINS_ATTRIBUTES = {
  user: ["profile.firstName", "profile.lastName", "profile.email", "profile.login"],
  group: ["profile.name", "profile.description"],
} as const satisfies Partial<Record<Searched, readonly string[]>>;

/**
 * The values of attributes that have only a few: schemas `UserStatus`, `GroupType`, `ApplicationLifecycleStatus`. A
 * user is ACTIVATING for a moment, although Okta's document leaves that value out.
 */
export const OWN_VALUES: Readonly<Record<Searched, Readonly<Record<string, readonly string[]>>>> = {
  user: {
    status: [
      "STAGED",
      "PROVISIONED",
      "ACTIVE",
      "RECOVERY",
      "PASSWORD_EXPIRED",
      "LOCKED_OUT",
      "SUSPENDED",
      "DEPROVISIONED",
      "ACTIVATING",
    ],
  },
  group: { type: ["OKTA_GROUP", "APP_GROUP", "BUILT_IN"] },
  app: { status: ["ACTIVE", "INACTIVE", "DELETED"] },
};

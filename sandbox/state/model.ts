import type { Json } from "../../src/json/json.js";

export type JsonObject = { [key: string]: Json };

/** Schema `UserStatus` of the Management API document. */
export type UserStatus =
  | "STAGED"
  | "PROVISIONED"
  | "ACTIVE"
  | "RECOVERY"
  | "LOCKED_OUT"
  | "PASSWORD_EXPIRED"
  | "SUSPENDED"
  | "DEPROVISIONED";

/** A stored user. Times are ISO 8601; `_links` are made when it is shown. */
export interface User {
  id: string;
  status: UserStatus;
  created: string;
  activated: string | null;
  statusChanged: string | null;
  lastLogin: string | null;
  lastUpdated: string;
  passwordChanged: string | null;
  type: { id: string };
  profile: JsonObject;
  /** The credentials in the form that Okta shows: a password is an empty object, a recovery answer is absent. */
  credentials: JsonObject;
}

export type GroupType = "OKTA_GROUP" | "APP_GROUP" | "BUILT_IN";

export interface Group {
  id: string;
  created: string;
  lastUpdated: string;
  lastMembershipUpdated: string;
  objectClass: string[];
  type: GroupType;
  profile: JsonObject;
}

/** The source of a group's members besides an administrator. */
export interface GroupSource {
  /** The app that imports an APP_GROUP. */
  appId?: string;
  /** The name of the group rule that fills the group. */
  rule?: string;
}

/** A stored application: the object as it was sent, with Okta's additions. */
export interface App extends JsonObject {
  id: string;
  name: string;
  label: string;
  status: "ACTIVE" | "INACTIVE";
  created: string;
  lastUpdated: string;
}

export interface AppUser {
  id: string;
  created: string;
  lastUpdated: string;
  statusChanged: string;
  /** `USER` when assigned by hand, `GROUP` when through a group. */
  scope: "USER" | "GROUP";
  credentials: JsonObject;
  profile: JsonObject;
}

export interface AppGroup {
  id: string;
  lastUpdated: string;
  priority: number;
  profile: JsonObject;
}

/** An actor or a target of an event: schemas `LogActor` and `LogTarget`. */
export interface LogParty {
  id: string;
  type: string;
  alternateId: string;
  displayName: string;
  detailEntry: JsonObject | null;
}

/** The origin of a request: schema `LogClient`. */
export interface LogClient {
  userAgent: { rawUserAgent: string; os: string; browser: string } | null;
  zone: string | null;
  device: string | null;
  id: string | null;
  ipAddress: string | null;
  geographicalContext: JsonObject | null;
}

/** The actor of a write and the origin of its request. */
export interface Doer {
  actor: LogParty;
  client: LogClient;
}

/** The given parts of an event. The org adds the rest. */
export interface LogNote {
  eventType: string;
  displayMessage: string;
  severity?: "DEBUG" | "INFO" | "WARN" | "ERROR";
  outcome?: { result: "SUCCESS" | "FAILURE" | "ALLOW" | "DENY" | "CHALLENGE"; reason?: string };
  target?: LogParty[];
  debugData?: JsonObject;
  /** Epoch milliseconds; by default now. */
  publishedMs?: number | undefined;
  securityContext?: JsonObject;
}

/** Schema `LogEvent`, as Okta writes it. */
export interface LogEvent extends JsonObject {
  uuid: string;
  published: string;
  eventType: string;
}

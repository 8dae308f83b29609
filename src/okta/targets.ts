import { type Json, textAt } from "../json/json.js";
import type { Operations } from "./operations.js";
import { idsInPath } from "./path.js";
import { jsonBodyOf, type OktaRequest } from "./request.js";
import type { Scope } from "./scopes.js";

/** The kinds of objects that rules can protect, by the name of their list in a guard file. */
export const PROTECTED_KINDS = ["users", "groups", "apps", "policies"] as const;

export type ProtectedKind = (typeof PROTECTED_KINDS)[number];

/** Which kinds of objects rules protect, so that the others need not be read. */
export type IsProtected = (kind: ProtectedKind) => boolean;

/** An object that a write touches, as the call names it. */
export interface Target {
  /** A key of `TARGET_TYPES`. */
  type: TargetType;
  /** Its id; of a user also the login. */
  id: string;
}

/** An object that a call changes without naming it. */
export interface Touched extends Target {
  /** What becomes of it, as the end of a sentence: "loses the group Lab". */
  how: string;
  /** The object as the call has read it, so that it need not be read once more. */
  object?: Json | undefined;
}

/** What rules look at of an object. */
export interface Identity {
  id: string;
  /** A user's login; none for anything else. */
  logins: string[];
  names: string[];
}

/** How a kind of object is named by calls and requests, and read. */
interface TypeOfTarget {
  /** In a message. */
  word: string;
  /** The list of a guard file that is about it. */
  kind: ProtectedKind;
  /** The argument that names one; with an `s` behind, several. */
  argument: string;
  /** The path segment before its id. */
  collection: string;
  /** The scope that reading it needs. */
  scope: Scope;
  read(okta: Operations, id: string): Promise<Json | undefined>;
}

export const TARGET_TYPES = {
  user: {
    word: "user",
    kind: "users",
    argument: "user_id",
    collection: "users",
    scope: "okta.users.read",
    read: (okta, userId) => okta.users.getUser({ userId }),
  },
  group: {
    word: "group",
    kind: "groups",
    argument: "group_id",
    collection: "groups",
    scope: "okta.groups.read",
    read: (okta, groupId) => okta.groups.getGroup({ groupId }),
  },
  app: {
    word: "application",
    kind: "apps",
    argument: "app_id",
    collection: "apps",
    scope: "okta.apps.read",
    read: (okta, appId) => okta.applications.getApplication({ appId }),
  },
  policy: {
    word: "policy",
    kind: "policies",
    argument: "policy_id",
    collection: "policies",
    scope: "okta.policies.read",
    read: (okta, policyId) => okta.policies.getPolicy({ policyId }),
  },
  deviceAssurance: {
    word: "device assurance policy",
    kind: "policies",
    argument: "device_assurance_id",
    collection: "device-assurances",
    scope: "okta.deviceAssurance.read",
    read: (okta, deviceAssuranceId) => okta.deviceAssurance.getDeviceAssurancePolicy({ deviceAssuranceId }),
  },
} as const satisfies Record<string, TypeOfTarget>;

export type TargetType = keyof typeof TARGET_TYPES;

const TYPES = Object.keys(TARGET_TYPES) as TargetType[];

function strings(value: unknown): string[] {
  return [value].flat().filter((item) => typeof item === "string");
}

/** True for one of Okta's ids of users; a login, or the part of one before the @, can stand in the same place. */
export function isUserId(text: string): boolean {
  return /^00u[0-9A-Za-z]{17}$/.test(text);
}

/** The ids that stand under an argument's name, or, with an `s` behind, under that of its list. */
export function idsUnder(args: Readonly<Record<string, unknown>>, argument: string): string[] {
  return [args[argument], args[`${argument}s`]].flatMap(strings);
}

/** What the arguments of a call name; the names of arguments are the same in every tool. */
export function targetsOfArguments(args: Readonly<Record<string, unknown>>): Target[] {
  return TYPES.flatMap((type) => idsUnder(args, TARGET_TYPES[type].argument).map((id) => ({ type, id })));
}

/** What a request to Okta names: by its path, and the groups that a new user comes into. */
export function targetsOfRequest(request: OktaRequest): Target[] {
  const inPath = idsInPath(request).flatMap(({ segment, id }): Target[] => {
    const type = TYPES.find((name) => TARGET_TYPES[name].collection === segment);
    return type ? [{ type, id }] : [];
  });
  const json = jsonBodyOf(request);
  const groupIds = typeof json === "object" && json !== null && "groupIds" in json ? strings(json.groupIds) : [];
  return [...inPath, ...groupIds.map((id): Target => ({ type: "group", id }))];
}

/** What rules look at of an object as Okta sent it. */
export function identityOf(type: TargetType, json: Json | undefined): Identity {
  const id = textAt(json, "id");
  const profile = (name: string) => textAt(json, "profile", name);
  const { logins, names } =
    type === "user"
      ? {
          logins: [profile("login")],
          names: [`${profile("firstName")} ${profile("lastName")}`.trim(), profile("displayName")],
        }
      : {
          logins: [],
          names: [{ group: profile("name"), app: textAt(json, "label") }[type as string] ?? textAt(json, "name")],
        };
  return { id, logins: logins.filter(Boolean), names: names.filter(Boolean) };
}

import { type Json, textAt } from "../json/json.js";
import type { Scope } from "./scopes.js";

/** The kinds of objects that rules can protect, by their names in a guard file. */
export const PROTECTED_KINDS = ["users", "groups", "apps", "policies"] as const;

export type ProtectedKind = (typeof PROTECTED_KINDS)[number];

/** The keys from an object to a value in it. */
type Path = readonly string[];

/** The names of one kind of object in calls, paths, ids, messages and rules. */
export interface ObjectType {
  /** The kind in a message, e.g. "application". */
  word: string;
  /** The argument that names one object; with an `s` behind, several. The name is the same in every tool. */
  argument?: string;
  /** The segments of a path before an object's id; `{}` stands for the id of another object, e.g. `policies/{}/rules`. */
  collection?: string;
  /** The first characters of this kind's ids. Several kinds share some of them. */
  idPrefixes?: readonly string[];
  /** The paths of the names by which people know an object. */
  name?: Path;
  /** The scope that reading one takes. */
  scope?: Scope;
  /** The arguments that name the objects which this one stands within, the outermost first. */
  within?: readonly string[];
  /** The list of a guard file that protects objects of this kind. */
  protectedBy?: ProtectedKind;
}

/**
 * Every kind of object that tools, paths and messages know. Who looks for an object's name without knowing its
 * kind tries the names in this order.
 */
const TYPES = {
  user: {
    word: "user",
    argument: "user_id",
    collection: "users",
    idPrefixes: ["00u"],
    name: ["profile", "login"],
    scope: "okta.users.read",
    protectedBy: "users",
  },
  group: {
    word: "group",
    argument: "group_id",
    collection: "groups",
    idPrefixes: ["00g"],
    name: ["profile", "name"],
    scope: "okta.groups.read",
    protectedBy: "groups",
  },
  app: {
    word: "application",
    argument: "app_id",
    collection: "apps",
    idPrefixes: ["0oa"],
    name: ["label"],
    scope: "okta.apps.read",
    protectedBy: "apps",
  },
  policy: {
    word: "policy",
    argument: "policy_id",
    collection: "policies",
    idPrefixes: ["00p", "rst"],
    name: ["name"],
    scope: "okta.policies.read",
    protectedBy: "policies",
  },
  policyRule: {
    word: "policy rule",
    argument: "rule_id",
    collection: "policies/{}/rules",
    idPrefixes: ["0pr", "rul"],
    name: ["name"],
    scope: "okta.policies.read",
    within: ["policy_id"],
  },
  groupRule: { word: "group rule", collection: "groups/rules", idPrefixes: ["0pr"], name: ["name"] },
  deviceAssurance: {
    word: "device assurance policy",
    argument: "device_assurance_id",
    collection: "device-assurances",
    idPrefixes: ["dae"],
    name: ["name"],
    scope: "okta.deviceAssurance.read",
    protectedBy: "policies",
  },
  brand: {
    word: "brand",
    argument: "brand_id",
    collection: "brands",
    idPrefixes: ["bnd"],
    name: ["name"],
    scope: "okta.brands.read",
  },
  theme: {
    word: "theme",
    argument: "theme_id",
    collection: "themes",
    idPrefixes: ["thd"],
    scope: "okta.brands.read",
    within: ["brand_id"],
  },
  customDomain: {
    word: "custom domain",
    argument: "domain_id",
    collection: "domains",
    idPrefixes: ["OcD"],
    name: ["domain"],
    scope: "okta.domains.read",
  },
  emailDomain: {
    word: "email domain",
    argument: "email_domain_id",
    collection: "email-domains",
    idPrefixes: ["OeD"],
    name: ["domain"],
    scope: "okta.emailDomains.read",
  },
  emailTemplate: {
    word: "email template",
    argument: "template_name",
    collection: "templates/email",
    name: ["name"],
    scope: "okta.templates.read",
    within: ["brand_id"],
  },
  emailCustomization: {
    word: "email customization",
    argument: "customization_id",
    collection: "customizations",
    idPrefixes: ["oel"],
    name: ["language"],
    scope: "okta.templates.read",
    within: ["brand_id", "template_name"],
  },
  userSchema: {
    word: "schema",
    argument: "schema_id",
    collection: "schemas/user",
    idPrefixes: ["osc"],
    name: ["title"],
    scope: "okta.schemas.read",
  },
  userType: { word: "user type", collection: "types/user", idPrefixes: ["oty"], name: ["displayName"] },
  realm: {
    word: "realm",
    argument: "realm_id",
    collection: "realms",
    idPrefixes: ["guo"],
    name: ["profile", "name"],
  },
  device: { word: "device", collection: "devices", idPrefixes: ["guo"] },
  networkZone: { word: "network zone", collection: "zones", idPrefixes: ["nzo"], name: ["name"] },
  authenticator: { word: "authenticator", collection: "authenticators", idPrefixes: ["aut"], name: ["name"] },
  authorizationServer: {
    word: "authorization server",
    argument: "resource_id",
    collection: "authorizationServers",
    idPrefixes: ["aus"],
    name: ["name"],
  },
  logEvent: { word: "log event", scope: "okta.logs.read" },
  // The journal of this server keeps changes; Okta has no such object.
  change: { word: "change", argument: "change_id" },
} as const satisfies Readonly<Record<string, ObjectType>>;

/** A kind of object, by its key in the table. */
export type ObjectKind = keyof typeof TYPES;

/** The table of all kinds of objects. */
export const OBJECTS: Readonly<Record<ObjectKind, ObjectType>> = TYPES;

/** The kinds of objects in the order of the table. */
export const OBJECT_KINDS = Object.keys(OBJECTS) as ObjectKind[];

/** A kind of object that a rule of a guard file can protect. */
export type ProtectableKind = {
  [Kind in ObjectKind]: (typeof TYPES)[Kind] extends { protectedBy: ProtectedKind } ? Kind : never;
}[ObjectKind];

/** The rows of the table that a rule of a guard file can protect. */
export const PROTECTABLE: Readonly<
  Record<ProtectableKind, Required<Pick<ObjectType, "word" | "argument" | "scope" | "protectedBy">>>
> = TYPES;

/** True for a kind of object that a rule of a guard file can protect. */
export function isProtectable(kind: ObjectKind): kind is ProtectableKind {
  return OBJECTS[kind].protectedBy !== undefined;
}

/** The places where objects say what people call them, each place once. */
export const NAME_PATHS: readonly Path[] = [
  ...new Map(
    Object.values(OBJECTS).flatMap(({ name }) => (name === undefined ? [] : [[name.join("."), name] as const])),
  ).values(),
];

/**
 * The name of an object; undefined where the object has none of the usual names.
 * @param kind its kind, where that is known: a field that names objects of other kinds then does not stand in for its own
 */
export function nameOf(object: Json | undefined, kind?: ObjectKind): string | undefined {
  const own = kind && OBJECTS[kind].name;
  for (const path of own === undefined ? NAME_PATHS : [own, ...NAME_PATHS]) {
    const name = textAt(object, ...path);
    if (name !== "") return name;
  }
  return undefined;
}

const BY_ARGUMENT: ReadonlyMap<string, ObjectKind> = new Map(
  OBJECT_KINDS.flatMap((kind) => {
    const { argument } = OBJECTS[kind];
    return argument === undefined ? [] : [[argument, kind] as const];
  }),
);

/** The kind of object that an argument of this name names; undefined for every other argument. */
export function kindOfArgument(argument: string): ObjectKind | undefined {
  return BY_ARGUMENT.get(argument);
}

/** The arguments of a call that say where an object is: ids, and the names that stand for ids. */
export function idsIn(args: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(args).filter(([name]) => name.endsWith("_id") || BY_ARGUMENT.has(name)));
}

/**
 * The kind of object whose id follows a part of a path; undefined where the table has none.
 * @param before the path up to the id, `{}` in place of each id in it, e.g. `/api/v1/policies/{}/rules`
 */
export function kindAfter(before: string): ObjectKind | undefined {
  const length = (kind: ObjectKind) => OBJECTS[kind].collection?.length ?? 0;
  const fitting = OBJECT_KINDS.filter((kind) => length(kind) > 0 && before.endsWith(`/${OBJECTS[kind].collection}`));
  return fitting.sort((one, other) => length(other) - length(one))[0];
}

/** The kind of object that a path template is about, whether or not it names one; undefined where the table has none. */
export function innermostKind(template: string): ObjectKind | undefined {
  const segments = template.replace(/\{\w+\}/g, "{}").split("/");
  const kinds = segments.map((_, index) => kindAfter(segments.slice(0, index + 1).join("/")));
  return kinds.findLast((kind) => kind !== undefined);
}

const OKTA_ID = /^[0-9A-Za-z]{20}$/;

/** The kinds of objects that an id of Okta's can be of, by its first characters; none where they tell nothing. */
export function kindsOfId(id: string): ObjectKind[] {
  if (!OKTA_ID.test(id)) return [];
  return OBJECT_KINDS.filter((kind) => OBJECTS[kind].idPrefixes?.some((prefix) => id.startsWith(prefix)));
}

import { isExactNumber } from "../src/json/exact-json.js";
import type { Json } from "../src/json/json.js";
import { invalid } from "./okta-error.js";
import type { JsonObject } from "./state/model.js";

/** A profile attribute in the form of schemas `UserSchemaAttribute` and `GroupSchemaAttribute` of the Management API document. */
export type Attribute = JsonObject;

/** An attribute of type string that an admin may write. */
export const textAttribute = (title: string, more: Attribute = {}): Attribute => ({
  title,
  type: "string",
  required: false,
  mutability: "READ_WRITE",
  scope: "NONE",
  ...more,
  permissions: [{ principal: "SELF", action: "READ_ONLY" }],
  master: { type: "PROFILE_MASTER" },
});

export const EMAIL = /^[^\s@]+@[^\s@][^\s@.]*\.[^\s@]+$/;

/** The attributes of a kind of profile: those of every org, and the org's own. */
export interface OrgAttributes {
  base: Readonly<Record<string, Attribute>>;
  custom: ReadonlyMap<string, Attribute>;
}

/** A schema as Okta's operations `getUserSchema` and `getGroupSchema` answer it. */
export function profileSchema(
  { id, name, title, description }: { id: string; name: string; title: string; description: string },
  { base, custom }: OrgAttributes,
  _links: JsonObject,
): JsonObject {
  return {
    id,
    $schema: "http://json-schema.org/draft-04/schema#",
    name,
    title,
    description,
    lastUpdated: "2024-03-01T09:00:00.000Z",
    created: "2021-09-01T09:00:00.000Z",
    definitions: { base: definition("#base", Object.entries(base)), custom: definition("#custom", [...custom]) },
    type: "object",
    properties: { profile: { allOf: [{ $ref: "#/definitions/custom" }, { $ref: "#/definitions/base" }] } },
    _links,
  };
}

function definition(id: string, attributes: readonly (readonly [name: string, attribute: Attribute])[]): JsonObject {
  const required = attributes.filter(([, attribute]) => attribute.required === true).map(([name]) => name);
  return { id, type: "object", properties: Object.fromEntries(attributes), required };
}

/** The fault of a value in Okta's words; undefined where it has none. */
function faultOf(attribute: Attribute, value: Json): string | undefined {
  const { type, minLength, maxLength, format } = attribute;
  const allowed = attribute.enum;
  if (!isOfType(type, value)) return `The value must be of type ${String(type)}`;
  if (Array.isArray(allowed) && !allowed.includes(value)) return `The value must be one of ${allowed.join(", ")}`;
  if (typeof value !== "string") return undefined;
  if (typeof minLength === "number" && value.length < minLength) return `The field is too short: at least ${minLength}`;
  if (typeof maxLength === "number" && value.length > maxLength) return "The field is too long";
  if (format === "email" && !EMAIL.test(value)) return "Does not match required pattern";
  return undefined;
}

/** True for a whole number of 64 bits, the range of Okta's integers. */
function isLong(digits: string): boolean {
  return /^-?\d+$/.test(digits) && BigInt.asIntN(64, BigInt(digits)) === BigInt(digits);
}

function isOfType(type: Json | undefined, value: Json): boolean {
  switch (type) {
    case "array":
      return Array.isArray(value);
    case "integer":
      return Number.isInteger(value) || (isExactNumber(value) && isLong(value.value));
    case "number":
      return typeof value === "number" || isExactNumber(value);
    case "boolean":
      return typeof value === type;
    default:
      return typeof value === "string";
  }
}

/** An attribute with a fault, and the reason in Okta's words. */
export interface ProfileFault {
  attribute: string;
  cause: string;
}

/** Checks a profile against the attributes of the org's schema, before it is stored. */
export function attributeFaults(
  profile: JsonObject,
  kind: "user" | "group",
  { base, custom }: OrgAttributes,
): ProfileFault[] {
  const faults: ProfileFault[] = [];
  const found = (attribute: string, cause: string) => faults.push({ attribute, cause });
  for (const [name, attribute] of [...Object.entries(base), ...custom]) {
    const value = profile[name];
    if (value === undefined || value === null || value === "") {
      if (attribute.required === true) found(name, "The field cannot be left blank");
      continue;
    }
    const fault = faultOf(attribute, value);
    if (fault !== undefined) found(name, fault);
  }
  for (const name of Object.keys(profile)) {
    if (!Object.hasOwn(base, name) && !custom.has(name)) {
      found(name, `The attribute is not defined in the ${kind} schema`);
    }
  }
  return faults;
}

/** @throws OktaRefusal 400 E0000001 that names every attribute with a fault */
export function refuseFaults(faults: readonly ProfileFault[]): void {
  const [first] = faults;
  if (first !== undefined)
    throw invalid(first.attribute, ...faults.map(({ attribute, cause }) => `${attribute}: ${cause}`));
}

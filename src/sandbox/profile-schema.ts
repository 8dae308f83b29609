import { isExactNumber } from "../exact-json.js";
import type { Json } from "../okta/request.js";
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

export const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/** What is wrong with a value, as Okta words it; undefined where nothing is. */
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

/** True for a whole number of 64 bits, which is what Okta's integers are. */
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

/** An attribute at fault, and why, in Okta's words. */
export interface ProfileFault {
  attribute: string;
  cause: string;
}

/** Checks a profile that is to be stored against the attributes of the org's schema. */
export function attributeFaults(
  profile: JsonObject,
  kind: "user" | "group",
  base: Readonly<Record<string, Attribute>>,
  custom: ReadonlyMap<string, Attribute>,
): ProfileFault[] {
  const faults: ProfileFault[] = [];
  const found = (attribute: string, cause: string) => faults.push({ attribute, cause: `${attribute}: ${cause}` });
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

/** @throws OktaRefusal 400 E0000001 that names every attribute at fault */
export function refuseFaults(faults: readonly ProfileFault[]): void {
  const [first] = faults;
  if (first !== undefined) throw invalid(first.attribute, ...faults.map(({ cause }) => cause));
}

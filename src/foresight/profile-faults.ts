import { OktaMcpError } from "../errors/index.js";
import { isExactNumber } from "../json/exact-json.js";
import type { Json, JsonObject } from "../json/json.js";
import type { ToolFor } from "../okta/purpose.js";
import { hint, nearest } from "../text/nearest.js";
import { visibleStart } from "../text/quote.js";
import type { ProfileCheck, ProfileKind } from "../tool.js";
import {
  attributesListedBy,
  type ProfileAttribute,
  type ProfileAttributes,
  type ProfileSchemas,
  type SchemaReader,
} from "./profile-schemas.js";

/** The most faults that one error names. */
const MAX_TOLD = 20;

function isOfType(type: string | undefined, value: Json): boolean {
  if (type === "array") return Array.isArray(value);
  // Okta's integers have 64 bits, which JavaScript's numbers do not hold.
  if (type === "integer") return Number.isInteger(value) || (isExactNumber(value) && /^-?\d+$/.test(value.value));
  if (type === "number" && isExactNumber(value)) return true;
  if (type === "string" || type === "number" || type === "boolean") return typeof value === type;
  return true;
}

/** The fault of a value, as the end of a sentence; undefined where it has none. */
function faultOf({ type, values, minLength = 0, maxLength = Number.POSITIVE_INFINITY }: ProfileAttribute, value: Json) {
  if (!isOfType(type, value)) return `has to be of type ${type}`;
  if (values && !Array.isArray(value) && !values.includes(value))
    return `has to be one of ${values
      .slice(0, MAX_TOLD)
      .map((one) => visibleStart(String(one)))
      .join(", ")}`;
  if (typeof value !== "string") return undefined;
  if (value.length < minLength) return `has to have at least ${minLength} characters`;
  if (value.length > maxLength) return `has to have at most ${maxLength} characters`;
  return undefined;
}

/** The advice for a profile with faults. No tool lists the attributes of a group's profile. */
function fixFor(kind: ProfileKind, attributes: ProfileAttributes, toolFor: ToolFor): string {
  if (kind === "user") return `Correct the profile${attributesListedBy(toolFor)}.`;
  const names = [...attributes.keys()];
  const more = names.length > MAX_TOLD ? ` and ${names.length - MAX_TOLD} more` : "";
  return `Correct the profile; a group's profile can have ${names
    .slice(0, MAX_TOLD)
    .map((name) => visibleStart(name))
    .join(", ")}${more}.`;
}

/**
 * Checks the profile of a user, or of one of Okta's own groups, against the org's schema.
 * @returns a sentence for everything that could not be checked
 * @throws OktaMcpError bad_input that names every fault, as the call itself would fail
 */
export async function checkProfile(
  kind: ProfileKind,
  profile: JsonObject,
  { whole, schemaId }: ProfileCheck,
  schemas: ProfileSchemas,
  reader: SchemaReader,
): Promise<string[]> {
  const { attributes, unknown } = await schemas.read(kind, reader, { schemaId, names: Object.keys(profile) });
  if (unknown !== undefined) return [`The profile's attributes were not checked: ${unknown}.`];
  const faults: string[] = [];
  for (const [name, value] of Object.entries(profile)) {
    const attribute = attributes.get(name);
    if (attribute === undefined) {
      const guess = nearest(name, attributes.keys());
      faults.push(`there is no attribute ${visibleStart(name)}${hint(guess && visibleStart(guess))}`);
      continue;
    }
    const isEmpty = value === null || value === "";
    if (attribute.readOnly) faults.push(`${visibleStart(name)} is read-only`);
    else if (isEmpty && attribute.required) faults.push(`${visibleStart(name)} cannot be empty`);
    const fault = isEmpty ? undefined : faultOf(attribute, value);
    if (fault !== undefined) faults.push(`${visibleStart(name)} ${fault}`);
  }
  if (whole) {
    for (const [name, { required }] of attributes)
      if (required && !Object.hasOwn(profile, name)) faults.push(`${visibleStart(name)} is missing`);
  }
  if (faults.length === 0) return [];
  const told = faults.slice(0, MAX_TOLD).join("; ");
  throw new OktaMcpError("bad_input", `Okta would refuse this profile: ${told}.`, {
    fix: fixFor(kind, attributes, reader.toolFor),
    namesNoObject: true,
  });
}

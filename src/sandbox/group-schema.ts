import type { Org } from "./org.js";
import { attributeFaults, type ProfileFault, textAttribute } from "./profile-schema.js";
import type { JsonObject } from "./state/model.js";

/** The attributes of every group, in the form of schema `GroupSchemaAttribute` of the Management API document. */
const BASE_ATTRIBUTES: Readonly<Record<string, JsonObject>> = {
  name: textAttribute("Name", { description: "Name", required: true, minLength: 1, maxLength: 255 }),
  description: textAttribute("Description", { description: "Description", required: false, maxLength: 1024 }),
};

/** @returns what Okta has against a profile of one of its own groups */
export function groupProfileFaults(org: Org, profile: JsonObject): ProfileFault[] {
  return attributeFaults(profile, "group", BASE_ATTRIBUTES, org.groupAttributes);
}

/** The org's group schema, as Okta's operation `getGroupSchema` answers it. */
export function groupSchema(org: Org): JsonObject {
  return {
    id: `${org.origin}/meta/schemas/group/default`,
    $schema: "http://json-schema.org/draft-04/schema#",
    name: "group",
    title: "Okta group",
    description: "Okta group profile template",
    lastUpdated: "2024-03-01T09:00:00.000Z",
    created: "2021-09-01T09:00:00.000Z",
    definitions: {
      base: { id: "#base", type: "object", properties: { ...BASE_ATTRIBUTES }, required: ["name"] },
      custom: {
        id: "#custom",
        type: "object",
        properties: Object.fromEntries(org.groupAttributes),
        required: [...org.groupAttributes].flatMap(([name, { required }]) => (required === true ? [name] : [])),
      },
    },
    type: "object",
    properties: { profile: { allOf: [{ $ref: "#/definitions/custom" }, { $ref: "#/definitions/base" }] } },
    _links: { self: { rel: "self", href: `${org.origin}/api/v1/meta/schemas/group/default`, method: "GET" } },
  };
}

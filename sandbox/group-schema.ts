import type { Org } from "./org.js";
import { attributeFaults, type ProfileFault, profileSchema, textAttribute } from "./profile-schema.js";
import type { JsonObject } from "./state/model.js";

/** The attributes of every group, in the form of schema `GroupSchemaAttribute` of the Management API document. */
const BASE_ATTRIBUTES: Readonly<Record<string, JsonObject>> = {
  name: textAttribute("Name", { description: "Name", required: true, minLength: 1, maxLength: 255 }),
  description: textAttribute("Description", { description: "Description", required: false, maxLength: 1024 }),
};

const attributesOf = (org: Org) => ({ base: BASE_ATTRIBUTES, custom: org.groupAttributes });

/** @returns Okta's objections to a profile of one of its own groups */
export function groupProfileFaults(org: Org, profile: JsonObject): ProfileFault[] {
  return attributeFaults(profile, "group", attributesOf(org));
}

/** The org's group schema, as Okta's operation `getGroupSchema` answers it. */
export function groupSchema(org: Org): JsonObject {
  return profileSchema(
    {
      id: `${org.origin}/meta/schemas/group/default`,
      name: "group",
      title: "Okta group",
      description: "Okta group profile template",
    },
    attributesOf(org),
    { self: { rel: "self", href: `${org.origin}/api/v1/meta/schemas/group/default`, method: "GET" } },
  );
}

import { groupSchema } from "../group-schema.js";
import { notFound } from "../okta-error.js";
import type { Org } from "../org.js";
import type { Route } from "../route.js";
import { USER_SCHEMA_ID } from "../state/user-store.js";
import { userSchema } from "../user-schema.js";

/** The profile schemas of users and groups. There is one user type, so there is one schema of users. */
export function schemaRoutes(org: Org): Route[] {
  return [
    {
      method: "GET",
      template: "/api/v1/meta/schemas/user/{schemaId}",
      scope: "okta.schemas.read",
      handle({ params }) {
        const schemaId = params.schemaId ?? "";
        if (schemaId !== "default" && schemaId !== USER_SCHEMA_ID) throw notFound(schemaId, "UserSchema");
        return { status: 200, json: userSchema(org, schemaId) };
      },
    },
    {
      method: "GET",
      template: "/api/v1/meta/schemas/group/default",
      scope: "okta.schemas.read",
      handle: () => ({ status: 200, json: groupSchema(org) }),
    },
  ];
}

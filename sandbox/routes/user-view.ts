import { isObject } from "../json.js";
import { invalid } from "../okta-error.js";
import type { Org } from "../org.js";
import type { JsonObject, User, UserStatus } from "../state/model.js";
import { USER_SCHEMA_ID, USER_TYPE_ID } from "../state/user-store.js";
import { href } from "./shared.js";

/** The lifecycle operations to which Okta links, by status. */
const LIFECYCLE_LINKS: Record<UserStatus, readonly string[]> = {
  STAGED: ["activate", "deactivate"],
  PROVISIONED: ["reactivate", "deactivate"],
  ACTIVE: ["suspend", "resetPassword", "expirePassword", "deactivate"],
  RECOVERY: ["reactivate", "resetPassword", "deactivate"],
  LOCKED_OUT: ["unlock", "resetPassword", "deactivate"],
  PASSWORD_EXPIRED: ["resetPassword", "deactivate"],
  SUSPENDED: ["unsuspend", "deactivate"],
  DEPROVISIONED: ["activate"],
};

/** A user in the form for a list, with only its own link. */
export function listedUser(org: Org, user: User): JsonObject {
  return { ...user, _links: { self: href(org, `/api/v1/users/${user.id}`) } };
}

/** A user in the form for a single user, with links to all operations that are possible now. */
export function fullUser(org: Org, user: User): JsonObject {
  const path = `/api/v1/users/${user.id}`;
  const lifecycle = LIFECYCLE_LINKS[user.status].map((name) => {
    const operation = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    return [name, href(org, `${path}/lifecycle/${operation}`, "POST")];
  });
  return {
    ...user,
    _links: {
      ...Object.fromEntries(lifecycle),
      schema: href(org, `/api/v1/meta/schemas/user/${USER_SCHEMA_ID}`),
      type: href(org, `/api/v1/meta/types/user/${USER_TYPE_ID}`),
      self: href(org, path),
    },
  };
}

/**
 * The projection of the `fields` parameter of `listUsers`, e.g. `id,status,profile:(firstName,city)`. The id is always
 * there.
 * @throws OktaRefusal 400 E0000001 when it cannot be read
 */
export function projection(fields: string): (user: JsonObject) => JsonObject {
  const parts = fields.match(/[^,()\s]+(?:\s*\([^()]*\))?/g) ?? [];
  const top = new Set(["id"]);
  let profile: Set<string> | undefined;
  for (const part of parts) {
    const [, name = part, inner] = /^(\w+):?\s*(?:\(([^()]*)\))?$/.exec(part) ?? [];
    if (!/^\w+$/.test(name) || (inner !== undefined && name !== "profile")) {
      throw invalid("fields", `fields: "${part.slice(0, 50)}" cannot be read.`);
    }
    top.add(name);
    if (inner !== undefined) profile = new Set(inner.split(",").map((attribute) => attribute.trim()));
  }
  return (user) => {
    const kept = only(user, top);
    const { profile: attributes } = kept;
    const partial = profile !== undefined && isObject(attributes);
    return partial ? { ...kept, profile: only(attributes, profile ?? new Set()) } : kept;
  };
}

function only(object: JsonObject, names: ReadonlySet<string>): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => names.has(name)));
}

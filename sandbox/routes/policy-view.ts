import type { Org } from "../org.js";
import { kindOf } from "../policy-types.js";
import type { JsonObject } from "../state/model.js";
import type { Policy, PolicyRule } from "../state/policy-store.js";

/** A policy in Okta's form: the whole object as it was sent, with links to its operations. */
export function shownPolicy(org: Org, policy: Policy): JsonObject {
  const path = `/api/v1/policies/${policy.id}`;
  const { ofApps, fixedRules } = kindOf(policy.type);
  return {
    ...policy,
    _links: {
      ...ownLinks(org, path, policy),
      rules: linkTo(org, `${path}/rules`, fixedRules ? ["GET"] : ["GET", "POST"]),
      ...(ofApps && { mappings: linkTo(org, `${path}/mappings`, ["GET", "POST"]) }),
    },
  };
}

/** A rule in Okta's form. */
export function shownRule(org: Org, policy: Policy, rule: PolicyRule): JsonObject {
  return { ...rule, _links: ownLinks(org, `/api/v1/policies/${policy.id}/rules/${rule.id}`, rule) };
}

function ownLinks(org: Org, path: string, object: Policy): JsonObject {
  if (object.system) return { self: linkTo(org, path, ["GET", "PUT"]) };
  const turn = object.status === "ACTIVE" ? "deactivate" : "activate";
  return {
    self: linkTo(org, path, ["GET", "PUT", "DELETE"]),
    [turn]: linkTo(org, `${path}/lifecycle/${turn}`, ["POST"]),
  };
}

/** A link with its methods (schema `HrefObject`). */
function linkTo(org: Org, path: string, allow: string[]): JsonObject {
  return { href: `${org.origin}${path}`, hints: { allow } };
}

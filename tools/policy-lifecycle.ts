import * as z from "zod";
import { defineTool, type Impact, type ToolContext, type Undo } from "../src/tool.js";
import { lastSegment } from "./shared/bodies.js";
import {
  asObject,
  counted,
  groupsFilledByPolicyRule,
  ifReadable,
  itemsAt,
  type Json,
  MAX_NAMES,
  type Touched,
  textAt,
  undoBy,
  valueAt,
  withNames,
  without,
} from "./shared/kit.js";
import { policyId } from "./shared/params.js";
import { describePeople, POLICY_SET_BY_OKTA, type Removal, refuseRemoval } from "./shared/policies.js";

/** The labels of the first of these apps, as far as this caller may read them. */
async function labelsOf({ okta, may }: ToolContext, appIds: readonly string[]): Promise<string[]> {
  if (!may("okta.apps.read")) return [];
  const first = appIds.slice(0, MAX_NAMES);
  const apps = await Promise.all(first.map((appId) => ifReadable(okta.applications.getApplication({ appId }))));
  return apps.map((app) => textAt(app, "label")).filter(Boolean);
}

/** The apps and other resources to which a policy is mapped. Only some types can be mapped. */
async function describeMappings(context: ToolContext, policy: Json | undefined): Promise<string[]> {
  const { okta, collect } = context;
  // Only a policy that can be mapped has this link.
  if (textAt(policy, "_links", "mappings", "href") === "") return [];
  const readMappings = (after: string | undefined) =>
    okta.policies.listPolicyMappings.page({ policyId: textAt(policy, "id"), after });
  const mappings = await ifReadable(collect(readMappings, 500));
  if (mappings === undefined) return ["which apps use it cannot be read"];
  const appIds = mappings.items.flatMap(
    (mapping) => lastSegment(textAt(mapping, "_links", "application", "href")) || [],
  );
  const others = mappings.items.length - appIds.length;
  const apps = `used by ${counted({ items: appIds, complete: mappings.complete }, "app")}`;
  return [
    withNames(apps, await labelsOf(context, appIds), appIds.length),
    ...(others > 0
      ? [`mapped to ${counted({ items: mappings.items.slice(0, others), complete: true }, "other resource")}`]
      : []),
  ];
}

/** The apps that have a policy and the groups that its rules fill. They change when the policy is switched or goes. */
async function touchedBySwitch(
  { okta, whole }: ToolContext,
  policyId: string,
  isProtected: (kind: "apps" | "groups") => boolean,
): Promise<Touched[]> {
  const policy = await okta.policies.getPolicy({ policyId });
  const touched: Touched[] = [];
  if (isProtected("apps") && textAt(policy, "_links", "mappings", "href") !== "") {
    const mappings = await whole((after) => okta.policies.listPolicyMappings.page({ policyId, after }));
    for (const mapping of mappings) {
      const id = lastSegment(textAt(mapping, "_links", "application", "href"));
      if (id !== "") touched.push({ type: "app", id, how: "has this policy, which decides no longer" });
    }
  }
  if (isProtected("groups")) {
    const rules = await whole((after) => okta.policies.listPolicyRules.page({ policyId, after }));
    touched.push(...rules.flatMap((rule) => groupsFilledByPolicyRule(rule, "is filled by a rule of this policy")));
  }
  return touched;
}

async function describePolicy(context: ToolContext, id: string, removal: Removal): Promise<Impact> {
  const { okta, collect } = context;
  const policy = await okta.policies.getPolicy({ policyId: id });
  refuseRemoval(policy, "policy", removal);
  const rules = await collect((cursor) => okta.policies.listPolicyRules.page({ policyId: id, after: cursor }), 1000);
  const status = textAt(policy, "status");
  return {
    target: { type: "policy", name: textAt(policy, "name"), id },
    details: [
      `type ${textAt(policy, "type")}, status ${status}, priority ${valueAt(policy, "priority") ?? "none"}`,
      withNames(
        counted(rules, "rule"),
        rules.items.map((rule) => textAt(rule, "name")),
      ),
      ...(await describePeople(context, policy)),
      ...(await describeMappings(context, policy)),
    ],
    state: {
      status,
      lastUpdated: textAt(policy, "lastUpdated"),
      rules: rules.items.map((rule) => textAt(rule, "lastUpdated")),
    },
  };
}

async function withRules({ okta, whole }: ToolContext, a: { policy_id: string }): Promise<Json> {
  const policy = await okta.policies.getPolicy({ policyId: a.policy_id });
  const readRules = (cursor?: string) => okta.policies.listPolicyRules.page({ policyId: a.policy_id, after: cursor });
  return { ...asObject(policy), rules: await whole(readRules) };
}

function recreate(policy: Json): Undo {
  const isActive = (object: Json) => textAt(object, "status") === "ACTIVE";
  // Okta itself makes the default rule of a new policy.
  const rules = itemsAt(policy, "rules").filter((rule) => valueAt(rule, "system") !== true);
  const policy_data = without(policy, [...POLICY_SET_BY_OKTA, "rules"]);
  return {
    steps: [{ tool: "create_policy", args: { policy_data, activate: isActive(policy) } }],
    afterwards: (made) =>
      rules.map((rule) => ({
        tool: "create_policy_rule",
        args: { policy_id: textAt(made, "id"), rule_data: without(rule, POLICY_SET_BY_OKTA), activate: isActive(rule) },
      })),
    notes: ["Policy and rules get new ids, and apps that used the policy have to be assigned to the new one."],
  };
}

export const deletePolicy = defineTool({
  name: "delete_policy",
  title: "Delete policy",
  description:
    "Delete a policy and its rules for good; others of its type decide instead. To switch one off use deactivate_policy.",
  scope: "okta.policies.manage",
  alsoUses: ["okta.groups.read", "okta.users.read", "okta.apps.read"],
  effect: "removes",
  input: z.strictObject({ policy_id: policyId }),
  async impact(context, a) {
    const impact = await describePolicy(context, a.policy_id, "deleted");
    return { ...impact, details: [...impact.details, "deleted for good, with its rules"] };
  },
  touches: {
    kinds: ["apps", "groups"],
    read: (context, a, _proposal, isProtected) => touchedBySwitch(context, a.policy_id, isProtected),
  },
  change: { state: withRules, undo: ({ before }) => recreate(before) },
  run: ({ okta }, a) => okta.policies.deletePolicy({ policyId: a.policy_id }),
});

async function statusOf({ okta }: ToolContext, a: { policy_id: string }) {
  const policy = await okta.policies.getPolicy({ policyId: a.policy_id });
  return { id: a.policy_id, name: textAt(policy, "name"), status: textAt(policy, "status") };
}

export const activatePolicy = defineTool({
  name: "activate_policy",
  title: "Activate policy",
  description: "Activate an inactive policy.",
  scope: "okta.policies.manage",
  effect: "changes",
  destructive: true,
  input: z.strictObject({ policy_id: policyId }),
  touches: {
    kinds: ["groups"],
    read: (context, a, _proposal, isProtected) => touchedBySwitch(context, a.policy_id, isProtected),
  },
  change: {
    state: statusOf,
    becomes: (_a, before) => ({ ...asObject(before), status: "ACTIVE" }),
    undo: ({ args, before }) =>
      textAt(before, "status") === "ACTIVE"
        ? { cannot: "the policy was active before." }
        : undoBy("deactivate_policy", args),
  },
  run: ({ okta }, a) => okta.policies.activatePolicy({ policyId: a.policy_id }),
});

export const deactivatePolicy = defineTool({
  name: "deactivate_policy",
  title: "Deactivate policy",
  description: "Deactivate a policy: others of its type decide instead.",
  scope: "okta.policies.manage",
  alsoUses: ["okta.groups.read", "okta.users.read", "okta.apps.read"],
  effect: "removes",
  input: z.strictObject({ policy_id: policyId }),
  async impact(context, a) {
    const impact = await describePolicy(context, a.policy_id, "deactivated");
    return { ...impact, details: [...impact.details, "its rules do not apply until it is activated again"] };
  },
  touches: {
    kinds: ["apps", "groups"],
    read: (context, a, _proposal, isProtected) => touchedBySwitch(context, a.policy_id, isProtected),
  },
  change: {
    state: statusOf,
    becomes: (_a, before) => ({ ...asObject(before), status: "INACTIVE" }),
    undo: ({ args, before }) =>
      textAt(before, "status") === "INACTIVE"
        ? { cannot: "the policy was inactive before." }
        : undoBy("activate_policy", args),
  },
  run: ({ okta }, a) => okta.policies.deactivatePolicy({ policyId: a.policy_id }),
});

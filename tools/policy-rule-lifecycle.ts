import * as z from "zod";
import { defineTool, type Impact, type ToolContext } from "../src/tool.js";
import {
  asObject,
  groupsFilledByPolicyRule,
  isObject,
  type Json,
  objectAt,
  type Touched,
  textAt,
  undoBy,
  valueAt,
  without,
} from "./shared/kit.js";
import { policyId, ruleId } from "./shared/params.js";
import { describePeople, FILLED_BY_RULE, POLICY_SET_BY_OKTA, type Removal, refuseRemoval } from "./shared/policies.js";

/** The groups that a rule fills. They change when the rule is switched or goes. */
async function groupsFilledNow({ okta }: ToolContext, a: { policy_id: string; rule_id: string }): Promise<Touched[]> {
  const rule = await okta.policies.getPolicyRule({ policyId: a.policy_id, ruleId: a.rule_id });
  return groupsFilledByPolicyRule(rule, FILLED_BY_RULE);
}

/** "verificationMethod" as a person writes it. */
function words(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase();
}

/** A setting of any depth in words: "access ALLOW, verification method (type ASSURANCE, factor mode 2FA)". */
function inWords(value: Json): string {
  if (Array.isArray(value)) return value.map(inWords).filter(Boolean).join(", ");
  if (!isObject(value)) return String(value);
  const said = Object.entries(value).map(([key, inner]) => {
    return [words(key), isObject(inner) ? `(${inWords(inner)})` : inWords(inner)];
  });
  return said.flatMap(([name, text]) => (text === "" || text === "()" ? [] : `${name} ${text}`)).join(", ");
}

/** The actions of a rule of any type, one on each line: "app sign on: access ALLOW". */
function describeActions(rule: Json | undefined): string[] {
  const actions = Object.entries(objectAt(rule, "actions"));
  return actions.map(([action, settings]) => `${words(action)}: ${inWords(settings) || "nothing"}`);
}

/** The active rule that decides once `rule` no longer does. */
function following(rules: readonly Json[], rule: Json | undefined): Json | undefined {
  const priority = (of: Json | undefined) => Number(valueAt(of, "priority") ?? Number.MAX_SAFE_INTEGER);
  return rules
    .filter((other) => textAt(other, "status") === "ACTIVE" && priority(other) > priority(rule))
    .sort((one, other) => priority(one) - priority(other))[0];
}

async function describeRule(
  context: ToolContext,
  a: { policy_id: string; rule_id: string },
  removal: Removal,
): Promise<Impact> {
  const { okta, whole } = context;
  const rule = await okta.policies.getPolicyRule({ policyId: a.policy_id, ruleId: a.rule_id });
  refuseRemoval(rule, "rule", removal);
  const policy = await okta.policies.getPolicy({ policyId: a.policy_id });
  const rules = await whole((cursor) => okta.policies.listPolicyRules.page({ policyId: a.policy_id, after: cursor }));
  const next = following(rules, rule);
  const status = textAt(rule, "status");
  return {
    target: { type: "policy rule", name: textAt(rule, "name"), id: a.rule_id },
    details: [
      `rule of the policy ${textAt(policy, "name")} (${textAt(policy, "type")})`,
      `status ${status}, priority ${valueAt(rule, "priority") ?? "none"}`,
      ...describeActions(rule),
      ...(await describePeople(context, rule)),
      ...(next === undefined
        ? ["no other active rule of the policy comes after it"]
        : [
            `next in line is the rule ${textAt(next, "name")}`,
            ...describeActions(next).map((does) => `it has ${does}`),
          ]),
    ],
    state: { status, lastUpdated: textAt(rule, "lastUpdated") },
  };
}

export const deletePolicyRule = defineTool({
  name: "delete_policy_rule",
  title: "Delete policy rule",
  description:
    "Delete a policy rule for good; the next rule decides instead. To switch one off use deactivate_policy_rule.",
  scope: "okta.policies.manage",
  alsoUses: ["okta.groups.read", "okta.users.read"],
  effect: "removes",
  input: z.strictObject({ policy_id: policyId, rule_id: ruleId }),
  impact: (context, a) => describeRule(context, a, "deleted"),
  touches: { kinds: ["groups"], read: groupsFilledNow },
  change: {
    state: ({ okta }, a) => okta.policies.getPolicyRule({ policyId: a.policy_id, ruleId: a.rule_id }),
    undo({ args, before }) {
      const rule_data = without(before, POLICY_SET_BY_OKTA);
      const create = { policy_id: args.policy_id, rule_data, activate: textAt(before, "status") === "ACTIVE" };
      return { steps: [{ tool: "create_policy_rule", args: create }], notes: ["The rule gets a new id."] };
    },
  },
  run: ({ okta }, a) => okta.policies.deletePolicyRule({ policyId: a.policy_id, ruleId: a.rule_id }),
});

async function statusOf({ okta }: ToolContext, a: { policy_id: string; rule_id: string }) {
  const rule = await okta.policies.getPolicyRule({ policyId: a.policy_id, ruleId: a.rule_id });
  return { id: a.rule_id, name: textAt(rule, "name"), status: textAt(rule, "status") };
}

export const activatePolicyRule = defineTool({
  name: "activate_policy_rule",
  title: "Activate policy rule",
  description: "Activate an inactive policy rule.",
  scope: "okta.policies.manage",
  effect: "changes",
  destructive: true,
  input: z.strictObject({ policy_id: policyId, rule_id: ruleId }),
  touches: { kinds: ["groups"], read: groupsFilledNow },
  change: {
    state: statusOf,
    becomes: (_a, before) => ({ ...asObject(before), status: "ACTIVE" }),
    undo: ({ args, before }) =>
      textAt(before, "status") === "ACTIVE"
        ? { cannot: "the rule was active before." }
        : undoBy("deactivate_policy_rule", args),
  },
  run: ({ okta }, a) => okta.policies.activatePolicyRule({ policyId: a.policy_id, ruleId: a.rule_id }),
});

export const deactivatePolicyRule = defineTool({
  name: "deactivate_policy_rule",
  title: "Deactivate policy rule",
  description: "Deactivate a policy rule: the next rule decides instead.",
  scope: "okta.policies.manage",
  alsoUses: ["okta.groups.read", "okta.users.read"],
  effect: "removes",
  input: z.strictObject({ policy_id: policyId, rule_id: ruleId }),
  impact: (context, a) => describeRule(context, a, "deactivated"),
  touches: { kinds: ["groups"], read: groupsFilledNow },
  change: {
    state: statusOf,
    becomes: (_a, before) => ({ ...asObject(before), status: "INACTIVE" }),
    undo: ({ args, before }) =>
      textAt(before, "status") === "INACTIVE"
        ? { cannot: "the rule was inactive before." }
        : undoBy("activate_policy_rule", args),
  },
  run: ({ okta }, a) => okta.policies.deactivatePolicyRule({ policyId: a.policy_id, ruleId: a.rule_id }),
});

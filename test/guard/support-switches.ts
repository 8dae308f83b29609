import { ALL_TOOLS, type ToolChoice } from "../../src/catalogue/choice.js";
import { policyOrg } from "./support-policies.js";

/** The choice of all tools but those that match a pattern, as `deny_tools` leaves them out. */
export const without = (...patterns: string[]): ToolChoice => ({
  ...ALL_TOOLS,
  exclude: [{ patterns, where: "deny_tools in guard.json" }],
});

/** Opens an org with a policy and its rule. An update of either can switch it off. */
export async function switchable(options: Parameters<typeof policyOrg>[0] = {}) {
  const org = await policyOrg(options);
  const policy = org.policy("OKTA_SIGN_ON", "Contractors");
  const rule = org.rule(policy, "Plant network");
  const ways = [
    {
      kind: "policy",
      tool: "deactivate_policy",
      turn: (more: Parameters<typeof org.update>[1], args = {}) => org.update(policy, more, args),
      status: () => org.status(policy),
    },
    {
      kind: "rule",
      tool: "deactivate_policy_rule",
      turn: (more: Parameters<typeof org.update>[1], args = {}) => org.updateRule(policy, rule, more, args),
      status: () => org.ruleStatus(policy, rule),
    },
  ];
  return { ...org, contractors: policy, plant: rule, ways };
}

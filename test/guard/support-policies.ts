import { POLICIES } from "../../sandbox/state/default-policies.js";
import type { Policy } from "../../sandbox/state/policy-store.js";
import type { Json } from "../../src/json/json.js";
import { recording } from "../journal/support.js";
import { accepts, type ConnectOptions } from "../support/client.js";

type Body = { [field: string]: Json };

/** Opens the company with its policies and a journal. The person agrees to everything. */
export async function policyOrg(options: ConnectOptions = {}) {
  const recorded = await recording({ seed: 1, person: accepts, ...options });
  const store = recorded.org.area(POLICIES);
  const policy = (type: string, name: string): Policy => {
    const found = store.ofType(type).find((one) => one.name === name);
    if (found === undefined) throw new Error(`There is no policy ${name}.`);
    return found;
  };
  const rule = (of: Policy, name: string): Policy => {
    const found = store.rulesOf(of).find((one) => one.name === name);
    if (found === undefined) throw new Error(`There is no rule ${name}.`);
    return found;
  };
  /** The body of a policy as `get_policy` returns it, with other values for some fields. */
  const bodyOf = async ({ id }: Policy, more: Body = {}) => ({
    ...(await recorded.get("get_policy", { policy_id: id })),
    ...more,
  });
  const ruleBodyOf = async (of: Policy, { id }: Policy, more: Body = {}) => ({
    ...(await recorded.get("get_policy_rule", { policy_id: of.id, rule_id: id })),
    ...more,
  });
  /** Replaces a policy by itself, with other values for some fields. */
  const update = async (one: Policy, more: Body, args: { [argument: string]: Json } = {}) =>
    recorded.call("update_policy", { policy_id: one.id, policy_data: await bodyOf(one, more), ...args });
  const updateRule = async (of: Policy, one: Policy, more: Body, args: { [argument: string]: Json } = {}) =>
    recorded.call("update_policy_rule", {
      policy_id: of.id,
      rule_id: one.id,
      rule_data: await ruleBodyOf(of, one, more),
      ...args,
    });
  /** The names of the policies of a type, in their order. */
  const order = (type: string) => store.ofType(type).map(({ name }) => name);
  const ruleOrder = (of: Policy) => store.rulesOf(of).map(({ name }) => name);
  const status = ({ id }: Policy) => store.get(id)?.status;
  const ruleStatus = (of: Policy, { id }: Policy) => store.rulesOf(of).find((one) => one.id === id)?.status;
  return { ...recorded, store, policy, rule, bodyOf, update, updateRule, order, ruleOrder, status, ruleStatus };
}

/** The lines of a question, without the first. */
export function linesOf(message: unknown): string[] {
  return String(message).split("\n- ").slice(1);
}

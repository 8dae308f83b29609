import { POLICIES } from "../../../sandbox/state/default-policies.js";
import type { Json } from "../../support/server-process.js";
import type { StageOptions } from "../../support/stage.js";
import type { Act, Call, Scenario } from "../attack.js";
import { ALL_SCOPES } from "../calls.js";
import { FORGED_CONSENT, TOO_MUCH, WRONG_TARGET } from "../promises.js";

/** Updates whose body switches off an active policy or rule. */
async function switchOffs(act: Act, isWanted: (policy: { system: boolean }) => boolean): Promise<[string, Call][]> {
  // A policy or rule that is off already cannot be switched off.
  const isMeant = (one: { system: boolean; status: string }) => one.status === "ACTIVE" && isWanted(one);
  const policies = act.sandbox.org.area(POLICIES);
  const calls: [string, Call][] = [];
  const read = async (tool: string, args: Json) => (await act.server.call(tool, args)).data;
  for (const policy of policies.all()) {
    const place = { policy_id: policy.id };
    const policy_data = await read("get_policy", place);
    if (isMeant(policy)) {
      for (const status of ["INACTIVE", "inactive", "DELETED"]) {
        const call: Call = ["update_policy", { ...place, policy_data: { ...policy_data, status } }];
        calls.push([`update_policy of ${policy.name} (${policy.type}) with status ${status}`, call]);
      }
    }
    for (const rule of policies.rulesOf(policy).filter(isMeant)) {
      const rule_data = await read("get_policy_rule", { ...place, rule_id: rule.id });
      const call: Call = [
        "update_policy_rule",
        { ...place, rule_id: rule.id, rule_data: { ...rule_data, status: "INACTIVE" } },
      ];
      calls.push([`update_policy_rule of ${rule.name} (${rule.type}) with status INACTIVE`, call]);
    }
  }
  return calls;
}

/** The control of these attacks: an update that leaves the status as it is. */
async function sameStatus(act: Act): Promise<void> {
  const policy = act.sandbox.org.area(POLICIES).add({ given: { type: "OKTA_SIGN_ON", name: "Harmless" } });
  const { data } = await act.server.call("get_policy", { policy_id: policy.id });
  await act.control("a policy whose status stays is changed", {
    call: ["update_policy", { policy_id: policy.id, policy_data: { ...data, description: "x" } }],
    reaches: /^PUT/,
  });
}

const never = { OKTA_MCP_CONFIRM: "never" };

/** A scenario in which bodies switch off policies and rules; by default those that Okta did not make. */
function switchedOff(
  name: string,
  promise: string,
  stage: StageOptions,
  { system = false, sees = ["protected", "bad_input"] }: { system?: boolean; sees?: readonly string[] } = {},
): Scenario {
  return {
    name,
    promise,
    stage: { seed: 1, scopes: ALL_SCOPES, ...stage },
    async play(act) {
      await sameStatus(act);
      const calls = await switchOffs(act, (policy) => policy.system === system);
      await act.attacks(calls, ([what, call]) => [what, { call, sees }]);
    },
  };
}

/** The guard judges an update by its body, not by the name of its tool. */
export const sideEffects: readonly Scenario[] = [
  switchedOff(
    "system policies and default rules that a body switches off",
    WRONG_TARGET,
    { env: never },
    { system: true },
  ),
  switchedOff("policies and rules that a body switches off, past the limit on removals", TOO_MUCH, {
    env: never,
    guard: () => ({ limits: { removals: { per_session: 0 } } }),
  }),
  switchedOff("policies and rules that a body switches off, past a denial of deactivating", TOO_MUCH, {
    env: never,
    guard: () => ({ deny_tools: ["deactivate_*"] }),
  }),
  switchedOff(
    "policies and rules that a body switches off, unasked",
    FORGED_CONSENT,
    { person: null },
    { sees: ["needs_confirmation", "would_remove", "bad_input"] },
  ),
];

import { type Connected, idOf, type JsonObject, looking, type Scenarios, switches } from "./scenario.js";

const RULE = {
  type: "PASSWORD",
  name: "Night",
  conditions: { later: { deep: [1] } },
  actions: { passwordChange: { access: "DENY" } },
};

const POLICY = {
  type: "PASSWORD",
  name: "Vault",
  description: "Long ones",
  conditions: { people: { groups: { include: ["00gSandboxVault00001"] } }, authProvider: { provider: "OKTA" } },
  settings: { password: { complexity: { minLength: 20 } }, quantum: { spin: ["up"] } },
};

const DEVICES = {
  name: "Laptops",
  platform: "MACOS",
  osVersion: { minimum: "14.2.1" },
  laterField: { deep: [1, null] },
};

const newPolicy = (org: Connected, more: JsonObject = {}) =>
  idOf(org, "create_policy", { policy_data: POLICY, ...more });

async function newRule(org: Connected, more: JsonObject = {}) {
  const policy_id = await newPolicy(org);
  return { policy_id, rule_id: await idOf(org, "create_policy_rule", { policy_id, rule_data: RULE, ...more }) };
}

/** The scenarios of policies, their rules, and device assurance policies. */
export const policies: Scenarios = {
  create_policy: {
    arrange: async (org) => ({
      args: { policy_data: POLICY },
      look: looking(org, "list_policies", { type: "PASSWORD" }),
    }),
    undo: "back",
  },
  update_policy: {
    async arrange(org) {
      const policy_id = await newPolicy(org);
      const policy_data = {
        ...POLICY,
        description: "Longer",
        priority: 1,
        settings: { ...POLICY.settings, quantum: { spin: ["down"] } },
      };
      // The update removes an item of a list, and the undo adds it again.
      return {
        args: { policy_id, policy_data, allow_removals: true },
        look: looking(org, "get_policy", { policy_id }),
      };
    },
    undo: "back",
  },
  delete_policy: {
    async arrange(org) {
      const { policy_id } = await newRule(org);
      await org.get("create_policy_rule", { policy_id, rule_data: { ...RULE, name: "Day" }, activate: false });
      return { args: { policy_id }, look: looking(org, "list_policies", { type: "PASSWORD", expand: "rules" }) };
    },
    undo: "with new ids",
  },
  activate_policy: switches("activate", "get_policy", async (org, more) => ({ policy_id: await newPolicy(org, more) })),
  deactivate_policy: switches("deactivate", "get_policy", async (org, more) => ({
    policy_id: await newPolicy(org, more),
  })),
  create_policy_rule: {
    async arrange(org) {
      const policy_id = await newPolicy(org);
      return { args: { policy_id, rule_data: RULE }, look: looking(org, "list_policy_rules", { policy_id }) };
    },
    undo: "back",
  },
  update_policy_rule: {
    async arrange(org) {
      const place = await newRule(org);
      const rule_data = { ...RULE, name: "Day", conditions: { later: { deep: [2] } }, priority: 1 };
      return { args: { ...place, rule_data, allow_removals: true }, look: looking(org, "get_policy_rule", place) };
    },
    undo: "back",
  },
  delete_policy_rule: {
    async arrange(org) {
      const place = await newRule(org);
      return { args: place, look: looking(org, "list_policy_rules", { policy_id: place.policy_id }) };
    },
    undo: "with new ids",
  },
  activate_policy_rule: switches("activate", "get_policy_rule", newRule),
  deactivate_policy_rule: switches("deactivate", "get_policy_rule", newRule),
  create_device_assurance_policy: {
    arrange: async (org) => ({ args: { policy_data: DEVICES }, look: looking(org, "list_device_assurance_policies") }),
    undo: "back",
  },
  replace_device_assurance_policy: {
    async arrange(org) {
      const device_assurance_id = await idOf(org, "create_device_assurance_policy", { policy_data: DEVICES });
      const policy_data = { ...DEVICES, osVersion: { minimum: "15.0" }, laterField: { deep: [] }, added: 1 };
      const look = looking(org, "get_device_assurance_policy", { device_assurance_id });
      return { args: { device_assurance_id, policy_data, allow_removals: true }, look };
    },
    undo: "back",
  },
  delete_device_assurance_policy: {
    async arrange(org) {
      const device_assurance_id = await idOf(org, "create_device_assurance_policy", { policy_data: DEVICES });
      return { args: { device_assurance_id }, look: looking(org, "list_device_assurance_policies") };
    },
    undo: "with new ids",
  },
};

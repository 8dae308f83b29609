import * as z from "zod";
import { defineTool, type Impact, type ToolContext } from "../src/tool.js";
import {
  activeFromStart,
  asksForPlace,
  fieldsOf,
  groupsFilledByPolicyRule,
  type Json,
  type JsonObject,
  type KnownFields,
  ofMade,
  PASSES_NONE,
  type Passed,
  passedBy,
  passingImpact,
  some,
  switchedBy,
  textAt,
  undoBy,
} from "./shared/kit.js";
import { activateOrStatus, after, fetchAll, jsonObject, pageSize, policyId, ruleId } from "./shared/params.js";
import { FILLED_BY_RULE, POLICY_SET_BY_OKTA, withNote, withType } from "./shared/policies.js";

/** Rules have the type of their policy, with this exception (schemas `PolicyType` and `PolicyRuleType`). */
const RULE_TYPE_OF: Readonly<Record<string, string>> = { OKTA_SIGN_ON: "SIGN_ON" };

const RULE_FIELDS: KnownFields = {
  type: "string",
  name: "string",
  status: "string",
  priority: "integer",
  conditions: {
    people: fieldsOf({ include: ["string"], exclude: ["string"] }, "users", "groups"),
    network: { connection: "string", include: ["string"], exclude: ["string"] },
    authContext: { authType: "string" },
    riskScore: { level: "string" },
    device: { registered: "boolean", managed: "boolean", assurance: { include: ["string"] } },
    platform: { include: [{ type: "string", os: { type: "string" } }] },
    userType: { include: ["string"], exclude: ["string"] },
    elCondition: { condition: "string" },
  },
  actions: {
    appSignOn: {
      access: "string",
      verificationMethod: {
        type: "string",
        factorMode: "string",
        reauthenticateIn: "string",
        inactivityPeriod: "string",
        constraints: [
          {
            knowledge: { types: ["string"], methods: ["string"], required: "boolean" },
            possession: {
              ...fieldsOf("string", "deviceBound", "hardwareProtection", "phishingResistant", "userPresence"),
              methods: ["string"],
              required: "boolean",
            },
          },
        ],
      },
    },
    signon: {
      access: "string",
      primaryFactor: "string",
      requireFactor: "boolean",
      factorPromptMode: "string",
      factorLifetime: "integer",
      rememberDeviceByDefault: "boolean",
      session: {
        usePersistentCookie: "boolean",
        maxSessionIdleMinutes: "integer",
        maxSessionLifetimeMinutes: "integer",
      },
    },
    ...fieldsOf({ access: "string" }, "passwordChange", "selfServicePasswordReset", "selfServiceUnlock"),
    enroll: { self: "string" },
    idp: { providers: [{ type: "string", id: "string", name: "string" }] },
    profileEnrollment: { access: "string", unknownUserAction: "string", targetGroupIds: ["string"] },
  },
};
const wholeRule = (fields: KnownFields) =>
  jsonObject("Give the rule as Okta has it: name, priority, conditions, actions.", fields);

export const listPolicyRules = defineTool({
  name: "list_policy_rules",
  purpose: "find policyRule",
  title: "List policy rules",
  description:
    "List a policy's rules with conditions and actions. Of those whose conditions are met, the lowest priority number decides.",
  scope: "okta.policies.read",
  effect: "reads",
  input: z.strictObject({ policy_id: policyId, after, fetch_all: fetchAll, limit: pageSize }),
  run: ({ okta, list }, a) =>
    list(
      (cursor) =>
        okta.policies.listPolicyRules.page({ policyId: a.policy_id, after: cursor, limit: a.limit?.toString() }),
      a,
    ),
});

export const getPolicyRule = defineTool({
  name: "get_policy_rule",
  purpose: "show policyRule",
  title: "Get policy rule",
  description: "Get one policy rule with its conditions and actions.",
  scope: "okta.policies.read",
  effect: "reads",
  input: z.strictObject({ policy_id: policyId, rule_id: ruleId }),
  run: ({ okta }, a) => okta.policies.getPolicyRule({ policyId: a.policy_id, ruleId: a.rule_id }),
});

/** The type of the rules of a policy. It follows from the policy's type. */
async function typeOfRules(okta: ToolContext["okta"], policyId: string): Promise<string> {
  const type = textAt(await okta.policies.getPolicy({ policyId }), "type");
  return RULE_TYPE_OF[type] ?? type;
}

const targetOf = (rule: Json, id: string): Impact["target"] => ({
  type: "policy rule",
  name: textAt(rule, "name"),
  id,
});

/** The rules of the same policy that a rule passes where a body asks for another place. */
async function passed(
  { okta, whole }: ToolContext,
  policyId: string,
  body: JsonObject,
  current?: Json,
): Promise<Passed> {
  if (!asksForPlace(body, current)) return PASSES_NONE;
  const rules = await whole((cursor) => okta.policies.listPolicyRules.page({ policyId, after: cursor }));
  return passedBy(body, current, rules);
}

export const createPolicyRule = defineTool({
  name: "create_policy_rule",
  title: "Create policy rule",
  description: "Add a rule to a policy; without a priority it comes last.",
  scope: "okta.policies.manage",
  effect: "adds",
  input: z.strictObject({
    policy_id: policyId,
    rule_data: wholeRule(RULE_FIELDS),
    activate: activateOrStatus,
  }),
  async alsoDoes(_context, { rule_data, activate }) {
    activeFromStart(rule_data, activate, "rule");
    return [];
  },
  impact: async (context, a) =>
    passingImpact(await passed(context, a.policy_id, a.rule_data), targetOf(a.rule_data, "new"), "policy rules"),
  touches: {
    kinds: ["groups"],
    read: (_context, a) => Promise.resolve(groupsFilledByPolicyRule(a.rule_data, FILLED_BY_RULE)),
  },
  change: {
    state: ({ okta }, a, made) =>
      ofMade(made, (id) => okta.policies.getPolicyRule({ policyId: a.policy_id, ruleId: id })),
    undo: ({ args, after }) =>
      undoBy("delete_policy_rule", { policy_id: args.policy_id, rule_id: textAt(after, "id") }),
  },
  async run({ okta }, a) {
    const { policy_id: policyId } = a;
    const activate = activeFromStart(a.rule_data, a.activate, "rule");
    const policyRule = await withType(a.rule_data, () => typeOfRules(okta, policyId));
    return withNote(a.rule_data, policyRule, await okta.policies.createPolicyRule({ policyId, policyRule, activate }));
  },
});

export const updatePolicyRule = defineTool({
  name: "update_policy_rule",
  title: "Update policy rule",
  description:
    "Replace a whole policy rule: start from get_policy_rule. What the body lacks is refused, or lost with allow_removals.",
  scope: "okta.policies.manage",
  effect: "changes",
  destructive: true,
  alsoUses: ["okta.groups.read", "okta.users.read"],
  input: z.strictObject({
    policy_id: policyId,
    rule_id: ruleId,
    rule_data: wholeRule(
      some(
        RULE_FIELDS,
        ...["name", "priority", "conditions.people", "conditions.network", "conditions.riskScore"],
        ...["actions.appSignOn.access", "actions.appSignOn.verificationMethod.factorMode"],
        ...["actions.appSignOn.verificationMethod.reauthenticateIn", "actions.signon.access"],
        ...["actions.signon.requireFactor", "actions.signon.session"],
      ),
    ),
  }),
  async alsoDoes(_context, { policy_id, rule_id }, { body, current }) {
    const turn = await switchedBy(body, current, "rule");
    return turn === undefined ? [] : [{ tool: `${turn}_policy_rule`, args: { policy_id, rule_id } }];
  },
  async impact(context, a, { body, current }) {
    const now = await current();
    return passingImpact(await passed(context, a.policy_id, body, now), targetOf(now, a.rule_id), "policy rules");
  },
  touches: {
    kinds: ["groups"],
    read: async (_context, _a, { body, current }) =>
      [body, await current()].flatMap((rule) => groupsFilledByPolicyRule(rule, FILLED_BY_RULE)),
  },
  replaces: {
    current: async ({ okta }, a) =>
      (await okta.policies.getPolicyRule({ policyId: a.policy_id, ruleId: a.rule_id })) ?? {},
    proposed: (a) => a.rule_data,
    // The type is filled in where a body lacks it.
    setByOkta: [...POLICY_SET_BY_OKTA, "type"],
  },
  async run({ okta }, a, body) {
    const place = { policyId: a.policy_id, ruleId: a.rule_id };
    const policyRule = await withType(body, async () => {
      const type = textAt(await okta.policies.getPolicyRule(place), "type");
      return type || typeOfRules(okta, a.policy_id);
    });
    return withNote(body, policyRule, await okta.policies.replacePolicyRule({ ...place, policyRule }));
  },
});

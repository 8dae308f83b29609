import * as z from "zod";
import { defineTool, type Impact, type ToolContext } from "../src/tool.js";
import {
  activeFromStart,
  asksForPlace,
  fieldsOf,
  type Json,
  type JsonObject,
  type KnownFields,
  ofMade,
  PASSES_NONE,
  type Passed,
  passedBy,
  passingImpact,
  refuseTaken,
  some,
  switchedBy,
  textAt,
  touchedByPassing,
  undoBy,
} from "./shared/kit.js";
import { activateOrStatus, after, fetchAll, id, jsonObject, pageSize, policyId } from "./shared/params.js";
import { POLICY_SET_BY_OKTA, POLICY_TYPES, typed, withNote, withType } from "./shared/policies.js";

export const listPolicies = defineTool({
  name: "list_policies",
  purpose: "find policy",
  title: "List policies",
  description: "List the policies of one type, whole. For what a policy does use list_policy_rules.",
  scope: "okta.policies.read",
  effect: "reads",
  compares: { q: ["name"], type: ["type"], status: ["status"] },
  input: z.strictObject({
    type: z
      .string()
      .min(1)
      .describe(`Choose ${POLICY_TYPES.join(", ")} or a later type.`),
    status: z.enum(["ACTIVE", "INACTIVE"]).optional().describe("List only those with this status."),
    q: z.string().optional().describe("Search by the start of the name."),
    limit: pageSize,
    after,
    fetch_all: fetchAll,
    expand: z.string().min(1).optional().describe('Give "rules" to embed the rules.'),
    sort_by: z.string().min(1).optional().describe('Sort by "name", ascending.'),
    resource_id: id("Give an authorization server's id to list its policies.").optional(),
  }),
  run: ({ okta, list }, a) =>
    list(
      (cursor) =>
        okta.policies.listPolicies.page({
          type: a.type,
          status: a.status,
          q: a.q || undefined,
          limit: a.limit?.toString(),
          after: cursor,
          expand: a.expand,
          sortBy: a.sort_by,
          resourceId: a.resource_id,
        }),
      a,
    ),
});

export const getPolicy = defineTool({
  name: "get_policy",
  purpose: "show policy",
  title: "Get policy",
  description: "Get one policy of any type, whole. For its rules use list_policy_rules.",
  scope: "okta.policies.read",
  effect: "reads",
  input: z.strictObject({
    policy_id: policyId,
    expand: z.string().min(1).optional().describe('Give "rules" to embed the rules.'),
  }),
  run: ({ okta }, a) => okta.policies.getPolicy({ policyId: a.policy_id, expand: a.expand }),
});

const POLICY_FIELDS: KnownFields = {
  type: "string",
  name: "string",
  description: "string",
  status: "string",
  priority: "integer",
  conditions: {
    people: { groups: { include: ["string"] } },
    authProvider: { provider: "string", include: ["string"] },
  },
  settings: {
    type: "string",
    authenticators: [{ key: "string", enroll: { self: "string" } }],
    password: {
      complexity: {
        ...fieldsOf("integer", "minLength", "minLowerCase", "minUpperCase", "minNumber", "minSymbol"),
        excludeUsername: "boolean",
        excludeAttributes: ["string"],
        dictionary: { common: { exclude: "boolean" } },
      },
      age: fieldsOf("integer", "maxAgeDays", "expireWarnDays", "minAgeMinutes", "historyCount"),
      lockout: { maxAttempts: "integer", autoUnlockMinutes: "integer", showLockoutFailures: "boolean" },
    },
  },
};
const wholePolicy = (fields: KnownFields) =>
  jsonObject("Give the policy as Okta has it: type, name, priority, conditions, settings …", fields);

/** In a preview, refuses a name that another policy of the type has. */
function refuseTakenName(context: ToolContext, policy: Json, own?: string): Promise<string[]> {
  const [type, name] = [textAt(policy, "type"), textAt(policy, "name")];
  if (type === "" || name === "") return Promise.resolve([]);
  return refuseTaken(context, {
    what: "the policy name",
    attribute: ["name"],
    scope: "okta.policies.read",
    fix: "Choose another name, or find its policy with list_policies.",
    holder: () =>
      context.find(
        (cursor) => context.okta.policies.listPolicies.page({ type, after: cursor }),
        (other) => textAt(other, "name") === name && textAt(other, "id") !== own,
      ),
  });
}

const targetOf = (policy: Json, id: string): Impact["target"] => ({ type: "policy", name: textAt(policy, "name"), id });

/** The policies that a policy passes where a body asks for another place. */
async function passed({ okta, whole }: ToolContext, body: JsonObject, current?: Json): Promise<Passed> {
  if (!asksForPlace(body, current)) return PASSES_NONE;
  const type = textAt(current, "type") || textAt(typed(body), "type");
  return passedBy(body, current, await whole((cursor) => okta.policies.listPolicies.page({ type, after: cursor })));
}

export const createPolicy = defineTool({
  name: "create_policy",
  title: "Create policy",
  description: "Create a policy of any type. It does nothing until it has rules: see create_policy_rule.",
  scope: "okta.policies.manage",
  effect: "adds",
  input: z.strictObject({
    policy_data: wholePolicy(POLICY_FIELDS),
    activate: activateOrStatus,
  }),
  async alsoDoes(_context, { policy_data, activate }) {
    activeFromStart(policy_data, activate, "policy");
    return [];
  },
  touches: { kinds: ["policies"], read: async (context, a) => touchedByPassing(await passed(context, a.policy_data)) },
  impact: async (context, a) =>
    passingImpact(await passed(context, a.policy_data), targetOf(a.policy_data, "new"), "policies"),
  change: {
    state: ({ okta }, _a, made) => ofMade(made, (id) => okta.policies.getPolicy({ policyId: id })),
    undo: ({ after }) => undoBy("delete_policy", { policy_id: textAt(after, "id") }),
  },
  foresee: (context, a) => refuseTakenName(context, a.policy_data),
  run: ({ okta }, a) => {
    const policy = typed(a.policy_data);
    return okta.policies.createPolicy({ policy, activate: activeFromStart(policy, a.activate, "policy") });
  },
});

export const updatePolicy = defineTool({
  name: "update_policy",
  title: "Update policy",
  description:
    "Replace a whole policy, but for its rules: start from get_policy. What the body lacks is refused, or lost with allow_removals.",
  scope: "okta.policies.manage",
  effect: "changes",
  destructive: true,
  alsoUses: ["okta.groups.read", "okta.users.read", "okta.apps.read"],
  input: z.strictObject({
    policy_id: policyId,
    policy_data: wholePolicy(
      some(
        POLICY_FIELDS,
        ...["name", "description", "priority", "conditions.people", "settings.authenticators"],
        ...["settings.password.complexity.minLength", "settings.password.age.maxAgeDays", "settings.password.lockout"],
      ),
    ),
  }),
  async alsoDoes(_context, { policy_id }, { body, current }) {
    const turn = await switchedBy(body, current, "policy");
    return turn === undefined ? [] : [{ tool: `${turn}_policy`, args: { policy_id } }];
  },
  touches: {
    kinds: ["policies"],
    read: async (context, _a, { body, current }) => touchedByPassing(await passed(context, body, await current())),
  },
  async impact(context, a, { body, current }) {
    const now = await current();
    return passingImpact(await passed(context, body, now), targetOf(now, a.policy_id), "policies");
  },
  replaces: {
    current: async ({ okta }, a) => (await okta.policies.getPolicy({ policyId: a.policy_id })) ?? {},
    proposed: (a) => a.policy_data,
    // The type is filled in where a body lacks it.
    setByOkta: [
      ...POLICY_SET_BY_OKTA,
      "type",
      "settings.recovery.factors.recovery_question.properties.complexity.minLength",
    ],
  },
  async run({ okta }, a, body) {
    const place = { policyId: a.policy_id };
    const policy = await withType(body, async () => textAt(await okta.policies.getPolicy(place), "type"));
    return withNote(body, policy, await okta.policies.replacePolicy({ ...place, policy }));
  },
  foresee: (context, a) => refuseTakenName(context, a.policy_data, a.policy_id),
});

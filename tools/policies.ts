import * as z from "zod";
import { defineTool, type Impact, type ToolContext, type Undo } from "../src/tool.js";
import { lastSegment } from "./shared/bodies.js";
import {
  activeFromStart,
  asksForPlace,
  asObject,
  counted,
  fieldsOf,
  groupsFilledByPolicyRule,
  ifReadable,
  itemsAt,
  type Json,
  type JsonObject,
  MAX_NAMES,
  ofMade,
  PASSES_NONE,
  type Passed,
  passedBy,
  passingImpact,
  refuseTaken,
  switchedBy,
  type Touched,
  textAt,
  touchedByPassing,
  undoBy,
  valueAt,
  withNames,
  without,
} from "./shared/kit.js";
import { activateOrStatus, after, fetchAll, id, jsonObject, pageSize, policyId } from "./shared/params.js";
import {
  describePeople,
  POLICY_SET_BY_OKTA,
  POLICY_TYPES,
  type Removal,
  refuseRemoval,
  typed,
  withNote,
  withType,
} from "./shared/policies.js";

export const listPolicies = defineTool({
  name: "list_policies",
  title: "List policies",
  description: "List the policies of one type, whole. For what a policy does use list_policy_rules.",
  scope: "okta.policies.read",
  effect: "reads",
  compares: { q: ["name"], type: ["type"], status: ["status"] },
  input: z.strictObject({
    type: z
      .string()
      .min(1)
      .describe(`One of ${POLICY_TYPES.join(", ")}, or a later type.`),
    status: z.enum(["ACTIVE", "INACTIVE"]).optional().describe("Only with this status."),
    q: z.string().optional().describe("Start of the name."),
    limit: pageSize,
    after,
    fetch_all: fetchAll,
    expand: z.string().min(1).optional().describe('"rules" embeds the rules.'),
    sort_by: z.string().min(1).optional().describe('"name", ascending.'),
    resource_id: id("Authorization server of the policies.").optional(),
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
  title: "Get policy",
  description: "Get one policy of any type, whole. For its rules use list_policy_rules.",
  scope: "okta.policies.read",
  effect: "reads",
  input: z.strictObject({
    policy_id: policyId,
    expand: z.string().min(1).optional().describe('"rules" embeds the rules.'),
  }),
  run: ({ okta }, a) => okta.policies.getPolicy({ policyId: a.policy_id, expand: a.expand }),
});

const policyData = jsonObject("Okta policy: type, name, priority, conditions, settings …", {
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
});

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

/** The policies that one passes where a body asks for another place than it has. */
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
    policy_data: policyData,
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
  input: z.strictObject({ policy_id: policyId, policy_data: policyData }),
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

/** The labels of the first of these apps, as far as this caller may read them. */
async function labelsOf({ okta, may }: ToolContext, appIds: readonly string[]): Promise<string[]> {
  if (!may("okta.apps.read")) return [];
  const first = appIds.slice(0, MAX_NAMES);
  const apps = await Promise.all(first.map((appId) => ifReadable(okta.applications.getApplication({ appId }))));
  return apps.map((app) => textAt(app, "label")).filter(Boolean);
}

/** The apps and other resources that a policy is mapped to, where its type can be mapped at all. */
async function describeMappings(context: ToolContext, policy: Json | undefined): Promise<string[]> {
  const { okta, collect } = context;
  // Only a policy that can be mapped has this link, and the operation behind it.
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

/** The apps that have a policy, and the groups that its rules fill: they change with it when it is switched or goes. */
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
  // Okta makes the default rule of a new policy itself.
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

import { OktaMcpError } from "../errors/index.js";
import { itemsAt, type Json, textAt } from "../json/json.js";
import type { IsProtected, Touched } from "../okta/targets.js";
import type { ToolContext } from "../tool.js";
import {
  activeGroupRules,
  filledBy,
  followingGroups,
  type Moved,
  mayMove,
  type NamedGroup,
  type Profile,
} from "./group-rules.js";
import { type Going, policiesTouched } from "./policies.js";

function nameOf(group: Json | undefined): string {
  return textAt(group, "profile", "name") || textAt(group, "id");
}

function byRule(moved: readonly Moved[], what: string): Touched[] {
  return moved.map(({ groupId, rule }) => ({
    type: "group",
    id: groupId,
    how: `is filled by the group rule ${textAt(rule, "name") || textAt(rule, "id")}, ${what}`,
  }));
}

/**
 * The groups whose members depend, by group rules, on these groups or on their names.
 * @param what ends a sentence about the group rule: "whose condition names the group Lab"
 */
export async function groupsFollowing(
  context: ToolContext,
  groups: readonly NamedGroup[],
  what: string,
): Promise<Touched[]> {
  return byRule(followingGroups(await activeGroupRules(context), groups), what);
}

/** The groups whose members depend, by group rules, on the members of the group with this id. */
export async function groupsFollowingMembers(context: ToolContext, groupId: string): Promise<Touched[]> {
  const group = await context.okta.groups.getGroup({ groupId });
  return groupsFollowing(
    context,
    [{ id: groupId, names: [nameOf(group)] }],
    `whose condition may be about who is in the group ${nameOf(group)}`,
  );
}

/** All members of a group, each with what happens to them. */
export async function membersTouched(context: ToolContext, groupId: string, how: string): Promise<Touched[]> {
  const { okta, whole } = context;
  const members = await whole((after) => okta.groups.listGroupUsers.page({ groupId, limit: 1000, after }));
  return members.map((member) => ({ type: "user", id: textAt(member, "id"), object: member, how }));
}

/** The apps that are assigned to a group. */
async function appsOf({ okta, whole }: ToolContext, groupId: string, how: string): Promise<Touched[]> {
  const apps = await whole((after) =>
    okta.groups.listAssignedApplicationsForGroup.page({ groupId, limit: 200, after }),
  );
  return apps.map((app) => ({ type: "app", id: textAt(app, "id"), object: app, how }));
}

/** The groups that a group rule fills together with a group that goes. */
function groupsBeside(rules: readonly Json[], group: Json): Touched[] {
  const groupId = textAt(group, "id");
  // Okta stops a rule that fills a group which is gone, so its other groups are no longer filled either.
  const beside = rules.filter((rule) => filledBy(rule).includes(groupId));
  const stopped = beside.flatMap((rule) => filledBy(rule).map((id): Moved => ({ groupId: id, rule })));
  const following = followingGroups(rules, [
    { id: groupId, names: [nameOf(group)] },
    ...stopped.map(({ groupId: id }) => ({ id })),
  ]);
  const others = [...stopped, ...following].filter((one) => one.groupId !== groupId);
  return byRule(others, `which has to do with the group ${nameOf(group)}, which goes`);
}

/**
 * All objects that change when groups go: their members, their apps, the policies that name the groups or things that
 * go with them, and the groups that group rules fill by them or together with them. Rules and policies are read once.
 */
async function touchedByGoing(
  context: ToolContext,
  groups: readonly Json[],
  { isProtected, policyTypes, also = [] }: { isProtected: IsProtected; policyTypes: readonly string[]; also?: Going[] },
): Promise<Touched[]> {
  const touched: Touched[] = [];
  for (const group of groups) {
    const [id, name] = [textAt(group, "id"), nameOf(group)];
    if (isProtected("users"))
      touched.push(...(await membersTouched(context, id, `is a member of the group ${name}, which goes`)));
    if (isProtected("apps"))
      touched.push(...(await appsOf(context, id, `is assigned to the group ${name}, which goes`)));
  }
  const going = groups.map((group) => ({ id: textAt(group, "id"), what: `the group ${nameOf(group)}, which goes` }));
  if (isProtected("policies")) touched.push(...(await policiesTouched(context, policyTypes, [...going, ...also])));
  if (isProtected("groups") && groups.length > 0) {
    const rules = await activeGroupRules(context);
    touched.push(...groups.flatMap((group) => groupsBeside(rules, group)));
  }
  return touched;
}

/**
 * All objects that change when a group is deleted.
 * @param policyTypes the types of policies to look through
 */
export async function touchedByDeletedGroup(
  context: ToolContext,
  groupId: string,
  isProtected: IsProtected,
  policyTypes: readonly string[],
): Promise<Touched[]> {
  const group = (await context.okta.groups.getGroup({ groupId })) ?? { id: groupId };
  return touchedByGoing(context, [group], { isProtected, policyTypes });
}

/** The most app groups of one app that are looked at. A directory may bring thousands. */
const MAX_APP_GROUPS = 50;

/**
 * All objects that change when an app is deleted. The groups that it brought to Okta go with it, and policies may name
 * it.
 * @throws OktaMcpError conflict where it brought too many groups to look at all of them
 */
export async function touchedByDeletedApp(
  context: ToolContext,
  appId: string,
  isProtected: IsProtected,
  policyTypes: readonly string[],
): Promise<Touched[]> {
  const { okta, whole } = context;
  const search = `type eq "APP_GROUP" and source.id eq ${JSON.stringify(appId)}`;
  const groups = await whole((after) => okta.groups.listGroups.page({ search, after }));
  const touched = groups.map((group): Touched => {
    return { type: "group", id: textAt(group, "id"), object: group, how: "comes from the application, which goes" };
  });
  if (groups.length > MAX_APP_GROUPS) {
    throw new OktaMcpError("conflict", `The application brought more than ${MAX_APP_GROUPS} groups to Okta.`, {
      fix: "Do this in the Okta Admin Console.",
    });
  }
  const also = [{ id: appId, what: "the application, which goes" }];
  return [...touched, ...(await touchedByGoing(context, groups, { isProtected, policyTypes, also }))];
}

function isBuiltIn(group: Json): boolean {
  return textAt(group, "type") === "BUILT_IN";
}

/**
 * The groups that a person leaves when the account goes. Groups that Okta fills itself are left out, since they hold
 * everybody.
 */
export async function groupsLeft({ okta, whole }: ToolContext, userId: string): Promise<Touched[]> {
  const groups = await whole((after) => okta.users.listUserGroups.page({ userId, after }));
  return groups
    .filter((group) => !isBuiltIn(group))
    .map((group) => ({ type: "group", id: textAt(group, "id"), object: group, how: "has this user for a member" }));
}

/**
 * The groups into or out of which group rules may move a person by a change of the profile.
 * @param before undefined for a new user
 * @param given the attributes that the call sets
 */
export async function groupsMovedBy(
  context: ToolContext,
  before: Profile | undefined,
  given: Profile,
): Promise<Touched[]> {
  const had = before ?? {};
  const changed = Object.keys(given).filter(
    (name) => JSON.stringify(had[name] ?? null) !== JSON.stringify(given[name] ?? null),
  );
  if (before !== undefined && changed.length === 0) return [];
  const rules = await activeGroupRules(context);
  const after = { ...had, ...given };
  const moving = rules.filter((rule) => mayMove(rule, { before, after, changed }));
  const moved = moving.flatMap((rule) => filledBy(rule).map((groupId): Moved => ({ groupId, rule })));
  const following = followingGroups(
    rules,
    moved.map(({ groupId }) => ({ id: groupId })),
  );
  const what = before === undefined ? "which may be true of the new user" : `which may look at ${changed.join(", ")}`;
  return byRule([...moved, ...following], what);
}

/** The groups into which a rule of a policy puts people (schema `ProfileEnrollmentPolicyRuleAction`). */
export function groupsFilledByPolicyRule(rule: Json | undefined, how: string): Touched[] {
  return itemsAt(rule, "actions", "profileEnrollment", "targetGroupIds").flatMap((id) =>
    typeof id === "string" ? [{ type: "group", id, how }] : [],
  );
}

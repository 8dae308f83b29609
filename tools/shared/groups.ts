import type { ToolContext } from "../../src/tool.js";
import { counted, ifOffered, ifReadable, type Json, names, policiesNaming, textAt, valueAt, withNames } from "./kit.js";

/** The most members and apps that are read to count them. */
const MAX_COUNTED = 1000;

export async function describeGroup({ okta, collect }: ToolContext, id: string) {
  const group = await okta.groups.getGroup({ groupId: id });
  const members = await collect(
    (cursor) => okta.groups.listGroupUsers.page({ groupId: id, after: cursor, limit: MAX_COUNTED }),
    MAX_COUNTED,
  );
  const apps = await collect(
    (cursor) => okta.groups.listAssignedApplicationsForGroup.page({ groupId: id, after: cursor, limit: 200 }),
    200,
  );
  const labels = apps.items.map((app) => textAt(app, "label"));
  const target = { type: "group", name: textAt(group, "profile", "name"), id };
  const state = {
    lastUpdated: textAt(group, "lastUpdated"),
    lastMembershipUpdated: textAt(group, "lastMembershipUpdated"),
  };
  return { group, target, state, members, apps: withNames(`${counted(apps, "app")} assigned through it`, labels) };
}

/** Okta's numbers about a group; undefined where they cannot be read. */
export async function statsOf({ okta }: ToolContext, groupId: string): Promise<Json | undefined> {
  const filter = `id eq ${JSON.stringify(groupId)}`;
  const groups = await ifReadable(okta.groups.listGroups.page({ filter, expand: "stats" }));
  return valueAt(groups?.items[0], "_embedded", "stats");
}

/** "57 members: ada, bo …". Okta counts them where there are too many to read. */
export function membersInWords(
  members: { items: readonly Json[]; complete: boolean },
  stats: Json | undefined,
): string {
  const logins = members.items.map((user) => textAt(user, "profile", "login")).filter(Boolean);
  const total = valueAt(stats, "usersCount");
  const number = members.complete || typeof total !== "number" ? counted(members, "member") : `${total} members`;
  return withNames(number, logins);
}

/** The types of policies that name groups, themselves or in their rules. */
const POLICIES_OF_GROUPS = [
  "ACCESS_POLICY",
  "ENTITY_RISK",
  "MFA_ENROLL",
  "OKTA_SIGN_ON",
  "PASSWORD",
  "POST_AUTH_SESSION",
  "PROFILE_ENROLLMENT",
];

/** The names of the policies of a type, and of their rules, that name a group. */
async function namesOfPolicies(context: ToolContext, type: string, groupId: string) {
  const { found, complete } = await policiesNaming(context, type, [groupId]);
  const named = found.map(({ policy, rule }) =>
    [rule, policy].flatMap((one) => textAt(one, "name") || []).join(" of "),
  );
  return { found: named, complete };
}

/** "named by 2 group rules: Staff, Guests"; nothing where there are none. */
function namedBy(holders: readonly string[], one: string, many?: string): string[] {
  if (holders.length === 0) return [];
  return [withNames(`named by ${counted({ items: holders, complete: true }, one, many)}`, holders)];
}

/** A line for everything that refers to a group and loses it, and for everything that could not be looked at. */
export async function describeReferences(
  context: ToolContext,
  groupId: string,
  stats: Json | undefined,
): Promise<string[]> {
  const { okta, may, collect } = context;
  const [rules, policies] = await Promise.all([
    ifReadable(collect((after) => okta.groups.listGroupRules.page({ limit: 200, after }), MAX_COUNTED)),
    Promise.all(
      POLICIES_OF_GROUPS.map(async (type) => ({
        type,
        ...(may("okta.policies.read") ? await ifOffered(namesOfPolicies(context, type, groupId)) : {}),
      })),
    ),
  ]);
  const naming = (rules?.items ?? []).filter((rule) => names(groupId, rule));
  const ofRules = naming.map((rule) => textAt(rule, "name"));
  const ofPolicies = policies.flatMap(({ found }) => found ?? []);
  // Okta's own spelling.
  const isAdmin = valueAt(stats, "hasAdminPrivlege");
  const unread = [
    ...(rules?.complete === true ? [] : [rules ? "all group rules" : "group rules"]),
    ...(isAdmin === undefined ? ["admin rights"] : []),
    ...policies.flatMap(({ type, complete }) => (complete === true ? [] : [`policies of type ${type}`])),
  ];
  return [
    ...(isAdmin === true ? ["its members have ADMIN RIGHTS through it, which they lose"] : []),
    ...namedBy(ofRules, "group rule"),
    ...namedBy(ofPolicies, "policy or policy rule", "policies and policy rules"),
    ...(unread.length > 0 ? [`could not be looked at, so that they may name it: ${unread.join(", ")}`] : []),
    ...(unread.length + ofRules.length + ofPolicies.length === 0 ? ["no group rule or policy names it"] : []),
  ];
}

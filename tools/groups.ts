import * as z from "zod";
import { defineTool, type ToolContext, type Undo } from "../src/tool.js";
import { describeGroup, describeReferences, membersInWords, statsOf } from "./shared/groups.js";
import {
  asObject,
  groupsFollowing,
  itemsAt,
  type Json,
  membersTouched,
  OktaMcpError,
  objectAt,
  ofMade,
  refuseTaken,
  type Touched,
  textAt,
  touchedByDeletedGroup,
  undoBy,
  valueAt,
} from "./shared/kit.js";
import { after, fetchAll, filter, groupId, jsonObject, limit, sortBy, sortOrder } from "./shared/params.js";
import { POLICY_TYPES } from "./shared/policies.js";

/** The most groups in one answer of Okta's. */
const MAX_GROUPS = 10_000;

export const listGroups = defineTool({
  name: "list_groups",
  purpose: "find group",
  title: "List groups",
  description: "List groups with all attributes; narrow them with search.",
  scope: "okta.groups.read",
  alsoUses: ["okta.schemas.read"],
  effect: "reads",
  compares: { q: ["profile.name"] },
  input: z.strictObject({
    search: z
      .string()
      .default("")
      .describe('Search by any attribute, e.g. profile.name sw "Eng" or type eq "OKTA_GROUP".'),
    filter: filter("id, type, lastUpdated, lastMembershipUpdated", 'type eq "OKTA_GROUP"'),
    q: z.string().optional().describe("Search by the start of the name; it has no pages."),
    fetch_all: fetchAll,
    after,
    limit: limit(MAX_GROUPS, MAX_GROUPS),
    expand: z.string().min(1).optional().describe('Embed "stats" (numbers of members and apps) or "app".'),
    sort_by: sortBy,
    sort_order: sortOrder,
  }),
  run({ okta, list }, a) {
    const byQ = Boolean(a.q) && !a.search;
    const pageLimit = a.limit ?? (byQ ? MAX_GROUPS : undefined);
    return list(
      (cursor) =>
        okta.groups.listGroups.page({
          search: a.search || undefined,
          filter: a.filter || undefined,
          q: a.q || undefined,
          after: cursor,
          limit: pageLimit,
          expand: a.expand,
          sortBy: a.sort_by,
          sortOrder: a.sort_order,
        }),
      // Okta does not page a search by `q`. Without a limit it answers with 300.
      { ...a, of: "group", cutAt: byQ ? pageLimit : undefined },
    );
  },
});

export const getGroup = defineTool({
  name: "get_group",
  purpose: "show group",
  title: "Get group",
  description: "Get one group with all attributes.",
  scope: "okta.groups.read",
  effect: "reads",
  input: z.strictObject({ group_id: groupId }),
  run: ({ okta }, a) => okta.groups.getGroup({ groupId: a.group_id }),
});

export const listGroupApps = defineTool({
  name: "list_group_apps",
  title: "List group apps",
  description: "List the applications assigned to a group.",
  scope: "okta.groups.read",
  effect: "reads",
  input: z.strictObject({ group_id: groupId, fetch_all: fetchAll, after, limit: limit(200, 20) }),
  run: ({ okta, list }, a) =>
    list(
      (cursor) =>
        okta.groups.listAssignedApplicationsForGroup.page({ groupId: a.group_id, after: cursor, limit: a.limit }),
      a,
    ),
});

const profile = jsonObject("Give name, description and custom attributes.", { name: "string", description: "string" });

/** In a preview, refuses a name that another group has. Groups of apps may share names. */
function refuseTakenName(context: ToolContext, profile: Json, own?: string): Promise<string[]> {
  const name = textAt(profile, "name");
  if (name === "") {
    throw new OktaMcpError("bad_input", "Okta would refuse this profile: name is missing.", { fix: "Add the name." });
  }
  return refuseTaken(context, {
    what: "the group name",
    attribute: ["profile", "name"],
    scope: "okta.groups.read",
    fix: "Choose another name, or find its group with list_groups.",
    holder: () =>
      context.find(
        (cursor) => context.okta.groups.listGroups.page({ q: name, limit: MAX_GROUPS, after: cursor }),
        (group) =>
          textAt(group, "profile", "name") === name &&
          textAt(group, "type") !== "APP_GROUP" &&
          textAt(group, "id") !== own,
      ),
  });
}

export const createGroup = defineTool({
  name: "create_group",
  title: "Create group",
  description: "Create an Okta group. To fill it use add_user_to_group.",
  scope: "okta.groups.manage",
  effect: "adds",
  input: z.strictObject({ profile }),
  foresee: async (context, a) => [
    ...(await context.checkProfile("group", a.profile, { whole: true })),
    ...(await refuseTakenName(context, a.profile)),
  ],
  change: {
    state: ({ okta }, _a, made) => ofMade(made, (groupId) => okta.groups.getGroup({ groupId })),
    undo: ({ after }) => undoBy("delete_group", { group_id: textAt(after, "id") }),
  },
  run: ({ okta }, a) => okta.groups.createGroup({ group: { profile: a.profile } }),
});

/** The groups that group rules fill by the name of a group, before and after the group gets another name. */
async function touchedByName(
  context: ToolContext,
  groupId: string,
  body: Json,
  isProtected: (kind: "users" | "groups") => boolean,
): Promise<Touched[]> {
  const group = await context.okta.groups.getGroup({ groupId });
  const names = [group, body].map((one) => textAt(one, "profile", "name"));
  if (names[0] === names[1]) return [];
  const groups = await groupsFollowing(
    context,
    [{ names }],
    `whose condition may be about the name ${names.join(" or ")}`,
  );
  if (groups.length === 0 || !isProtected("users")) return groups;
  const how = `is a member of the group ${names[0]}, and group rules may move its members by its name`;
  return [...groups, ...(await membersTouched(context, groupId, how))];
}

export const updateGroup = defineTool({
  name: "update_group",
  title: "Update group",
  description: "Replace a group's whole profile. What the body lacks is refused, or lost with allow_removals.",
  scope: "okta.groups.manage",
  effect: "changes",
  destructive: true,
  input: z.strictObject({ group_id: groupId, profile }),
  replaces: {
    // Only the profile of a group can be written.
    current: async ({ okta }, a) => ({
      profile: objectAt(await okta.groups.getGroup({ groupId: a.group_id }), "profile"),
    }),
    proposed: (a) => ({ profile: a.profile }),
    setByOkta: [],
  },
  touches: {
    kinds: ["users", "groups"],
    read: (context, a, { body }, isProtected) => touchedByName(context, a.group_id, body, isProtected),
  },
  foresee: async (context, a, { body }) => [
    // Groups that an app imports have their own schemas. They are protected before this check.
    ...(await context.checkProfile("group", objectAt(body, "profile"), { whole: true })),
    ...(await refuseTakenName(context, objectAt(body, "profile"), a.group_id)),
  ],
  run: ({ okta }, a, group) => okta.groups.replaceGroup({ groupId: a.group_id, group }),
});

/** The most members of a deleted group that are remembered. One answer of get_change has room for them. */
const MAX_REMEMBERED = 3000;

/** The most members that undo brings back. Each takes a call, and more would take longer than clients wait. */
const MAX_BROUGHT_BACK = 500;

async function withMembers({ okta, collect }: ToolContext, a: { group_id: string }): Promise<Json> {
  const group = await okta.groups.getGroup({ groupId: a.group_id });
  const members = await collect(
    (cursor) => okta.groups.listGroupUsers.page({ groupId: a.group_id, after: cursor, limit: 1000 }),
    MAX_REMEMBERED,
  );
  const ids = members.items.map((user) => textAt(user, "id"));
  return { ...asObject(group), member_ids: ids, all_members: members.complete };
}

function recreate(group: Json): Undo {
  if (textAt(group, "type") !== "OKTA_GROUP")
    return { cannot: "the group belonged to an application, which has to send it again." };
  const ids = itemsAt(group, "member_ids");
  const back = ids.slice(0, MAX_BROUGHT_BACK);
  const others = `the others are in before.member_ids of the change (get_change with fields), for add_user_to_group`;
  const some =
    ids.length > back.length ? [`The first ${back.length} of ${ids.length} members come back; ${others}.`] : [];
  const unknown =
    valueAt(group, "all_members") === true ? [] : [`It had more members than the ${ids.length} on record.`];
  return {
    steps: [{ tool: "create_group", args: { profile: objectAt(group, "profile") } }],
    afterwards: (made) =>
      back.map((user_id) => ({ tool: "add_user_to_group", args: { group_id: textAt(made, "id"), user_id } })),
    notes: [
      "The group gets a new id: apps, rules and policies that named the old one do not name the new one.",
      ...some,
      ...unknown,
    ],
  };
}

/** The part of a group that an undo would bring back and the part that it would not, so that nobody expects more. */
function wayBackInWords(group: Json | undefined, members: { items: readonly Json[]; complete: boolean }): string {
  if (textAt(group, "type") !== "OKTA_GROUP")
    return "undo_change cannot bring it back: its application has to send it again";
  const all = members.complete && members.items.length <= MAX_BROUGHT_BACK;
  const whom = all ? "its members" : `the first ${MAX_BROUGHT_BACK} of its members`;
  return `undo_change can only make a new group of this name with ${whom}; apps, policies, rules and admin rights stay gone`;
}

export const deleteGroup = defineTool({
  name: "delete_group",
  title: "Delete group",
  description:
    "Delete a group for good; its members lose its access. To take out one person use remove_user_from_group.",
  scope: "okta.groups.manage",
  alsoUses: ["okta.policies.read"],
  effect: "removes",
  input: z.strictObject({ group_id: groupId }),
  async impact(context, a) {
    const [{ group, members, apps, ...rest }, stats] = await Promise.all([
      describeGroup(context, a.group_id),
      statsOf(context, a.group_id),
    ]);
    const references = await describeReferences(context, a.group_id, stats);
    return { ...rest, details: [membersInWords(members, stats), apps, ...references, wayBackInWords(group, members)] };
  },
  touches: {
    kinds: ["users", "groups", "apps", "policies"],
    read: (context, a, _proposal, isProtected) => touchedByDeletedGroup(context, a.group_id, isProtected, POLICY_TYPES),
  },
  change: { state: withMembers, undo: ({ before }) => recreate(before) },
  run: ({ okta }, a) => okta.groups.deleteGroup({ groupId: a.group_id }),
});

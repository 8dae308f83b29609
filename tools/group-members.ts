import * as z from "zod";
import { defineTool, type ToolContext } from "../src/tool.js";
import { sameName } from "./shared/bodies.js";
import { describeGroup } from "./shared/groups.js";
import { counted, groupsFollowingMembers, isUserId, textAt, undoBy, valueAt } from "./shared/kit.js";
import { after, fetchAll, groupId, limit, userId } from "./shared/params.js";

export const listGroupUsers = defineTool({
  name: "list_group_users",
  title: "List group users",
  description: "List the users in a group, with status and all attributes.",
  scope: "okta.groups.read",
  effect: "reads",
  input: z.strictObject({ group_id: groupId, fetch_all: fetchAll, after, limit: limit(1000, 1000) }),
  run: ({ okta, list }, a) =>
    list((cursor) => okta.groups.listGroupUsers.page({ groupId: a.group_id, after: cursor, limit: a.limit }), a),
});

/** Whether the user is in the group; undefined where that cannot be found out. */
async function isMember({ okta, may, find }: ToolContext, a: { group_id: string; user_id: string }) {
  const { user_id: userId, group_id: groupId } = a;
  if (may("okta.users.read")) {
    const { found, complete } = await find(
      (cursor) => okta.users.listUserGroups.page({ userId, after: cursor }),
      (group) => textAt(group, "id") === groupId,
    );
    return found !== undefined || complete ? { member: found !== undefined } : undefined;
  }
  const { found, complete } = await find(
    (cursor) => okta.groups.listGroupUsers.page({ groupId, after: cursor, limit: 1000 }),
    (user) => textAt(user, "id") === userId || sameName(textAt(user, "profile", "login"), userId),
  );
  if (found !== undefined) return { member: true };
  // Okta also takes a part of a login for a user, and only Okta can compare that.
  return complete && (isUserId(userId) || userId.includes("@")) ? { member: false } : undefined;
}

export const addUserToGroup = defineTool({
  name: "add_user_to_group",
  title: "Add user to group",
  description: "Add a user to a group, with any access it gives.",
  scope: "okta.groups.manage",
  effect: "adds",
  input: z.strictObject({ group_id: groupId, user_id: userId }),
  touches: { kinds: ["groups"], read: (context, a) => groupsFollowingMembers(context, a.group_id) },
  change: {
    state: isMember,
    becomes: () => ({ member: true }),
    undo: ({ args, before }) =>
      valueAt(before, "member") === true
        ? { cannot: "the user was in the group before." }
        : undoBy("remove_user_from_group", args),
  },
  run: ({ okta }, a) => okta.groups.assignUserToGroup({ groupId: a.group_id, userId: a.user_id }),
});

export const removeUserFromGroup = defineTool({
  name: "remove_user_from_group",
  title: "Remove user from group",
  description: "Remove a user from a group; any access it gives goes. To delete the group use delete_group.",
  scope: "okta.groups.manage",
  alsoUses: ["okta.users.read"],
  effect: "removes",
  input: z.strictObject({ group_id: groupId, user_id: userId }),
  async impact(context, a) {
    const { target, members, apps, state } = await describeGroup(context, a.group_id);
    const name = context.may("okta.users.read")
      ? textAt(await context.okta.users.getUser({ userId: a.user_id }), "profile", "login")
      : a.user_id;
    return {
      target: { type: "membership", name: `${name} in ${target.name}`, id: a.user_id },
      details: [`group ${target.name}: ${counted(members, "member")}, ${apps}`, "loses any access the group gives"],
      state,
    };
  },
  touches: { kinds: ["groups"], read: (context, a) => groupsFollowingMembers(context, a.group_id) },
  change: {
    state: isMember,
    becomes: () => ({ member: false }),
    undo: ({ args, before }) =>
      valueAt(before, "member") === true
        ? undoBy("add_user_to_group", args)
        : { cannot: "the user was not in the group before." },
  },
  run: ({ okta }, a) => okta.groups.unassignUserFromGroup({ groupId: a.group_id, userId: a.user_id }),
});

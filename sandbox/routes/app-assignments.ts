import { isObject } from "../json.js";
import { invalid, notFound } from "../okta-error.js";
import type { Org } from "../org.js";
import { pageOf } from "../page.js";
import type { Route, SandboxRequest } from "../route.js";
import type { AppGroup, AppUser, JsonObject } from "../state/model.js";
import { shownAppGroup, shownAppUser } from "./app-view.js";
import { listedGroup } from "./group-view.js";
import { appOf, bodyOf, doerOf, groupOf, objectIn, startsWith, userOf, wordsOf } from "./shared.js";

const USERS = { defaultLimit: 50, minLimit: 1, maxLimit: 500, beyond: "refuse" } as const;
const GROUPS = { defaultLimit: 20, minLimit: 20, maxLimit: 200, beyond: "refuse" } as const;

/** The users and groups of an app: users assigned by hand or through a group, and groups. */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: a table of routes
export function appAssignmentRoutes(org: Org): Route[] {
  const read = "okta.apps.read";
  const manage = "okta.apps.manage";
  const showUser = (request: SandboxRequest) => (assigned: AppUser) =>
    shownAppUser(org, appOf(org, request), assigned, wordsOf(request, "expand").includes("user"));
  const showGroup = (request: SandboxRequest) => (assigned: AppGroup) =>
    shownAppGroup(org, appOf(org, request), assigned, embeddedInAssignment(org, request, assigned));
  return [
    {
      method: "GET",
      template: "/api/v1/apps/{appId}/users",
      scope: read,
      handle(request) {
        const q = request.query.get("q");
        const found = org.apps
          .usersOf(appOf(org, request))
          .filter((assigned) => q === null || hasName(org, assigned, q));
        return pageOf(request, found, USERS, showUser(request));
      },
    },
    {
      method: "POST",
      template: "/api/v1/apps/{appId}/users",
      scope: manage,
      handle(request) {
        const body = bodyOf(request);
        if (typeof body.id !== "string") throw invalid("id", "id: The field cannot be left blank");
        const user = org.users.get(body.id);
        if (user === undefined || user.status === "DEPROVISIONED") throw notFound(body.id, "User");
        const app = appOf(org, request);
        const assigned = org.apps.assignUser(app, user, objectIn(body, "profile"), doerOf(org, request));
        const userName = objectIn(body, "credentials")?.userName;
        if (userName !== undefined) assigned.credentials = { userName };
        return { status: 200, json: showUser(request)(assigned) };
      },
    },
    {
      method: "GET",
      template: "/api/v1/apps/{appId}/users/{userId}",
      scope: read,
      handle(request) {
        const user = userOf(org, request, "userId");
        const found = org.apps.usersOf(appOf(org, request)).find(({ id }) => id === user.id);
        if (found === undefined) throw notFound(user.id, "AppUser");
        return { status: 200, json: showUser(request)(found) };
      },
    },
    {
      method: "DELETE",
      template: "/api/v1/apps/{appId}/users/{userId}",
      scope: manage,
      handle(request) {
        const user = userOf(org, request, "userId");
        const removed = org.apps.unassignUser(appOf(org, request), user, doerOf(org, request));
        if (!removed) throw notFound(user.id, "AppUser");
        return { status: 204 };
      },
    },
    {
      method: "GET",
      template: "/api/v1/apps/{appId}/groups",
      scope: read,
      handle(request) {
        const q = request.query.get("q");
        const found = org.apps
          .groupsOf(appOf(org, request))
          .filter(({ id }) => q === null || startsWith(org.groups.get(id)?.profile.name, q));
        return pageOf(request, found, GROUPS, showGroup(request));
      },
    },
    {
      method: "GET",
      template: "/api/v1/apps/{appId}/groups/{groupId}",
      scope: read,
      handle(request) {
        const group = groupOf(org, request);
        const found = org.apps.groupsOf(appOf(org, request)).find(({ id }) => id === group.id);
        if (found === undefined) throw notFound(group.id, "ApplicationGroupAssignment");
        return { status: 200, json: showGroup(request)(found) };
      },
    },
    {
      method: "PUT",
      template: "/api/v1/apps/{appId}/groups/{groupId}",
      scope: manage,
      handle(request) {
        const body = isObject(request.json) ? request.json : {};
        const { priority } = body;
        const profile = objectIn(body, "profile");
        const given = { ...(typeof priority === "number" && { priority }), ...(profile && { profile }) };
        const assigned = org.apps.assignGroup(appOf(org, request), groupOf(org, request), given, doerOf(org, request));
        return { status: 200, json: showGroup(request)(assigned) };
      },
    },
    {
      method: "DELETE",
      template: "/api/v1/apps/{appId}/groups/{groupId}",
      scope: manage,
      handle(request) {
        const group = groupOf(org, request);
        const removed = org.apps.unassignGroup(appOf(org, request), group, doerOf(org, request));
        if (!removed) throw notFound(group.id, "ApplicationGroupAssignment");
        return { status: 204 };
      },
    },
  ];
}

function hasName(org: Org, assigned: AppUser, q: string): boolean {
  const { firstName, lastName, email } = org.users.get(assigned.id)?.profile ?? {};
  return [assigned.credentials.userName, firstName, lastName, email].some((value) => startsWith(value, q));
}

/** The embedded part: `expand=group` embeds the group, `expand=metadata` the sources of the attributes. */
function embeddedInAssignment(org: Org, request: SandboxRequest, assigned: AppGroup): JsonObject | undefined {
  const expand = wordsOf(request, "expand");
  const group = org.groups.get(assigned.id);
  if (expand.includes("group") && group !== undefined) return { group: listedGroup(org, group) };
  return expand.includes("metadata") ? { metadata: { credentials: {}, profile: {} } } : undefined;
}

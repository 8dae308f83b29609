import { isObject } from "../json.js";
import type { Org } from "../org.js";
import { limitOf, link, pageOf } from "../page.js";
import type { Route, SandboxReply, SandboxRequest } from "../route.js";
import { POLICIES } from "../state/default-policies.js";
import type { JsonObject, User } from "../state/model.js";
import { listedGroup } from "./group-view.js";
import { doerOf, filtered, searchRules, sorted, startsWith, userOf, wordsOf } from "./shared.js";
import { deactivate } from "./user-lifecycle.js";
import { fullUser, listedUser, projection } from "./user-view.js";
import { createUser, updateUser } from "./user-writes.js";

/** Pages of users, and of the groups of a user. The document names no parameter for the latter, but it has pages. */
const PAGING = { defaultLimit: 200, maxLimit: 200, beyond: "cap" } as const;
const PEOPLE_PICKER = { defaultLimit: 10, maxLimit: 200, beyond: "cap" } as const;

/** The attributes of `filter`: those that the document of `listUsers` names. */
const FILTERABLE = ["status", "id", "profile.login", "profile.email", "profile.firstName", "profile.lastName"];
const FILTER = {
  caseSensitive: true,
  allows: (operator: string, attribute: string) =>
    attribute === "lastUpdated"
      ? ["eq", "gt", "ge", "lt", "le"].includes(operator)
      : operator === "eq" && FILTERABLE.includes(attribute),
};

/**
 * The attributes of `search` besides the profile: those that the document of `listUsers` names. `lastLogin` is not
 * among them.
 */
const SEARCHABLE = ["id", "status", "created", "activated", "statusChanged", "lastUpdated", "type.id"];
/** The four attributes in which `search` finds a part of a text. */
const SEARCHABLE_INSIDE = ["profile.firstName", "profile.lastName", "profile.email", "profile.login"];
const SEARCH = {
  caseSensitive: false,
  allows: searchRules(SEARCHABLE, SEARCHABLE_INSIDE),
};

export function userRoutes(org: Org): Route[] {
  const read = "okta.users.read";
  const manage = "okta.users.manage";
  return [
    { method: "GET", template: "/api/v1/users", scope: read, handle: (request) => listUsers(org, request) },
    { method: "POST", template: "/api/v1/users", scope: manage, handle: (request) => createUser(org, request) },
    {
      method: "GET",
      template: "/api/v1/users/{id}",
      scope: read,
      handle(request) {
        const user = userOf(org, request);
        const shown = fullUser(org, user);
        if (wordsOf(request, "expand").includes("blocks")) shown._embedded = { blocks: blocksOf(user) };
        return { status: 200, json: shown };
      },
    },
    {
      method: "POST",
      template: "/api/v1/users/{id}",
      scope: manage,
      handle: (request) => updateUser(org, request, "merge"),
    },
    {
      method: "PUT",
      template: "/api/v1/users/{id}",
      scope: manage,
      handle: (request) => updateUser(org, request, "replace"),
    },
    {
      method: "DELETE",
      template: "/api/v1/users/{id}",
      scope: manage,
      handle(request) {
        const user = userOf(org, request);
        if (user.status === "DEPROVISIONED") {
          org.users.remove(user, doerOf(org, request));
          org.area(POLICIES).forgetPerson("users", user.id);
        } else deactivate(org, user, doerOf(org, request));
        return { status: 204 };
      },
    },
    {
      method: "GET",
      template: "/api/v1/users/{id}/groups",
      scope: read,
      handle(request) {
        const groups = org.groups.ofUser(userOf(org, request).id);
        return pageOf(request, groups, PAGING, (group) => listedGroup(org, group));
      },
    },
    {
      method: "GET",
      template: "/api/v1/users/{id}/appLinks",
      scope: read,
      handle: (request) => ({ status: 200, json: appLinks(org, userOf(org, request)) }),
    },
  ];
}

function listUsers(org: Org, request: SandboxRequest): SandboxReply {
  const { query, url } = request;
  const fields = query.get("fields");
  const project = fields === null ? (user: JsonObject) => user : projection(fields);
  const show = (user: User) => project(listedUser(org, user));
  const everybody = org.users.all();
  if (query.has("search")) {
    const found = sorted(request, filtered(request, "search", everybody, SEARCH));
    return pageOf(request, found, PAGING, show);
  }
  if (query.has("filter")) return pageOf(request, filtered(request, "filter", everybody, FILTER), PAGING, show);

  const present = everybody.filter((user) => user.status !== "DEPROVISIONED");
  const q = query.get("q");
  if (q === null) return pageOf(request, present, PAGING, show);
  const found = present.filter(({ profile: { firstName, lastName, email } }) =>
    [firstName, lastName, email].some((value) => startsWith(value, q)),
  );
  const headers = { Link: link(url, "self") };
  return { status: 200, headers, json: found.slice(0, limitOf(request, PEOPLE_PICKER)).map(show) };
}

/** The reason why a locked-out user cannot sign in (schema `UserBlock`). */
function blocksOf(user: User): JsonObject[] {
  return user.status === "LOCKED_OUT" ? [{ type: "DEVICE_BASED", appliesTo: "ANY_DEVICES" }] : [];
}

/** The tiles on a user's home page (schema `AssignedAppLink`): one for each link of each active app. */
function appLinks(org: Org, user: User): JsonObject[] {
  const apps = org.apps.ofUser(user).filter((app) => app.status === "ACTIVE");
  const links = apps.flatMap((app) => {
    const visibility = isObject(app.visibility) ? app.visibility : {};
    const shown = isObject(visibility.appLinks) ? visibility.appLinks : {};
    return Object.keys(shown).map((linkName) => ({ app, linkName, hidden: shown[linkName] !== true }));
  });
  return links.map(({ app, linkName, hidden }, sortOrder) => ({
    id: user.id,
    label: app.label,
    linkUrl: `${org.origin}/home/${app.name}/${app.id}/${linkName}`,
    logoUrl: `${org.origin}/img/logos/${app.name}.png`,
    appName: app.name,
    appInstanceId: app.id,
    appAssignmentId: `0ua${app.id.slice(3)}`,
    credentialsSetup: true,
    hidden,
    sortOrder,
  }));
}

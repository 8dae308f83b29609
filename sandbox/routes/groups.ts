import { groupProfileFaults } from "../group-schema.js";
import { forbidden, invalid, notFound, refusal } from "../okta-error.js";
import type { Org } from "../org.js";
import { limitOf, link, pageOf } from "../page.js";
import { refuseFaults } from "../profile-schema.js";
import type { Route, SandboxReply, SandboxRequest } from "../route.js";
import { POLICIES } from "../state/default-policies.js";
import { groupRuleArea } from "../state/group-rules.js";
import type { Group, JsonObject } from "../state/model.js";
import { shownApp } from "./app-view.js";
import { embeddedInGroup, listedGroup } from "./group-view.js";
import {
  bodyOf,
  doerOf,
  filtered,
  groupOf,
  objectIn,
  searchRules,
  sorted,
  startsWith,
  userOf,
  wordsOf,
} from "./shared.js";
import { listedUser } from "./user-view.js";

const GROUPS = { defaultLimit: 10_000, maxLimit: 10_000, beyond: "refuse" } as const;
const COMPLETION = { defaultLimit: 300, maxLimit: 10_000, beyond: "refuse" } as const;
const RULES = { defaultLimit: 50, maxLimit: 200, beyond: "cap" } as const;
const MEMBERS = { defaultLimit: 1000, maxLimit: 1000, beyond: "cap" } as const;
const APPS = { defaultLimit: 20, maxLimit: 200, beyond: "cap" } as const;

/** The attributes of `filter`: those that the document of `listGroups` names. */
const FILTER = {
  caseSensitive: true,
  allows: (_operator: string, attribute: string) =>
    ["", "id", "type", "lastUpdated", "lastMembershipUpdated"].includes(attribute),
};

/** The attributes of `search` besides the profile: those that the document of `listGroups` names. */
const SEARCHABLE = ["id", "type", "created", "lastUpdated", "lastMembershipUpdated", "source.id"];
const SEARCH = {
  caseSensitive: false,
  allows: searchRules(SEARCHABLE, ["profile.name", "profile.description"]),
};

export function groupRoutes(org: Org): Route[] {
  const read = "okta.groups.read";
  const manage = "okta.groups.manage";
  return [
    { method: "GET", template: "/api/v1/groups", scope: read, handle: (request) => listGroups(org, request) },
    {
      method: "POST",
      template: "/api/v1/groups",
      scope: manage,
      handle(request) {
        const group = org.groups.add({ profile: profileIn(org, request) }, doerOf(org, request));
        return { status: 200, json: listedGroup(org, group) };
      },
    },
    {
      method: "GET",
      template: "/api/v1/groups/rules",
      scope: read,
      handle: (request) => pageOf(request, org.area(groupRuleArea), RULES, (rule) => rule),
    },
    {
      method: "GET",
      template: "/api/v1/groups/{groupId}",
      scope: read,
      handle: (request) => ({ status: 200, json: listedGroup(org, groupOf(org, request)) }),
    },
    {
      method: "PUT",
      template: "/api/v1/groups/{groupId}",
      scope: manage,
      handle(request) {
        const group = groupOf(org, request);
        refuseKept(group);
        org.groups.change(group, profileIn(org, request, group), doerOf(org, request));
        return { status: 200, json: listedGroup(org, group) };
      },
    },
    {
      method: "DELETE",
      template: "/api/v1/groups/{groupId}",
      scope: manage,
      handle(request) {
        const group = groupOf(org, request);
        if (group.type === "BUILT_IN") throw unsupported();
        org.groups.remove(group, doerOf(org, request));
        org.area(POLICIES).forgetPerson("groups", group.id);
        return { status: 204 };
      },
    },
    {
      method: "GET",
      template: "/api/v1/groups/{groupId}/users",
      scope: read,
      handle: (request) =>
        pageOf(request, org.groups.membersOf(groupOf(org, request)), MEMBERS, (user) => listedUser(org, user)),
    },
    {
      method: "GET",
      template: "/api/v1/groups/{groupId}/apps",
      scope: read,
      handle: (request) => pageOf(request, org.apps.ofGroup(groupOf(org, request)), APPS, (app) => shownApp(org, app)),
    },
    ...(["PUT", "DELETE"] as const).map(
      (method): Route => ({
        method,
        template: "/api/v1/groups/{groupId}/users/{userId}",
        scope: manage,
        handle(request) {
          const group = groupOf(org, request);
          const user = userOf(org, request, "userId");
          refuseFixedMembership(org, group);
          if (method === "PUT" && user.status === "DEPROVISIONED") throw notFound(user.id, "User");
          if (method === "PUT") org.groups.addMember(group, user, doerOf(org, request));
          else org.groups.removeMember(group, user, doerOf(org, request));
          return { status: 204 };
        },
      }),
    ),
  ];
}

/** @throws OktaRefusal when a rule, an app or Okta decides who is in the group */
export function refuseFixedMembership(org: Org, group: Group): void {
  refuseKept(group);
  if (org.groups.sourceOf(group).rule !== undefined) throw unsupported();
}

/**
 * Refuses a change of a group that Okta or an app manages. For imported groups the document only says 403; for its own
 * groups Okta says that the operation is not supported.
 * @throws OktaRefusal for groups of any other type than OKTA_GROUP
 */
function refuseKept({ type }: Group): void {
  if (type === "BUILT_IN") throw unsupported();
  if (type !== "OKTA_GROUP") throw forbidden();
}

/** Okta's answer to a change of a group that Okta or an app manages: "Unsupported operation." */
function unsupported(): Error {
  return refusal(501, "E0000060", "Unsupported operation.");
}

function listGroups(org: Org, request: SandboxRequest): SandboxReply {
  const { query, url } = request;
  const expand = wordsOf(request, "expand");
  const show = (group: Group): JsonObject => {
    const embedded = embeddedInGroup(org, group, expand);
    const shown = listedGroup(org, group);
    return Object.keys(embedded).length === 0 ? shown : { ...shown, _embedded: embedded };
  };
  const groups = org.groups.all();
  if (query.has("search")) {
    // `source.id` can be searched, though a group shows its source only as a link.
    const withSource = groups.map((group) => ({ ...group, source: { id: org.groups.sourceOf(group).appId } }));
    const found = sorted(request, filtered(request, "search", withSource, SEARCH));
    return pageOf(
      request,
      found.flatMap(({ id }) => org.groups.get(id) ?? []),
      GROUPS,
      show,
    );
  }
  const q = query.get("q");
  if (q === null) return pageOf(request, filtered(request, "filter", groups, FILTER), GROUPS, show);
  const found = groups.filter((group) => startsWith(group.profile.name, q));
  const headers = { Link: link(url, "self") };
  return { status: 200, headers, json: found.slice(0, limitOf(request, COMPLETION)).map(show) };
}

/** The profile of a body, checked against the group schema. @throws OktaRefusal 400 E0000001 */
function profileIn(org: Org, request: SandboxRequest, owner?: Group): JsonObject {
  const profile = objectIn(bodyOf(request), "profile") ?? {};
  const { name } = profile;
  if (typeof name === "string" && name.trim() === "") throw invalid("name", "name: The field cannot be left blank");
  refuseFaults(groupProfileFaults(org, profile));
  const taken = org.groups.all().some((group) => group.id !== owner?.id && group.profile.name === name);
  if (taken) throw invalid("name", "name: An object with this field already exists in the current organization");
  return { description: null, ...profile };
}

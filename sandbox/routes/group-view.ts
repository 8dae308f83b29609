import type { Org } from "../org.js";
import { adminGroupArea } from "../state/group-rules.js";
import type { Group, JsonObject } from "../state/model.js";
import { href } from "./shared.js";

/** A group in Okta's form, in a list and on its own. */
export function listedGroup(org: Org, group: Group): JsonObject {
  const path = `/api/v1/groups/${group.id}`;
  const { appId } = org.groups.sourceOf(group);
  const logo = (size: string) => ({
    name: size,
    href: `${org.origin}/img/logos/groups/${appId === undefined ? "odyssey/okta" : "active_directory"}-${size}.png`,
    type: "image/png",
  });
  return {
    ...group,
    _links: {
      logo: [logo("medium"), logo("large")],
      ...(appId !== undefined && { source: href(org, `/api/v1/apps/${appId}`) }),
      users: href(org, `${path}/users`),
      apps: href(org, `${path}/apps`),
    },
  };
}

/** The parts that `expand` adds to a group: `stats` and, for a group that an app imports, `app`. */
export function embeddedInGroup(org: Org, group: Group, expand: readonly string[]): JsonObject {
  const embedded: JsonObject = {};
  if (expand.includes("stats")) {
    embedded.stats = {
      usersCount: org.groups.membersOf(group).length,
      appsCount: org.apps.ofGroup(group).length,
      groupPushMappingsCount: 0,
      // Okta's own spelling.
      hasAdminPrivlege: org.area(adminGroupArea).has(group.id),
    };
  }
  const app = org.apps.get(org.groups.sourceOf(group).appId ?? "");
  if (expand.includes("app") && app !== undefined) {
    embedded.app = { id: app.id, name: app.name, label: app.label, signOnMode: app.signOnMode ?? null };
  }
  return embedded;
}

import { isObject } from "../json.js";
import type { Org } from "../org.js";
import { POLICIES } from "../state/default-policies.js";
import type { App, AppGroup, AppUser, JsonObject } from "../state/model.js";
import { href } from "./shared.js";
import { fullUser } from "./user-view.js";

/** An app in Okta's form: the whole object as it was sent, with links. */
export function shownApp(org: Org, app: App): JsonObject {
  const path = `/api/v1/apps/${app.id}`;
  const visibility = isObject(app.visibility) ? app.visibility : {};
  const appLinks = isObject(visibility.appLinks) ? Object.keys(visibility.appLinks) : [];
  const accessPolicy = org.area(POLICIES).policyOf(app, "ACCESS_POLICY");
  const lifecycle = app.status === "ACTIVE" ? "deactivate" : "activate";
  return {
    ...app,
    _links: {
      self: href(org, path),
      appLinks: appLinks.map((name) => ({
        name,
        href: `${org.origin}/home/${app.name}/${app.id}/${name}`,
        type: "text/html",
      })),
      logo: [{ name: "medium", href: `${org.origin}/img/logos/${app.name}.png`, type: "image/png" }],
      users: href(org, `${path}/users`),
      groups: href(org, `${path}/groups`),
      ...(accessPolicy !== undefined && { accessPolicy: href(org, `/api/v1/policies/${accessPolicy.id}`) }),
      [lifecycle]: href(org, `${path}/lifecycle/${lifecycle}`),
    },
  };
}

/** An app with `useOptimization=true`: everything but its settings and credentials. */
export function optimizedApp(org: Org, app: App): JsonObject {
  const { settings: _settings, credentials: _credentials, ...rest } = shownApp(org, app);
  return rest;
}

/** A user of an app (schema `AppUser`); with `embed`, the Okta user too. */
export function shownAppUser(org: Org, app: App, assigned: AppUser, embed: boolean): JsonObject {
  const user = org.users.get(assigned.id);
  const { id, ...rest } = assigned;
  return {
    id,
    externalId: null,
    ...rest,
    status: "ACTIVE",
    passwordChanged: null,
    syncState: "DISABLED",
    _links: { app: href(org, `/api/v1/apps/${app.id}`), user: href(org, `/api/v1/users/${id}`) },
    ...(embed && user !== undefined && { _embedded: { user: fullUser(org, user) } }),
  };
}

/** A group of an app (schema `ApplicationGroupAssignment`); with `embed`, the group too. */
export function shownAppGroup(org: Org, app: App, assigned: AppGroup, embed: JsonObject | undefined): JsonObject {
  return {
    ...assigned,
    _links: {
      app: href(org, `/api/v1/apps/${app.id}`),
      self: href(org, `/api/v1/apps/${app.id}/groups/${assigned.id}`),
      group: href(org, `/api/v1/groups/${assigned.id}`),
    },
    ...(embed !== undefined && { _embedded: embed }),
  };
}

import { appName, completeApp, missingInApp } from "../app-defaults.js";
import { valuesAt } from "../filter.js";
import { isObject } from "../json.js";
import { invalid, refusal } from "../okta-error.js";
import type { Org } from "../org.js";
import { pageOf } from "../page.js";
import type { Route, SandboxReply, SandboxRequest } from "../route.js";
import type { App, JsonObject } from "../state/model.js";
import { optimizedApp, shownApp, shownAppUser } from "./app-view.js";
import { appOf, bodyOf, doerOf, filtered, flagOf, startsWith } from "./shared.js";

const PAGING = { defaultLimit: 20, maxLimit: 200, beyond: "refuse" } as const;
const MAX_LABEL_CHARS = 100;

/** Fields that Okta sets itself. It ignores them in a body. */
const SYSTEM_ASSIGNED = ["id", "status", "created", "lastUpdated", "features", "orn", "_links", "_embedded"];

/**
 * The attributes of `filter`. The document of `listApplications` names the first five and, with `expand`, `user.id`.
 */
const FILTERABLE = ["id", "status", "name", "credentials.signing.kid", "settings.slo.enabled", "user.id"];
const FILTER = {
  caseSensitive: true,
  allows: (_operator: string, attribute: string) => FILTERABLE.includes(attribute),
};

export function applicationRoutes(org: Org): Route[] {
  const read = "okta.apps.read";
  const manage = "okta.apps.manage";
  return [
    { method: "GET", template: "/api/v1/apps", scope: read, handle: (request) => listApps(org, request) },
    { method: "POST", template: "/api/v1/apps", scope: manage, handle: (request) => createApp(org, request) },
    {
      method: "GET",
      template: "/api/v1/apps/{appId}",
      scope: read,
      handle(request) {
        const app = appOf(org, request);
        return { status: 200, json: withEmbeddedUser(org, request, app, shownApp(org, app)) };
      },
    },
    {
      method: "PUT",
      template: "/api/v1/apps/{appId}",
      scope: manage,
      handle: (request) => replaceApp(org, request, appOf(org, request)),
    },
    {
      method: "DELETE",
      template: "/api/v1/apps/{appId}",
      scope: manage,
      handle(request) {
        const app = appOf(org, request);
        if (app.status !== "INACTIVE") {
          const cause = "The application must be deactivated before it can be deleted.";
          throw refusal(403, "E0000056", "Delete application forbidden.", [cause]);
        }
        org.apps.remove(app, doerOf(org, request));
        org.groups.forgetApp(app.id, doerOf(org, request));
        return { status: 204 };
      },
    },
    lifecycle("activate", "ACTIVE", "Activate application"),
    lifecycle("deactivate", "INACTIVE", "Deactivate application"),
  ];

  function lifecycle(operation: string, status: App["status"], displayMessage: string): Route {
    return {
      method: "POST",
      template: `/api/v1/apps/{appId}/lifecycle/${operation}`,
      scope: manage,
      handle(request) {
        const app = appOf(org, request);
        const note = { eventType: `application.lifecycle.${operation}`, displayMessage };
        if (app.status !== status) org.apps.change({ ...app, status }, note, doerOf(org, request));
        return { status: 200, json: {} };
      },
    };
  }
}

function listApps(org: Org, request: SandboxRequest): SandboxReply {
  const q = request.query.get("q");
  const optimized = flagOf(request, "useOptimization", false);
  const byUser = request.query.get("filter")?.includes("user.id");
  const candidates = org.apps
    .all()
    .filter((app) => q === null || startsWith(app.name, q) || startsWith(app.label, q))
    .map((app) => ({
      ...app,
      ...(byUser && { user: org.apps.usersOf(app).map(({ id }) => ({ id })) }),
    }));
  const found = filtered(request, "filter", candidates, FILTER).flatMap(({ id }) => org.apps.get(id) ?? []);
  return pageOf(request, found, PAGING, (app) =>
    withEmbeddedUser(org, request, app, optimized ? optimizedApp(org, app) : shownApp(org, app)),
  );
}

/** An app with the embedded assignment of `expand=user/{userId}`, where there is one. */
function withEmbeddedUser(org: Org, request: SandboxRequest, app: App, shown: JsonObject): JsonObject {
  const [, userId] = /^user\/(.+)$/.exec(request.query.get("expand") ?? "") ?? [];
  if (userId === undefined) return shown;
  const assigned = org.apps.usersOf(app).find(({ id }) => id === userId);
  return assigned === undefined ? shown : { ...shown, _embedded: { user: shownAppUser(org, app, assigned, false) } };
}

function createApp(org: Org, request: SandboxRequest): SandboxReply {
  const given = checkedBody(request);
  const name = appName(org, given);
  const id = org.newId("0oa");
  const status = flagOf(request, "activate", true) ? "ACTIVE" : "INACTIVE";
  const app = org.apps.add({ ...completeApp(org, id, name, given), id, name, status }, doerOf(org, request));
  return { status: 200, json: shownApp(org, app) };
}

/** Replaces the whole app, except for the fields that Okta sets. A client secret stays where none is given. */
function replaceApp(org: Org, request: SandboxRequest, app: App): SandboxReply {
  const given = checkedBody(request);
  const complete = completeApp(org, app.id, app.name, given);
  const { id, name, status, created, features = [] } = app;
  const next: App = { ...complete, id, name, status, created, features, lastUpdated: app.lastUpdated };
  const secretPath = ["credentials", "oauthClient", "client_secret"];
  const [secret] = valuesAt(app, secretPath);
  const [oauthClient] = valuesAt(next, secretPath.slice(0, 2));
  if (typeof secret === "string" && valuesAt(given, secretPath).length === 0 && isObject(oauthClient)) {
    oauthClient.client_secret = secret;
  }
  const note = { eventType: "application.lifecycle.update", displayMessage: "Update application" };
  return { status: 200, json: shownApp(org, org.apps.change(next, note, doerOf(org, request))) };
}

/** The body without the fields that Okta sets. @throws OktaRefusal 400 E0000001 where a required field is missing */
function checkedBody(request: SandboxRequest): JsonObject {
  const body = bodyOf(request);
  const given = Object.fromEntries(Object.entries(body).filter(([name]) => !SYSTEM_ASSIGNED.includes(name)));
  const missing = missingInApp(given);
  const [first] = missing;
  if (first !== undefined) {
    throw invalid(first, ...missing.map((path) => `${path}: The field cannot be left blank`));
  }
  if (typeof given.label !== "string" || given.label.length > MAX_LABEL_CHARS) {
    throw invalid("label", `label: The field must be text of at most ${MAX_LABEL_CHARS} characters`);
  }
  return given;
}

import * as z from "zod";
import { defineTool, type Impact, type ToolContext } from "../src/tool.js";
import { lastSegment } from "./shared/bodies.js";
import {
  activeFromStart,
  asObject,
  counted,
  fieldsOf,
  isObject,
  type Json,
  type JsonObject,
  type KnownFields,
  OktaMcpError,
  ofMade,
  refuseOtherStatus,
  some,
  textAt,
  touchedByDeletedApp,
  undoBy,
  without,
} from "./shared/kit.js";
import { activate, after, appId, fetchAll, filter, jsonObject, limit } from "./shared/params.js";
import { POLICY_TYPES } from "./shared/policies.js";

/** The policies of an app, each under the name of its link. Okta tells their ids by links alone. */
const POLICIES: Readonly<Record<string, string>> = {
  access_policy_id: "accessPolicy",
  profile_enrollment_policy_id: "profileEnrollment",
};

/** An app as Okta sent it, with the ids of its policies added from the links. */
function withPolicies(app: Json | undefined): Json | undefined {
  if (!isObject(app)) return app;
  const ids = Object.entries(POLICIES).map(([name, link]) => [name, lastSegment(textAt(app, "_links", link, "href"))]);
  return { ...app, ...Object.fromEntries(ids.filter(([, id]) => id !== "")) };
}

/** An app in the form that Okta takes, without the added ids of its policies. */
const withoutPolicies = (app: JsonObject) => without(app, Object.keys(POLICIES));

/** Adds the ids of their policies to the apps of a page. */
async function pageWithPolicies(page: Promise<{ items: Json[]; next: string | undefined }>) {
  const { items, next } = await page;
  return { items: items.map((app) => withPolicies(app) ?? null), next };
}

export const listApplications = defineTool({
  name: "list_applications",
  purpose: "find app",
  title: "List applications",
  description: "List applications with all their settings; access_policy_id is the sign-on policy.",
  scope: "okta.apps.read",
  effect: "reads",
  compares: { q: ["name", "label"], include_non_deleted: ["status"] },
  input: z.strictObject({
    q: z.string().optional().describe("Search by the start of name or label."),
    after,
    limit: limit(200, 20),
    filter: filter("id, status, name, credentials.signing.kid, settings.slo.enabled, user.id", 'status eq "ACTIVE"'),
    expand: z.string().min(1).optional().describe('Embed "user/{userId}"; filter by user.id eq the same user as well.'),
    include_non_deleted: z.boolean().optional().describe("List inactive ones too."),
    use_optimization: z.boolean().optional().describe("Show fewer properties of each app."),
    always_include_vpn_settings: z.boolean().optional().describe("Show the VPN settings too."),
    fetch_all: fetchAll,
  }),
  run: ({ okta, list }, a) =>
    list(
      (cursor) =>
        pageWithPolicies(
          okta.applications.listApplications.page({
            q: a.q || undefined,
            after: cursor,
            limit: a.limit,
            filter: a.filter || undefined,
            expand: a.expand,
            includeNonDeleted: a.include_non_deleted,
            useOptimization: a.use_optimization,
            alwaysIncludeVpnSettings: a.always_include_vpn_settings,
          }),
        ),
      { ...a, of: "app" },
    ),
});

export const getApplication = defineTool({
  name: "get_application",
  purpose: "show app",
  title: "Get application",
  description: "Get one application with all its settings; access_policy_id is its sign-on policy.",
  scope: "okta.apps.read",
  effect: "reads",
  input: z.strictObject({
    app_id: appId,
    expand: z.string().min(1).optional().describe('Give "user/{userId}" to embed that user\'s assignment.'),
  }),
  run: async ({ okta }, a) =>
    withPolicies(await okta.applications.getApplication({ appId: a.app_id, expand: a.expand })),
});

const APP_FIELDS: KnownFields = {
  name: "string",
  label: "string",
  signOnMode: "string",
  visibility: { autoSubmitToolbar: "boolean", hide: { iOS: "boolean", web: "boolean" } },
  accessibility: { selfService: "boolean" },
  credentials: {
    scheme: "string",
    userName: "string",
    userNameTemplate: { template: "string", type: "string" },
    signing: { kid: "string" },
    oauthClient: {
      client_id: "string",
      token_endpoint_auth_method: "string",
      pkce_required: "boolean",
      autoKeyRotation: "boolean",
    },
  },
  settings: {
    app: { url: "string", requestIntegration: "boolean" },
    notes: { admin: "string", enduser: "string" },
    oauthClient: {
      application_type: "string",
      ...fieldsOf(["string"], "redirect_uris", "post_logout_redirect_uris", "response_types", "grant_types"),
      ...fieldsOf("string", "consent_method", "issuer_mode", "initiate_login_uri", "client_uri", "logo_uri"),
    },
    signOn: {
      ...fieldsOf("string", "loginUrl", "redirectUrl", "defaultRelayState", "ssoAcsUrl", "recipient", "destination"),
      ...fieldsOf("string", "audience", "idpIssuer", "subjectNameIdTemplate", "subjectNameIdFormat"),
      ...fieldsOf("boolean", "responseSigned", "assertionSigned", "honorForceAuthn"),
      ...fieldsOf("string", "signatureAlgorithm", "digestAlgorithm", "authnContextClassRef"),
      attributeStatements: [
        {
          ...fieldsOf("string", "type", "name", "namespace", "filterType", "filterValue"),
          values: ["string"],
        },
      ],
    },
  },
};
const wholeApp = (fields: KnownFields) =>
  jsonObject("Give the application as Okta has it: label, signOnMode, name, settings, credentials …", fields);

export const createApplication = defineTool({
  name: "create_application",
  title: "Create application",
  description: "Create an application of any sign-on mode.",
  scope: "okta.apps.manage",
  effect: "adds",
  input: z.strictObject({
    app_config: wholeApp(APP_FIELDS),
    activate,
  }),
  async alsoDoes(_context, { app_config, activate }) {
    activeFromStart(app_config, activate, "application");
    return [];
  },
  change: {
    state: ({ okta }, _a, made) => ofMade(made, (id) => okta.applications.getApplication({ appId: id })),
    undo({ after }) {
      const args = { app_id: textAt(after, "id") };
      const active = textAt(after, "status") === "ACTIVE" ? [{ tool: "deactivate_application", args }] : [];
      return { steps: [...active, { tool: "delete_application", args }] };
    },
  },
  run: async ({ okta }, a) =>
    withPolicies(
      await okta.applications.createApplication({ application: withoutPolicies(a.app_config), activate: a.activate }),
    ),
});

export const updateApplication = defineTool({
  name: "update_application",
  title: "Update application",
  description:
    "Replace an application's whole configuration: start from get_application. What the body lacks is refused, or lost with allow_removals.",
  scope: "okta.apps.manage",
  effect: "changes",
  destructive: true,
  input: z.strictObject({
    app_id: appId,
    app_config: wholeApp(
      some(
        APP_FIELDS,
        ...["label", "visibility.hide", "credentials.userNameTemplate"],
        ...["settings.oauthClient.redirect_uris", "settings.oauthClient.post_logout_redirect_uris"],
        ...["settings.oauthClient.grant_types", "settings.signOn.ssoAcsUrl", "settings.signOn.audience"],
      ),
    ),
  }),
  async alsoDoes(_context, _a, { body, current }) {
    await refuseOtherStatus(body, current, { activate: "activate_application", deactivate: "deactivate_application" });
    return [];
  },
  replaces: {
    current: async ({ okta }, a) => (await okta.applications.getApplication({ appId: a.app_id })) ?? {},
    proposed: (a) => withoutPolicies(a.app_config),
    setByOkta: [
      "id",
      "orn",
      "name",
      "status",
      "created",
      "lastUpdated",
      "features",
      "expressConfiguration",
      "universalLogout",
      "settings.emOptInStatus",
      "credentials.signing.kid",
      "credentials.signing.lastRotated",
      "credentials.signing.nextRotation",
      "credentials.oauthClient.client_id",
      "settings.oauthClient.jwks.keys.id",
      "settings.oauthClient.jwks.keys.created",
      "settings.oauthClient.jwks.keys.lastUpdated",
    ],
  },
  run: async ({ okta }, a, application) =>
    withPolicies(await okta.applications.replaceApplication({ appId: a.app_id, application })),
});

async function describeApp({ okta, collect }: ToolContext, id: string): Promise<Impact & { status: string }> {
  const app = await okta.applications.getApplication({ appId: id });
  const users = await collect(
    (cursor) => okta.applications.listApplicationUsers.page({ appId: id, after: cursor, limit: 500 }),
    500,
  );
  const groups = await collect(
    (cursor) => okta.applications.listApplicationGroupAssignments.page({ appId: id, after: cursor, limit: 200 }),
    200,
  );
  const status = textAt(app, "status");
  return {
    target: { type: "application", name: textAt(app, "label"), id },
    details: [
      `status ${status}, sign-on mode ${textAt(app, "signOnMode") || "unknown"}`,
      `assigned to ${counted(users, "user")} and ${counted(groups, "group")}`,
    ],
    state: { status, lastUpdated: textAt(app, "lastUpdated") },
    status,
  };
}

export const deleteApplication = defineTool({
  name: "delete_application",
  title: "Delete application",
  description: "Delete an INACTIVE application and its assignments for good; first use deactivate_application.",
  scope: "okta.apps.manage",
  effect: "removes",
  input: z.strictObject({ app_id: appId }),
  async impact(context, a) {
    const { status, ...impact } = await describeApp(context, a.app_id);
    if (status !== "INACTIVE") {
      throw new OktaMcpError(
        "conflict",
        `The application's status is ${status}; only an INACTIVE one can be deleted.`,
        {
          fix: "Call deactivate_application first, then delete_application again.",
        },
      );
    }
    return { ...impact, details: [...impact.details, "deleted for good, with configuration and assignments"] };
  },
  touches: {
    kinds: ["users", "groups", "apps", "policies"],
    read: (context, a, _proposal, isProtected) => touchedByDeletedApp(context, a.app_id, isProtected, POLICY_TYPES),
  },
  change: {
    state: ({ okta }, a) => okta.applications.getApplication({ appId: a.app_id }),
    undo: "Okta deletes an application's keys, secrets and assignments for good. get_change has its configuration, with which create_application makes a new one.",
  },
  run: ({ okta }, a) => okta.applications.deleteApplication({ appId: a.app_id }),
});

async function statusOf({ okta }: ToolContext, a: { app_id: string }) {
  const app = await okta.applications.getApplication({ appId: a.app_id });
  return { id: a.app_id, label: textAt(app, "label"), status: textAt(app, "status") };
}

export const activateApplication = defineTool({
  name: "activate_application",
  title: "Activate application",
  description: "Activate an inactive application.",
  scope: "okta.apps.manage",
  effect: "changes",
  destructive: false,
  input: z.strictObject({ app_id: appId }),
  change: {
    state: statusOf,
    becomes: (_a, before) => ({ ...asObject(before), status: "ACTIVE" }),
    undo: ({ args, before }) =>
      textAt(before, "status") === "ACTIVE"
        ? { cannot: "the application was active before." }
        : undoBy("deactivate_application", args),
  },
  run: ({ okta }, a) => okta.applications.activateApplication({ appId: a.app_id }),
});

export const deactivateApplication = defineTool({
  name: "deactivate_application",
  title: "Deactivate application",
  description: "Deactivate an application: nobody can sign in to it. Needed before delete_application.",
  scope: "okta.apps.manage",
  effect: "removes",
  input: z.strictObject({ app_id: appId }),
  async impact(context, a) {
    const { status: _status, ...impact } = await describeApp(context, a.app_id);
    return { ...impact, details: [...impact.details, "nobody can sign in to it until it is activated again"] };
  },
  change: {
    state: statusOf,
    becomes: (_a, before) => ({ ...asObject(before), status: "INACTIVE" }),
    undo: ({ args, before }) =>
      textAt(before, "status") === "ACTIVE"
        ? undoBy("activate_application", args)
        : { cannot: "the application was inactive before." },
  },
  run: ({ okta }, a) => okta.applications.deactivateApplication({ appId: a.app_id }),
});

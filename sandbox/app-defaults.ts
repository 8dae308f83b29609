import { valuesAt } from "./filter.js";
import { isObject } from "./json.js";
import type { Org } from "./org.js";
import type { JsonObject } from "./state/model.js";

/** The paths that an app of each sign-on mode must have (the document's `required`), and the name of its template. */
const MODES: Readonly<Record<string, { template?: string; required: readonly string[] }>> = {
  OPENID_CONNECT: { template: "oidc_client", required: ["settings.oauthClient"] },
  BOOKMARK: { template: "bookmark", required: ["settings.app.url"] },
  BASIC_AUTH: { template: "template_basic_auth", required: ["settings.app.url", "settings.app.authURL"] },
  BROWSER_PLUGIN: { template: "template_swa", required: ["settings.app"] },
  SECURE_PASSWORD_STORE: {
    template: "template_sps",
    required: ["settings.app.url", "settings.app.passwordField", "settings.app.usernameField"],
  },
  WS_FEDERATION: {
    template: "template_wsfed",
    required: [
      "settings.app.audienceRestriction",
      "settings.app.groupValueFormat",
      "settings.app.wReplyURL",
      "settings.app.nameIDFormat",
      "settings.app.authnContextClassRef",
      "settings.app.siteURL",
      "settings.app.usernameAttribute",
    ],
  },
};

/** The paths that an app must have and lacks. An app of an unknown mode may have anything. */
export function missingInApp(app: JsonObject): string[] {
  const mode = typeof app.signOnMode === "string" ? MODES[app.signOnMode] : undefined;
  const required = ["label", "signOnMode", ...(mode?.required ?? [])];
  return required.filter((path) => valuesAt(app, path.split(".")).every((value) => value === ""));
}

/** The key name of a new app: the given one, that of the template of its mode, or one made from the label. */
export function appName(org: Org, app: JsonObject): string {
  if (typeof app.name === "string" && app.name !== "") return app.name;
  const template = MODES[String(app.signOnMode)]?.template;
  if (template !== undefined) return template;
  const slug = String(app.label)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "");
  return `acmerobotics_${slug}_${org.apps.size + 1}`;
}

/** An app with Okta's defaults for all values that were not given. */
export function completeApp(org: Org, id: string, name: string, given: JsonObject): JsonObject & { label: string } {
  const defaults: JsonObject = {
    id,
    name,
    label: "",
    status: "ACTIVE",
    accessibility: { selfService: false, errorRedirectUrl: null, loginRedirectUrl: null },
    visibility: {
      autoLaunch: false,
      autoSubmitToolbar: false,
      hide: { iOS: false, web: false },
      ...(!hasAppLinks(given) && { appLinks: { [`${name}_link`]: true } }),
    },
    features: [],
    signOnMode: "",
    credentials: {
      // biome-ignore lint/suspicious/noTemplateCurlyInString: Okta's own expression language.
      userNameTemplate: { template: "${source.login}", type: "BUILT_IN" },
      signing: {},
      ...(given.signOnMode === "OPENID_CONNECT" && { oauthClient: oauthDefaults(org, id, given) }),
    },
    settings: {
      app: {},
      notifications: { vpn: { network: { connection: "DISABLED" }, message: null, helpUrl: null } },
    },
  };
  return { ...merged(defaults, given), label: String(given.label) };
}

function hasAppLinks(given: JsonObject): boolean {
  return valuesAt(given, ["visibility", "appLinks"]).length > 0;
}

/** The client of an OIDC app. Its id is that of the app, and a confidential client gets a secret. */
function oauthDefaults(org: Org, id: string, given: JsonObject): JsonObject {
  const [method = "client_secret_basic"] = valuesAt(given, [
    "credentials",
    "oauthClient",
    "token_endpoint_auth_method",
  ]);
  const confidential = String(method).startsWith("client_secret");
  return {
    autoKeyRotation: true,
    client_id: id,
    ...(confidential && { client_secret: org.random.text(64) }),
    token_endpoint_auth_method: String(method),
    pkce_required: !confidential,
  };
}

/**
 * The values of `over` and, where it has none, those of `under`. Objects are merged member by member; a list replaces a
 * list.
 */
function merged(under: JsonObject, over: JsonObject): JsonObject {
  const result: JsonObject = { ...under };
  for (const [name, value] of Object.entries(over)) {
    const below = result[name];
    result[name] = isObject(below) && isObject(value) ? merged(below, value) : value;
  }
  return result;
}

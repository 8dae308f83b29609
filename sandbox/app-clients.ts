import type { JSONWebKeySet } from "jose";
import { isObject, itemsAt, objectAt, textAt, valueAt } from "../src/json/json.js";
import type { ClientBase } from "./client-base.js";
import type { GroupsClaim } from "./groups-claim.js";
import type { App } from "./state/model.js";

export type SecretMethod = "client_secret_basic" | "client_secret_post";
export type ClientAuthMethod = SecretMethod | "private_key_jwt" | "none";

/** An OIDC app of the org's own list, in the form for the authorization servers. */
export interface AppClient extends ClientBase {
  method: "app";
  applicationType: "web" | "native" | "browser" | "service";
  authMethod: ClientAuthMethod;
  secret: string | undefined;
  jwks: JSONWebKeySet;
  redirectUris: readonly string[];
  postLogoutRedirectUris: readonly string[];
  grantTypes: readonly string[];
  pkceRequired: boolean;
  /** True where people are asked to consent to the scopes that need it. */
  consentRequired: boolean;
  refreshRotation: "STATIC" | "ROTATE";
  /** How long a rotated refresh token still works, in seconds. */
  refreshLeewaySeconds: number;
  groupsClaim: GroupsClaim | undefined;
}

const METHODS: readonly ClientAuthMethod[] = ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"];
const TYPES = ["web", "native", "browser", "service"] as const;

/** Okta's leeway where an app names none (schema `OpenIdConnectApplicationSettingsRefreshToken`). */
const DEFAULT_LEEWAY_SECONDS = 30;

/**
 * The client that an app of the org is; undefined for an app without OpenID Connect, and for an inactive one.
 * @param granted the Okta API scopes and the groups claim of the app
 */
export function appClient(
  app: App,
  granted: { scopes: readonly string[]; groupsClaim?: GroupsClaim | undefined },
): AppClient | undefined {
  if (app.signOnMode !== "OPENID_CONNECT" || app.status !== "ACTIVE") return undefined;
  const credentials = objectAt(objectAt(app, "credentials"), "oauthClient");
  const settings = objectAt(objectAt(app, "settings"), "oauthClient");
  const applicationType = TYPES.find((type) => type === settings.application_type) ?? "web";
  const rotates = valueAt(settings, "refresh_token", "rotation_type") ?? (applicationType === "browser" && "ROTATE");
  const leeway = valueAt(settings, "refresh_token", "leeway");
  return {
    method: "app",
    id: app.id,
    label: app.label,
    scopes: granted.scopes,
    dpopRequired: settings.dpop_bound_access_tokens === true,
    applicationType,
    authMethod: METHODS.find((method) => method === credentials.token_endpoint_auth_method) ?? "client_secret_basic",
    secret: textAt(credentials, "client_secret") || undefined,
    jwks: { keys: itemsAt(settings, "jwks", "keys").filter((key) => isObject(key)) as JSONWebKeySet["keys"] },
    redirectUris: itemsAt(settings, "redirect_uris").map(String),
    postLogoutRedirectUris: itemsAt(settings, "post_logout_redirect_uris").map(String),
    grantTypes: itemsAt(settings, "grant_types").map(String),
    pkceRequired: credentials.pkce_required === true,
    consentRequired: settings.consent_method === "REQUIRED",
    refreshRotation: rotates === "ROTATE" ? "ROTATE" : "STATIC",
    refreshLeewaySeconds: typeof leeway === "number" ? leeway : DEFAULT_LEEWAY_SECONDS,
    groupsClaim: granted.groupsClaim,
  };
}

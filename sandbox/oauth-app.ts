import type { JSONWebKeySet } from "jose";
import { textAt } from "../src/json/json.js";
import type { ClientAuthMethod } from "./app-clients.js";
import { completeApp } from "./app-defaults.js";
import { WEB_CLIENT_ID } from "./facts.js";
import type { GroupsClaim } from "./groups-claim.js";
import type { Org } from "./org.js";
import { appGrantsArea } from "./state/app-grants.js";
import type { JsonObject } from "./state/model.js";

/** An OIDC app for an org, with Okta's defaults where nothing else is said. */
export interface OAuthAppOptions {
  /** Default: `WEB_CLIENT_ID`. */
  id?: string;
  label?: string;
  /** Default `web`. */
  type?: "web" | "native" | "browser" | "service";
  /** Default `client_secret_basic` for a web or service app, `none` for the others. */
  auth?: ClientAuthMethod;
  /** Default: one that is made up. */
  secret?: string;
  /** The public keys of an app that proves itself with `private_key_jwt`. */
  jwks?: JSONWebKeySet;
  redirectUris?: readonly string[];
  postLogoutRedirectUris?: readonly string[];
  /** Default: code and refresh; client credentials for a service app. */
  grantTypes?: readonly string[];
  /** Default false, as for a new web app; an app without a secret always needs PKCE. */
  pkceRequired?: boolean;
  /** Default STATIC, as for a web app. */
  rotation?: "STATIC" | "ROTATE";
  /** How long a rotated refresh token still works, from 0 to 60. Default 30. */
  leewaySeconds?: number;
  /** Default TRUSTED: nobody is asked. */
  consent?: "TRUSTED" | "REQUIRED";
  dpopRequired?: boolean;
  /** The Okta API scopes that an administrator has granted to the app. Default: none. */
  scopes?: readonly string[];
  groupsClaim?: GroupsClaim;
  /** The people, by login, and the groups, by name, that have the app. Default: everybody. */
  assigned?: { people?: readonly string[]; groups?: readonly string[] };
}

/**
 * Adds an OIDC app to an org. The Management API shows it, and the authorization servers know it as a client.
 * @throws RangeError for a person or group that is not there
 */
export function addOAuthApp(
  org: Org,
  options: OAuthAppOptions,
): { clientId: string; clientSecret: string | undefined } {
  const { id = WEB_CLIENT_ID, label = "okta-mcp for the company", type = "web" } = options;
  const auth = options.auth ?? (type === "web" || type === "service" ? "client_secret_basic" : "none");
  const grantTypes = options.grantTypes ?? (type === "service" ? ["client_credentials"] : CODE_GRANTS);
  const complete = completeApp(org, id, "oidc_client", {
    label,
    signOnMode: "OPENID_CONNECT",
    credentials: {
      oauthClient: {
        token_endpoint_auth_method: auth,
        pkce_required: options.pkceRequired ?? auth === "none",
        ...(options.secret !== undefined && { client_secret: options.secret }),
      },
    },
    settings: {
      oauthClient: {
        application_type: type,
        grant_types: [...grantTypes],
        response_types: type === "service" ? ["token"] : ["code"],
        redirect_uris: [...(options.redirectUris ?? [])],
        post_logout_redirect_uris: [...(options.postLogoutRedirectUris ?? [])],
        consent_method: options.consent ?? "TRUSTED",
        issuer_mode: "DYNAMIC",
        dpop_bound_access_tokens: options.dpopRequired ?? false,
        refresh_token: { rotation_type: options.rotation ?? "STATIC", leeway: options.leewaySeconds ?? 30 },
        ...(options.jwks !== undefined && { jwks: options.jwks as unknown as JsonObject }),
      },
    },
  });
  const app = org.apps.add({ ...complete, id });
  org.area(appGrantsArea).set(id, { scopes: options.scopes ?? [], groupsClaim: options.groupsClaim });
  const { people, groups } = options.assigned ?? {
    people: org.users.all().map(({ profile }) => String(profile.login)),
  };
  for (const login of people ?? []) {
    const user = org.users.findByLogin(login);
    if (user === undefined) throw new RangeError(`The org has nobody with the login ${login}.`);
    if (user.status !== "DEPROVISIONED") org.apps.assignUser(app, user);
  }
  for (const name of groups ?? []) {
    const group = org.groups.all().find(({ profile }) => profile.name === name);
    if (group === undefined) throw new RangeError(`The org has no group ${name}.`);
    org.apps.assignGroup(app, group);
  }
  return { clientId: id, clientSecret: secretOf(app) };
}

const CODE_GRANTS: readonly string[] = ["authorization_code", "refresh_token"];

function secretOf(app: JsonObject): string | undefined {
  return textAt(app, "credentials", "oauthClient", "client_secret") || undefined;
}
